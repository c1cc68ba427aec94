// What every bench program in C++ measures with, ours and the peers alike: clocks, memory, one line per result.
// C++17, because CAF is.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace bench {

inline std::int64_t now_ns() {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

// User and system time of this process, all its threads.
inline double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    auto seconds = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

inline std::int64_t resident_bytes() {
    long total = 0, resident = 0;
    if (FILE* statm = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(statm, "%ld %ld", &total, &resident) != 2) resident = 0;
        std::fclose(statm);
    }
    return resident * sysconf(_SC_PAGESIZE);
}

// The runner reads these lines, `name=value unit`.
inline void report(const std::string& name, double value, const char* unit) {
    std::printf("%s=%.3f %s\n", name.c_str(), value, unit);
    std::fflush(stdout);
}

// A quick look asks for fewer operations through the environment; the rates keep their meaning.
inline std::int64_t divisor() {
    const char* text = std::getenv("BENCH_DIVIDE");
    return text ? std::max(1L, std::atol(text)) : 1;
}
inline std::int64_t scaled(std::int64_t operations) { return std::max<std::int64_t>(1, operations / divisor()); }

// The count given on the command line, scaled.
inline std::int64_t count_argument(int argc, char** argv, int at, std::int64_t otherwise) {
    return scaled(argc > at ? std::atol(argv[at]) : otherwise);
}

// Wall and CPU time of one run of operations.
class stopwatch {
    std::int64_t started     = now_ns();
    double       cpu_started = cpu_seconds();

public:
    double seconds() const { return double(now_ns() - started) * 1e-9; }
    double cpu() const { return cpu_seconds() - cpu_started; }

    // name=rate, and name_cpu beside it.
    void report_rate(const std::string& name, std::int64_t operations, const char* unit) const {
        double wall = seconds(), busy = cpu();
        report(name, double(operations) / wall, (std::string(unit) + "/s").c_str());
        report(name + "_cpu", busy * 1e9 / double(operations), "ns");
    }
};

// Lateness, in buckets of 0.1 ms up to 10 s. Any thread may add.
class histogram {
    static constexpr std::int64_t           buckets = 100'000;
    std::vector<std::atomic<std::uint32_t>> counts{std::vector<std::atomic<std::uint32_t>>(buckets)};

public:
    void add_ns(std::int64_t ns) {
        auto bucket = std::clamp<std::int64_t>(ns / 100'000, 0, buckets - 1);
        counts[std::size_t(bucket)].fetch_add(1, std::memory_order_relaxed);
    }
    void reset() {
        for (auto& count : counts) count.store(0, std::memory_order_relaxed);
    }
    std::uint64_t total() const {
        std::uint64_t sum = 0;
        for (auto& count : counts) sum += count.load(std::memory_order_relaxed);
        return sum;
    }
    // The upper edge of the bucket that holds this share of all entries.
    double percentile_ms(double share) const {
        auto          wanted = std::max<std::uint64_t>(1, std::uint64_t(share * double(total()) + 0.999999));
        std::uint64_t seen   = 0;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            seen += counts[i].load(std::memory_order_relaxed);
            if (seen >= wanted) return double(i + 1) * 0.1;
        }
        return double(buckets) * 0.1;
    }
};

inline void report_percentiles(const std::string& name, std::vector<std::int64_t> ns) {
    if (ns.empty()) return;
    std::sort(ns.begin(), ns.end());
    report(name + "_p50", double(ns[ns.size() / 2]) / 1000.0, "us");
    report(name + "_p99", double(ns[ns.size() * 99 / 100]) / 1000.0, "us");
}

// The same numbers for every peer in C++.
class random_numbers {
    std::uint64_t state;

public:
    explicit random_numbers(std::uint64_t seed) : state(seed * 0x9E3779B97F4A7C15ull + 1) {}

    std::uint64_t next() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    }
};

// The first tick of each pet falls somewhere in its period.
class random_phases {
    random_numbers numbers{7};

public:
    std::int64_t next_ms() { return 1 + std::int64_t(numbers.next() % 5000); }
};

// What the tick programs measure, once all servers run: five seconds in the middle of their life.
struct tick_window {
    std::int64_t servers;

    void measure(histogram& lateness) const {
        // A million first ticks come in for five seconds: let them pass.
        pause(servers > 500'000 ? 6.0 : 1.0);
        lateness.reset();
        double    length = divisor() > 1 ? 1.0 : 5.0;
        stopwatch watch;
        pause(length);
        double busy = watch.cpu() * 5.0 / length;
        report("tick_cpu", busy * 1000, "ms");
        report("tick_late_p50", lateness.percentile_ms(0.50), "ms");
        report("tick_late_p99", lateness.percentile_ms(0.99), "ms");
        report("tick_count", double(lateness.total()) * 5.0 / length, "ticks");
        report("tick_memory", double(resident_bytes()) / 1048576.0, "MiB");
    }

private:
    static void pause(double seconds) { usleep(useconds_t(seconds * 1e6)); }
};

inline std::string pet_name(std::int64_t i) { return "pet-" + std::to_string(10'000'000 + i); }

// How many names a registry holds, and which of them are looked up, in that order.
constexpr std::int64_t          names = 120'000;
inline std::vector<std::string> wanted_names() {
    std::vector<std::string> wanted(65'536);
    random_numbers           numbers{3};
    for (auto& name : wanted) name = pet_name(1 + std::int64_t(numbers.next() % names));
    return wanted;
}

// Benches measure life, not shutdown: a million servers need not be taken down one by one.
[[noreturn]] inline void leave(int code = 0) {
    std::fflush(stdout);
    std::_Exit(code);
}

}  // namespace bench
