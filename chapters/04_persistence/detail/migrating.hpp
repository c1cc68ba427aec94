// The steps of migration.hpp, taken on a connection.
#pragma once

#include <04_persistence/detail/driver.hpp>
#include <04_persistence/migration.hpp>

#include <cstdint>
#include <vector>

namespace half::detail {

// Each step is a transaction that begins with a look at what has been taken: so programs that start at once take turns,
// and who comes second finds nothing left to do. Throws store_failure; `wrong` when it does not get better by itself.
std::vector<std::int64_t> migrate_on(connection& on, const migrations& schema, std::int64_t to);

// The steps of the schema, and those that the database has taken without being in it.
std::vector<migration_step> steps_on(connection& on, const migrations& schema);

}  // namespace half::detail
