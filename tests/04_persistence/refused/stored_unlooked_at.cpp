// refused: the database may have said no
// Nobody looks whether it was done.
#include <04_persistence/store.hpp>

#pragma clang diagnostic error "-Wunused-result"
#pragma clang diagnostic error "-Wunused-value"

half::task<> rename(half::store db) { co_await db.execute("update pets set name = $1", "Tom"); }
