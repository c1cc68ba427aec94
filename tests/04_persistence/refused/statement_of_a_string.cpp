// refused: a statement is a literal, and what a user typed is an argument of it
// A statement that somebody typed.
#include <04_persistence/store.hpp>

half::task<half::stored<std::uint64_t>> run(half::store db, std::string typed) { return db.execute(typed); }
