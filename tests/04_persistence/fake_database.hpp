// A database that does as a test says, behind a real store. Its statements:
//
//     select N            N rows of one number: 1, 2, ..., N
//     fail KIND           is refused, as `conflict`, `wrong`, ...
//     write KEY VALUE     changes one row of its only table
//     hold                returns when the test lets it, or when nobody waits for it any more (real threads only)
//
// It checks how it is used: no statement outside of its thread's turn, no upsert outside of a transaction, no savepoint in
// a savepoint, no transaction left open by who gives a connection back.
#pragma once

#include <04_persistence/detail/store_core.hpp>
#include <04_persistence/store.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <sstream>

namespace fake {

using half::store_error;
using half::store_failure;
using contents = std::map<std::int64_t, std::string>;

[[noreturn]] inline void fail(store_error::kind why, std::string what) {
    throw store_failure{{why, std::move(what), {}}};
}

// What the test sees and says. Thread safety: all of it.
struct world {
    bool           one_writes = false;
    half::duration takes{};

    std::atomic<bool>              answers{true};
    std::atomic<store_error::kind> no_answer_is{store_error::unavailable};
    std::atomic<int>               epoch{0};  // connections of another are broken
    std::atomic<int>               attempts{0}, opened{0}, open{0}, most_open{0}, writers{0}, most_writers{0};
    std::atomic<int>               begun{0}, committed{0}, rolled_back{0}, upserts{0}, abandoned{0};
    std::atomic<half::detail::transaction_kind> last_begun{};
    std::function<void()>                       on_attempt = {};
    std::function<void(std::string_view)>       on_run     = {};
    std::function<void()>                       on_upsert  = {};
    std::set<std::string>                       poison     = {};  // values that are refused

    mutable std::mutex      guard;
    std::condition_variable bell;
    bool                    let_go = false;
    int                     held   = 0;
    contents                rows   = {};

    void break_connections() { ++epoch; }
    void go_away() { answers = false, break_connections(); }
    void come_back() { answers = true; }

    void wait_until_held(int n) {
        std::unique_lock lock{guard};
        bell.wait(lock, [&] { return held == n; });
    }
    void release() {
        const std::lock_guard lock{guard};
        let_go = true;
        bell.notify_all();
    }
    contents committed_rows() const {
        const std::lock_guard lock{guard};
        return rows;
    }
};

class numbers final : public half::detail::cursor {
public:
    std::int64_t row = 0;

    int                    columns() const override { return 1; }
    std::string_view       name(int) const override { return "n"; }
    bool                   is_null(int) const override { return false; }
    std::int64_t           integer(int) const override { return row; }
    double                 real(int at) const override { half::detail::does_not_fit(*this, at, "a number"); }
    bool                   boolean(int at) const override { half::detail::does_not_fit(*this, at, "a number"); }
    std::string_view       text(int at) const override { half::detail::does_not_fit(*this, at, "a number"); }
    std::vector<std::byte> bytes(int at) const override { half::detail::does_not_fit(*this, at, "a number"); }
};

class one_row final : public half::detail::values {
public:
    std::int64_t key = 0;
    std::string  value;

    void null() override {}
    void integer(std::int64_t n) override { key = n; }
    void real(double) override {}
    void boolean(bool) override {}
    void text(std::string_view t) override { value = t; }
    void bytes(std::span<const std::byte>) override {}
};

class connection final : public half::detail::connection {
public:
    connection(std::shared_ptr<world> w, bool writes) : world_{std::move(w)}, writes_{writes}, epoch_{world_->epoch} {
        ++world_->opened;
        raise(world_->most_open, ++world_->open);
    }
    ~connection() override { --world_->open; }

    void begin(half::detail::transaction_kind how) override {
        const turn mine{*this};
        expect(!in_transaction_, "begin() in a transaction");
        still_there();
        world_->last_begun = how;
        in_transaction_    = true;
        raise(world_->most_writers, ++world_->writers);
        const std::lock_guard lock{world_->guard};
        now_ = world_->rows;
        ++world_->begun;
    }
    void commit() override {
        const turn mine{*this};
        expect(in_transaction_, "commit() without a transaction");
        still_there();
        end_transaction();
        const std::lock_guard lock{world_->guard};
        world_->rows = now_;
        ++world_->committed;
    }
    void rollback() override {
        const turn mine{*this};
        if (in_transaction_) end_transaction(), ++world_->rolled_back;
    }
    void savepoint() override {
        expect(in_transaction_ && !before_, "savepoint() where there can be none");
        before_ = now_;
    }
    void release() override {
        expect(bool(before_), "release() without a savepoint");
        before_.reset();
    }
    void back_to_savepoint() override {
        expect(bool(before_), "back_to_savepoint() without a savepoint");
        now_ = *std::exchange(before_, {});
    }

    std::uint64_t run(std::string_view sql, half::detail::arguments, const half::detail::row_reader& take) override {
        const turn mine{*this};
        if (world_->on_run) world_->on_run(sql);
        still_there();
        std::istringstream words{std::string{sql}};
        std::string        word;
        words >> word;
        if (word == "select") {
            numbers      each;
            std::int64_t n = 0;
            for (words >> n; each.row < n;)
                if (++each.row; !take(each)) break;
            return 0;
        }
        if (word == "fail") {
            std::string kind;
            words >> kind;
            for (int k = store_error::unavailable; k <= store_error::wrong; ++k)
                if (to_string(store_error::kind(k)) == kind) fail(store_error::kind(k), "as it was told");
        }
        if (word == "write") {
            std::int64_t key = 0;
            words >> key >> word;
            write({key, word});
            return 1;
        }
        if (word == "hold") return hold(), 0;
        fail(store_error::wrong, "no such statement");
    }
    void run_once(std::string_view sql) override {
        run(sql, {}, [](const auto&) { return true; });
    }
    void upsert(const half::detail::table_view&, const half::detail::rows_view& rows) override {
        const turn mine{*this};
        expect(in_transaction_, "upsert() without a transaction");
        still_there();
        ++world_->upserts;
        if (world_->on_upsert) world_->on_upsert();
        still_there();
        for (std::size_t i = 0; i < rows.count; ++i) {
            one_row row;
            rows.write(rows[i], row);
            write({row.key, row.value});
        }
    }

    bool usable() const override { return !broken_ && !in_transaction_; }
    void give_up_when(std::stop_token stop) override {
        const std::lock_guard lock{world_->guard};
        stop_ = std::move(stop);
    }
    void abandon() noexcept override {
        ++world_->abandoned;
        const std::lock_guard lock{world_->guard};
        broken_ = true;
        world_->bell.notify_all();
    }

private:
    // A connection is used by one thread at a time.
    struct turn {
        explicit turn(connection& c) : of{c} { expect(!of.busy_.exchange(true), "two threads use one connection"); }
        ~turn() { of.busy_ = false; }
        connection& of;
    };
    static void raise(std::atomic<int>& most, int now) {
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {}
    }
    static void expect(bool fine, const char* otherwise) { EXPECT_TRUE(fine) << otherwise; }

    void still_there() {
        if (epoch_ != world_->epoch) broken_ = true;
        if (broken_) fail(store_error::unavailable, "the connection is broken");
    }
    void write(std::pair<std::int64_t, std::string> row) {
        if (!writes_) fail(store_error::wrong, "this connection only reads");
        if (world_->poison.contains(row.second)) fail(store_error::refused, row.second + " is poison");
        if (in_transaction_) {
            now_[row.first] = row.second;
        } else {
            const std::lock_guard lock{world_->guard};
            world_->rows[row.first] = row.second;
        }
    }
    void end_transaction() {
        in_transaction_ = false;
        before_.reset();
        --world_->writers;
    }
    void hold() {
        std::unique_lock         lock{world_->guard};
        const std::stop_callback wake{stop_, [&] { world_->bell.notify_all(); }};
        ++world_->held;
        world_->bell.notify_all();
        while (!world_->let_go && !stop_.stop_requested() && !broken_)
            world_->bell.wait_for(lock, std::chrono::milliseconds{5});
        --world_->held;
        if (stop_.stop_requested()) broken_ = true;  // as PostgreSQL does it
        if (broken_) fail(store_error::too_late, "it was given up");
    }

    std::shared_ptr<world>  world_;
    bool                    writes_, in_transaction_ = false;
    std::atomic<bool>       broken_{false};
    int                     epoch_;
    contents                now_;
    std::optional<contents> before_;
    std::stop_token         stop_;
    std::atomic<bool>       busy_{false};
};

class database final : public half::detail::database {
public:
    explicit database(std::shared_ptr<world> w) : world_{std::move(w)} {}

    std::unique_ptr<half::detail::connection> open(bool writes) override {
        ++world_->attempts;
        if (world_->on_attempt) world_->on_attempt();
        if (!world_->answers) fail(world_->no_answer_is, "nobody is at home");
        return std::make_unique<connection>(world_, writes);
    }
    std::string    name() const override { return "fake:"; }
    bool           one_writes() const override { return world_->one_writes; }
    bool           simulated() const override { return true; }
    half::duration answer_after() const override { return world_->takes; }

private:
    std::shared_ptr<world> world_;
};

inline half::store store_on(std::shared_ptr<world> w, half::store_options options = {}) {
    return half::store{
        std::make_shared<half::detail::store_core>(std::move(options), std::make_shared<database>(std::move(w)))};
}

// A process that does something once.
struct client {
    std::function<half::task<>()> body;

    half::task<> init(half::self<client> me) {
        co_await body();
        me.stop();
    }
};

}  // namespace fake
