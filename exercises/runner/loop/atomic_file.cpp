#include "atomic_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace exercises {
namespace {

struct open_file {
    int fd;
    explicit open_file(int with) : fd{with} {}
    open_file(const open_file&)            = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() {
        if (fd >= 0) close(fd);
    }
};

[[noreturn]] void failed(const std::filesystem::path& file) {
    throw std::system_error{errno, std::generic_category(), file.string()};
}

}  // namespace

std::optional<std::string> content_of(const std::filesystem::path& file) {
    const open_file in{open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (in.fd < 0) return std::nullopt;
    std::string             content;
    std::array<char, 65536> some = {};
    for (;;) {
        const auto count = read(in.fd, some.data(), some.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) return content;
        content.append(some.data(), static_cast<std::size_t>(count));
    }
}

void write_whole(const std::filesystem::path& file, std::string_view content) {
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    const auto fresh = file.parent_path() / ("." + file.filename().string() + ".new");
    {
        const open_file out{open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
        if (out.fd < 0) failed(fresh);
        while (!content.empty()) {
            const auto count = write(out.fd, content.data(), content.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) failed(fresh);
            content.remove_prefix(static_cast<std::size_t>(count));
        }
        if (fsync(out.fd) != 0) failed(fresh);
    }
    std::filesystem::rename(fresh, file);
}

}  // namespace exercises
