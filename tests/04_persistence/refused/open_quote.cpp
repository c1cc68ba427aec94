// refused: a quote or a comment is opened and not closed
// A text that never ends.
#include <04_persistence/store.hpp>

half::task<half::stored<std::uint64_t>> leave(half::store db) {
    return db.execute("delete from pets where name = 'Rex");
}
