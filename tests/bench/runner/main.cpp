// bench_runner: see options.cpp for what it can do.
#include "machine.hpp"
#include "options.hpp"
#include "print.hpp"
#include "process.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace bench;
namespace fs = std::filesystem;

namespace {

constexpr auto time_limit = std::chrono::seconds(180);

bool on_path(const std::string& program) {
    const char* path    = std::getenv("PATH");
    std::string folders = path ? path : "";
    for (std::size_t from = 0; from <= folders.size();) {
        auto to = std::min(folders.find(':', from), folders.size());
        if (access((folders.substr(from, to - from) + "/" + program).c_str(), X_OK) == 0) return true;
        from = to + 1;
    }
    return false;
}

// One run of the benches of one chapter.
class bench_run {
    const options& asked;
    fs::path       programs;
    table          numbers;
    circumstances  around;
    bool           something_failed = false;

    bool wanted(peer who) const {
        constexpr std::array<const char*, peer_names.size()> names{"otp", "caf", "asio", "limit", "ours"};
        return std::regex_search(names[std::size_t(who)], asked.peers);
    }

    void remark(const std::string& text) {
        if (std::ranges::find(around.remarks, text) == around.remarks.end()) around.remarks.push_back(text);
    }

    // The command that runs a workload on a peer; empty when that peer is not here, which is remarked.
    std::vector<std::string> command_of(peer who, const workload& w) {
        if (w.arguments[0] == "store" && who != peer::limit && who != peer::ours) return {};  // they have no databases
        auto program = [&](const fs::path& file, const char* otherwise) -> std::vector<std::string> {
            if (fs::exists(programs / file)) return {(programs / file).string()};
            remark(otherwise);
            return {};
        };
        auto with = [](std::vector<std::string> command, std::vector<std::string> more) {
            if (!command.empty()) command.insert(command.end(), more.begin(), more.end());
            return command;
        };
        const char* build    = "limit, Asio: no program; build the target peers";
        auto        must_run = [&](std::vector<std::string> command) {
            if (command.empty()) something_failed = true;
            return command;
        };
        switch (who) {
        case peer::otp: return otp_command(w);
        case peer::caf:
            if (w.arguments[0] == "fair") return {};  // no such program
            return with(
                program("peers/caf", "CAF: no program; install libcaf-dev, configure again, build the target peers"),
                w.arguments);
        case peer::asio:
            if (w.arguments[0] == "registry") return {};  // it would be the limit's table once more
            return with(with(program("peers/limit", build), {"asio"}), w.arguments);
        case peer::limit: return with(with(must_run(program("peers/limit", build)), {"limit"}), w.arguments);
        case peer::ours: {
            auto file    = fmt::format("ch{}_bench_{}", asked.chapter, w.arguments[0]);
            auto missing = fmt::format("ours: no program {}; build the target bench{}", file, asked.chapter);
            return with(must_run(program(file, missing.c_str())), {w.arguments.begin() + 1, w.arguments.end()});
        }
        }
        return {};
    }

    std::vector<std::string> otp_command(const workload& w) {
        if (!fs::exists(programs / "peers/erlang/bench.beam") || !on_path("erl")) {
            remark("OTP: no program; install erlang-base, configure again, build the target peers");
            return {};
        }
        std::vector<std::string> command{"erl", "+P", "4000000"};
        // Idle schedulers that spin wake sooner, but where CPU time is the measure it would count against OTP.
        if (w.arguments[0] == "tick") {
            for (auto* pool : {"+sbwt", "+sbwtdcpu", "+sbwtdio"}) command.insert(command.end(), {pool, "none"});
        }
        auto beams = (programs / "peers/erlang").string();
        command.insert(command.end(), {"-noshell", "-noinput", "-pa", beams, "-run", "bench", "main"});
        command.insert(command.end(), w.arguments.begin(), w.arguments.end());
        return command;
    }

    // A program may say what it is on a line that begins with '#'.
    void keep_version(peer who, const std::string& output) {
        if (output.starts_with("# ")) around.versions[who] = output.substr(2, output.find('\n') - 2);
    }

    void run_once(const workload& w, peer who, int repetition) {
        auto command = command_of(who, w);
        if (command.empty()) return;
        wait_for_quiet();
        fmt::print(stderr, "{:<11} {:<6} {}/{}  ", w.id, peer_names[std::size_t(who)], repetition, asked.repetitions);
        auto result = run(command, time_limit);
        fmt::print(stderr, "{:5.1f} s{}\n", result.seconds,
                   result.others_cores > 0.4 ? fmt::format("  others used {:.1f} cores", result.others_cores) : "");
        if (!result.failure.empty()) {
            something_failed = true;
            remark(fmt::format("{} failed in {}: {}", peer_names[std::size_t(who)], w.id, result.failure));
            fmt::print(stderr, "  {}: {}\n", fmt::join(command, " "), result.failure);
            return;
        }
        if (result.others_cores > 0.4)
            remark(fmt::format("Others used the machine during {}: look again when it is quiet", w.id));
        keep_version(who, result.output);
        numbers.take(w.id, who, result.output);
    }

public:
    bench_run(const options& o, fs::path folder, const std::vector<workload>& workloads)
        : asked(o), programs(std::move(folder)), numbers(workloads) {
        around = {.chapter     = o.chapter,
                  .date        = today(),
                  .machine     = describe_machine(),
                  .versions    = {},
                  .remarks     = {},
                  .repetitions = o.repetitions,
                  .judged      = !o.quick && wanted(peer::ours) && wanted(peer::limit)};
    }

    void measure(const std::vector<workload>& workloads) {
        for (auto& w : workloads) {
            for (int repetition = 1; repetition <= asked.repetitions; ++repetition) {
                for (auto who : {peer::otp, peer::caf, peer::asio, peer::limit, peer::ours}) {
                    if (wanted(who)) run_once(w, who, repetition);
                }
            }
        }
    }

    void print() const {
        fmt::print("{}", asked.json ? as_json_lines(numbers, around) : as_text(numbers, around));
        if (asked.markdown.empty()) return;
        if (auto folder = fs::path(asked.markdown).parent_path(); !folder.empty()) fs::create_directories(folder);
        std::ofstream file(asked.markdown);
        if (!(file << as_markdown(numbers, around) << std::flush))
            throw std::runtime_error(fmt::format("cannot write {}", asked.markdown));
    }

    int exit_code() const {
        bool all_pass = std::ranges::all_of(numbers.rows(), [](auto& r) { return passes(r.judge()); });
        if (around.judged && !all_pass && !something_failed) return 1;
        return something_failed ? 2 : 0;
    }
};

std::vector<workload> workloads_of(const options& asked) {
    auto          file = asked.bars.empty() ? fmt::format("{}/{}.bars", BENCH_BARS_FOLDER, asked.chapter) : asked.bars;
    std::ifstream in(file);
    if (!in) throw std::runtime_error(fmt::format("no bars for chapter '{}': cannot read {}", asked.chapter, file));
    std::vector<workload> all;
    try {
        all = read_bars(in);
    } catch (const bad_bars& e) {
        throw bad_bars(fmt::format("{}: {}", file, e.what()));
    }
    std::erase_if(all, [&](auto& w) { return !std::regex_search(w.id, asked.only); });
    if (all.empty()) throw bad_options("--only matches no workload of this chapter");
    return all;
}

}  // namespace

int main(int argc, char** argv) try {
    auto asked = parse_options({argv + 1, argv + argc});
    if (asked.help) {
        fmt::print("{}", usage);
        return 0;
    }
    auto workloads = workloads_of(asked);
    if (asked.quick) setenv("BENCH_DIVIDE", "20", 1);
    fs::path folder = asked.programs.empty() ? fs::canonical("/proc/self/exe").parent_path() : fs::path(asked.programs);
    bench_run run(asked, folder, workloads);
    run.measure(workloads);
    run.print();
    return run.exit_code();
} catch (const bad_options& e) {
    fmt::print(stderr, "bench_runner: {}\n\n{}", e.what(), usage);
    return 2;
} catch (const std::exception& e) {
    fmt::print(stderr, "bench_runner: {}\n", e.what());
    return 2;
}
