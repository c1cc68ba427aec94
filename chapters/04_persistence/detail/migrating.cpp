#include <04_persistence/detail/bulk.hpp>
#include <04_persistence/detail/migrating.hpp>
#include <04_persistence/detail/reading.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

namespace half::detail {

namespace {

using steps = std::map<std::int64_t, const migration*>;  // in the order of their versions
using taken = std::map<std::int64_t, std::string>;

[[noreturn]] void wrong(std::string what) { throw store_failure{{store_error::wrong, std::move(what), {}}}; }

steps steps_of(const migrations& schema) {
    steps all;
    for (const auto& each : schema) {
        if (each.version <= 0) wrong(fmt::format("step {} ({}): versions begin with 1", each.version, each.name));
        if (!all.emplace(each.version, &each).second) wrong(fmt::format("there are two steps {}", each.version));
    }
    return all;
}

struct taken_row {
    std::int64_t version;
    std::string  name;
};

taken taken_on(connection& on) {
    on.run_once("create table if not exists half_migrations "
                "(version bigint primary key, name text not null, applied_at bigint not null)");
    taken all;
    for (auto& [version, name] : read_rows<taken_row>(on, "select version, name from half_migrations", {}, SIZE_MAX))
        all.emplace(version, std::move(name));
    return all;
}

void check(const steps& known, const taken& before) {
    for (const auto& [version, name] : before) {
        const auto here = known.find(version);
        if (here == known.end())
            wrong(fmt::format("the database has taken step {} ({}), which this program does not know: it is older than "
                              "its data",
                              version, name));
        if (here->second->name != name)
            wrong(fmt::format("step {} is called {} here, and {} in the database", version, here->second->name, name));
    }
}

struct move {
    const migration* step = nullptr;
    bool             up   = true;
};

// What comes next on the way: first back, the newest first; then forward, the oldest first.
move next_move(const steps& known, const taken& before, std::int64_t to) {
    for (auto last = before.rbegin(); last != before.rend() && last->first > to; ++last) {
        const auto* step = known.at(last->first);
        if (step->down.empty()) wrong(fmt::format("step {} ({}) has no way back", step->version, step->name));
    }
    if (!before.empty() && before.rbegin()->first > to) return {known.at(before.rbegin()->first), false};
    for (const auto& [version, step] : known)
        if (version <= to && !before.contains(version)) return {step, true};
    return {};
}

template <class... Args>
void change(connection& on, std::string_view sql, Args... args) {
    change_rows(on, sql, owned_arguments<Args...>{std::move(args)...}.view());
}

void take(connection& on, const move& next) {
    const auto& [version, name, up, down] = *next.step;
    try {
        for (const auto& statement : next.up ? up : down) on.run_once(statement);
    } catch (store_failure& failed) {
        failed.error.what = fmt::format("step {} ({}): {}", version, name, failed.error.what);
        throw store_failure{std::move(failed.error)};
    }
    using namespace std::chrono;
    const auto now = floor<milliseconds>(system_clock::now());
    if (next.up)
        change(on, "insert into half_migrations (version, name, applied_at) values ($1, $2, $3)", version, name, now);
    else change(on, "delete from half_migrations where version = $1", version);
}

}  // namespace

std::vector<std::int64_t> migrate_on(connection& on, const migrations& schema, std::int64_t to) {
    const auto known = steps_of(schema);
    if (to != 0 && to != newest && !known.contains(to)) wrong(fmt::format("there is no step {}", to));

    std::vector<std::int64_t> done;
    while (true) {
        const auto next = as_transaction(on, transaction_kind::migration, [&] {
            const auto before = taken_on(on);
            check(known, before);
            const auto found = next_move(known, before, to);
            if (found.step) take(on, found);
            return found;
        });
        if (!next.step) return done;
        done.push_back(next.step->version);
    }
}

std::vector<migration_step> steps_on(connection& on, const migrations& schema) {
    const auto known  = steps_of(schema);
    auto       before = as_transaction(on, transaction_kind::migration, [&] { return taken_on(on); });

    std::vector<migration_step> all;
    for (const auto& [version, step] : known) all.push_back({version, step->name, before.erase(version) > 0});
    for (auto& [version, name] : before) all.push_back({version, std::move(name), true});
    std::ranges::sort(all, {}, &migration_step::version);
    return all;
}

}  // namespace half::detail
