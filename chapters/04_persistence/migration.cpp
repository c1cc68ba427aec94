#include <04_persistence/detail/asking_store.hpp>
#include <04_persistence/detail/migrating.hpp>
#include <04_persistence/store.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <utility>

namespace half {

task<stored<std::vector<std::int64_t>>> migrate(store db, migrations schema, std::int64_t to) {
    return detail::on_connection(
        db.core(), detail::access::writes,
        [schema = std::move(schema), to](detail::connection& on) { return detail::migrate_on(on, schema, to); },
        detail::term::any);
}

task<stored<std::vector<std::int64_t>>> migrate(store db) { return migrate(db, db.options().schema); }

task<stored<std::vector<migration_step>>> migration_steps(store db, migrations schema) {
    return detail::on_connection(
        db.core(), detail::access::writes,
        [schema = std::move(schema)](detail::connection& on) { return detail::steps_on(on, schema); },
        detail::term::any);
}

namespace {

constexpr const char* usage = R"(usage: status | up | down | to VERSION
  status       which steps the database has taken
  up           take all that are left
  down         take the last one back
  to VERSION   take, or take back, all that lie between; 0 is before all steps
)";

struct command {
    enum { status, up, down, to } what;
    std::int64_t version = 0;
};

std::optional<command> command_of(const std::vector<std::string>& words) {
    if (words.size() == 1) {
        if (words[0] == "status") return command{command::status};
        if (words[0] == "up") return command{command::up};
        if (words[0] == "down") return command{command::down};
    } else if (words.size() == 2 && words[0] == "to") {
        const auto&  text = words[1];
        std::int64_t version{};
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), version);
        if (failed == std::errc{} && end == text.data() + text.size() && version >= 0)
            return command{command::to, version};
    }
    return {};
}

using steps = std::vector<migration_step>;

std::int64_t wanted(const command& given, const steps& all) {
    if (given.what != command::down) return given.what == command::to ? given.version : newest;
    std::int64_t last = 0, before = 0;
    for (const auto& each : all)
        if (each.taken) before = std::exchange(last, each.version);
    return before;
}

int failed(const store_error& error) {
    fmt::print(stderr, "{}\n", error);
    return 1;
}

int obey(const command& given, runtime& here, store db, const migrations& schema) {
    const auto all = here.run(migration_steps(db, schema));
    if (!all) return failed(all.error());
    if (given.what == command::status) {
        for (const auto& [version, name, taken] : *all)
            fmt::print("{:>6}  {:7}  {}\n", version, taken ? "taken" : "-", name);
        return 0;
    }

    const auto moved = here.run(migrate(db, schema, wanted(given, *all)));
    if (!moved) return failed(moved.error());
    for (auto version : *moved) {
        const auto& step = *std::ranges::find(*all, version, &migration_step::version);
        fmt::print("{} {} ({})\n", step.taken ? "took back" : "took", version, step.name);
    }
    if (moved->empty()) fmt::print("nothing to do\n");
    return 0;
}

}  // namespace

int migrate_command(store_options options, std::vector<std::string> words) {
    const auto given = command_of(words);
    if (!given) {
        fmt::print(stderr, "{}", usage);
        return 2;
    }
    const auto schema = std::exchange(options.schema, {});  // else the store would take all steps before it obeys
    try {
        const store db{std::move(options)};
        runtime     here;
        here.start(db());
        return obey(*given, here, db, schema);
    } catch (const std::invalid_argument& no_url) {
        fmt::print(stderr, "{}\n", no_url.what());
        return 2;
    }
}

}  // namespace half
