#include <04_persistence/detail/database.hpp>
#include <04_persistence/detail/sqlite.hpp>
#include <04_persistence/store.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <unistd.h>

namespace half::detail {

namespace {

// A file of one's own. Left alone when it is there: to close a file that SQLite has open would give its locks away.
void make_private(const std::string& path) {
    if (const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0) ::close(made);
}

class file_database final : public database {
public:
    file_database(std::string path, const store_options& options)
        : path_{std::move(path)}, safe_{options.safe_from_power_cuts}, statement_time_{options.statement_time} {}

    std::unique_ptr<connection> open(bool writes) override {
        const std::lock_guard one_at_a_time{guard_};
        auto                  lock = lock_.lock();
        if (!lock) lock_ = lock = take();
        return open_sqlite({.path           = file_,
                            .writes         = writes,
                            .safe           = safe_,
                            .statement_time = statement_time_,
                            .lock_time      = statement_time_,
                            .held           = lock});
    }

    std::string name() const override { return "sqlite:" + path_; }
    bool        one_writes() const override { return true; }
    bool        simulated() const override { return false; }

private:
    // A file has many names, and its lock one: that of the file they lead to.
    std::shared_ptr<file_lock> take() try {
        file_ = std::filesystem::weakly_canonical(std::filesystem::absolute(path_)).string();
        std::filesystem::create_directories(std::filesystem::path{file_}.parent_path());
        auto lock = std::make_shared<file_lock>(file_ + ".lock", path_);
        make_private(file_);
        return lock;
    } catch (const std::filesystem::filesystem_error& e) {
        const bool no_room = e.code() == std::errc::no_space_on_device;
        throw store_failure{
            {no_room ? store_error::full : store_error::wrong, fmt::format("{}: {}", path_, e.code().message()), {}}};
    }

    const std::string        path_;
    const bool               safe_;
    const duration           statement_time_;
    std::mutex               guard_;
    std::string              file_;  // where it is
    std::weak_ptr<file_lock> lock_;
};

}  // namespace

std::shared_ptr<database> sqlite_file(std::string path, const store_options& options) {
    return std::make_shared<file_database>(std::move(path), options);
}

}  // namespace half::detail
