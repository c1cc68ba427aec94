// Which database: see sqlite.cpp and postgres.cpp.
#include "../../../postgres/private_postgres.hpp"
#include "workloads.hpp"

namespace limit {

void run_store(std::string_view database) {
    if (database == "sqlite") run_sqlite();
    else if (database == "postgres") run_postgres(postgres::server{{.durable = true, .folder = "/var/tmp"}}.url());
    else bench::leave(2);
}

}  // namespace limit
