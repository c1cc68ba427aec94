// Who may have a file: one at a time. The system itself lets go of the lock when its holder dies, however it dies.
#pragma once

#include <string>

namespace half::detail {

class file_lock {
public:
    // Locks this file, which is made when it is not there, and stays. Throws store_failure: `wrong` names the process that has
    // `what`.
    file_lock(const std::string& path, const std::string& what);
    ~file_lock();
    file_lock(const file_lock&)            = delete;
    file_lock& operator=(const file_lock&) = delete;

private:
    int file_;
};

}  // namespace half::detail
