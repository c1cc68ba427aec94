#include "machine.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <sys/utsname.h>
#include <unistd.h>

namespace bench {

namespace {

std::string cpu_model() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "CPU unknown";
}

}  // namespace

std::vector<std::string> describe_machine() {
    utsname system{};
    uname(&system);
    double gigabytes = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE)) / (1 << 30);
    return {fmt::format("{}, {} cores, {:.1f} GiB", cpu_model(), sysconf(_SC_NPROCESSORS_ONLN), gigabytes),
            fmt::format("{} {} {}", system.sysname, system.release, system.machine),
            fmt::format("compiler of limit and ours: {}", __VERSION__)};
}

std::string today() {
    std::time_t now = std::time(nullptr);
    return fmt::format("{:%Y-%m-%d}", fmt::localtime(now));
}

}  // namespace bench
