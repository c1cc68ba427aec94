// refused: arguments are called \$1, \$2, ...: one of them is left out
// There is a $2, and no $1.
#include <04_persistence/store.hpp>

half::task<half::stored<std::uint64_t>> leave(half::store db) {
    return db.execute("delete from pets where id = $2", 1, 2);
}
