// refused: an argument too many: the statement has no such \$1, \$2
// One argument more than the statement has places for.
#include <04_persistence/store.hpp>

half::task<half::stored<std::uint64_t>> leave(half::store db) {
    return db.execute("delete from pets where id = $1", 1, 2);
}
