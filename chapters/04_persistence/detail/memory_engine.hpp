// What the copies of a memory_database share: SQLite's engine on a database without a file, and what it has been told.
#pragma once

#include <04_persistence/detail/database.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace half::detail {

class memory_engine {
public:
    memory_engine();

    std::unique_ptr<connection> open(bool writes, duration lock_time) const;

    std::atomic<bool>          away              = false;
    std::atomic<bool>          filled            = false;
    std::atomic<bool>          loses_next_answer = false;
    std::atomic<std::uint64_t> age               = 0;  // connections that were made at another are broken
    std::atomic<std::uint64_t> commits           = 0;
    std::atomic<duration>      answer_after      = duration::zero();

private:
    const std::string                 path_;
    const std::unique_ptr<connection> keeper_;  // the database is there as long as it has a connection
};

}  // namespace half::detail
