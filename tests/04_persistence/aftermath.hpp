// What is in the database when a service (service.hpp) is gone, compared with what it had noted.
#pragma once

#include "service.hpp"

#include <04_persistence/detail/database.hpp>
#include <04_persistence/detail/reading.hpp>

#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace faults {

// A connection of one's own; not while a service has the file.
class contents {
public:
    explicit contents(const std::string& url) : on_{half::detail::database_of({.url = url})->open(true)} {}

    template <class Row>
    std::vector<Row> rows(std::string_view sql) const {
        return half::detail::read_rows<Row>(*on_, sql, half::detail::owned_arguments<>{}.view(), SIZE_MAX);
    }
    std::int64_t number(std::string_view sql) const { return rows<std::int64_t>(sql).at(0); }
    void         execute(std::string_view sql) const { on_->run_once(sql); }

private:
    std::unique_ptr<half::detail::connection> on_;
};

// The worst of what was lost, for people to read. Ages are in microseconds.
struct losses {
    std::int64_t states = 0, of_one_pet = 0, age = 0, longest_pass = 0;

    std::string to_string() const {
        return fmt::format(
            "{} states were lost, {} of one pet, the oldest {:.1f} ms old; the longest write took {:.1f} ms", states,
            of_one_pet, double(age) / 1000, double(longest_pass) / 1000);
    }
    void add(const losses& other) {
        states       = std::max(states, other.states);
        of_one_pet   = std::max(of_one_pet, other.of_one_pet);
        age          = std::max(age, other.age);
        longest_pass = std::max(longest_pass, other.longest_pass);
    }
};

class aftermath {
public:
    explicit aftermath(std::string url) : url_{std::move(url)} {}

    // The service was killed at this moment.
    losses look_after_kill(notes& log, std::int64_t killed_at, bool one_pass_writes_all) {
        const contents now{open()};
        if (!has_tables(now)) {
            EXPECT_FALSE(log.started);
            return {};
        }
        look_at_commits(now, log);
        losses lost{.longest_pass = log.longest_pass};
        for (const auto& [id, version, note] : now.rows<pet_row>("select id, version, note from pets")) {
            auto& known = log.pet.at(std::size_t(id));
            EXPECT_EQ(note, pet_row::note_of(id, version)) << "half a row";
            EXPECT_GE(version, versions_[id]) << "pet " << id << " went back in time";
            EXPECT_LE(version, std::max(versions_[id], known.begun.load())) << "a state that was never kept";
            EXPECT_GE(version, known.flushed) << "pet " << id << ": flush() said that it was written";
            versions_[id] = version;
            if (version >= known.kept) continue;

            const auto next = known.when[std::size_t(version + 1) % known.when.size()].load();
            EXPECT_FALSE(one_pass_writes_all && log.passes >= 2 && next < log.pass_before)
                << "pet " << id << ": a state older than a whole pass was lost";
            lost.states += known.kept - version;
            lost.of_one_pet = std::max(lost.of_one_pet, known.kept - version);
            lost.age        = std::max(lost.age, killed_at - next);
        }
        return lost;
    }

    // Only at what was committed.
    void look_at_commits(notes& log) { look_at_commits(contents{open()}, log); }

    // The service was stopped in order.
    void look_after_stop(notes& log) {
        const contents now{open()};
        look_at_commits(now, log);
        std::int64_t found = 0;
        for (const auto& [id, version, note] : now.rows<pet_row>("select id, version, note from pets")) {
            EXPECT_EQ(note, pet_row::note_of(id, version));
            EXPECT_EQ(version, log.pet.at(std::size_t(id)).kept) << "pet " << id;
            versions_[id] = version;
            ++found;
        }
        EXPECT_EQ(found, pets);
    }

private:
    bool is_sqlite() const { return url_.starts_with("sqlite:"); }

    // A server may still be at work for who was killed.
    std::string open() const {
        if (!is_sqlite()) {
            const contents now{url_};
            EXPECT_TRUE(eventually([&] {
                return now.number("select count(*) from pg_stat_activity where datname = current_database() and "
                                  "backend_type = 'client backend'")
                       == 1;
            }));
        }
        return url_;
    }

    bool has_tables(const contents& now) const {
        if (!is_sqlite()) return now.number("select count(*) from pg_tables where tablename = 'moments'") == 1;
        EXPECT_EQ(now.rows<std::string>("pragma integrity_check"), std::vector<std::string>{"ok"});
        return now.number("select count(*) from sqlite_schema where name = 'moments'") == 1;
    }

    // Every commit that was acknowledged is there, and each of them is whole.
    void look_at_commits(const contents& now, notes& log) {
        struct counter {
            std::int64_t teller, n;
        };
        for (const auto& [id, n] : now.rows<counter>("select teller, n from counters")) {
            const auto& known  = log.teller.at(std::size_t(id));
            const auto  before = std::exchange(counters_[id], n);
            EXPECT_GE(n, known.committed) << "a commit of teller " << id << " is lost";
            EXPECT_GE(n, before);
            EXPECT_LE(n, before + known.tries);
            const auto written = now.rows<std::int64_t>(
                fmt::format("select n from ledger where teller = {} and n > {} order by n", id, before));
            EXPECT_EQ(std::int64_t(written.size()), n - before) << "half a transaction of teller " << id;
            if (!written.empty()) EXPECT_EQ(written.back(), n) << "half a transaction of teller " << id;
        }
        now.execute("delete from ledger");

        EXPECT_TRUE(log.clerk_done == 0
                    || now.number(fmt::format("select count(*) from moments where n = {}", log.clerk_done.load()))
                           == 1);
        EXPECT_LE(now.number("select count(*) from moments"), log.clerk_tries);
        now.execute("delete from moments");
    }

    const std::string                    url_;
    std::map<std::int64_t, std::int64_t> versions_, counters_;  // as they were the last time
};

}  // namespace faults
