#include <04_persistence/detail/memory_engine.hpp>
#include <04_persistence/detail/sqlite.hpp>
#include <04_persistence/memory_database.hpp>
#include <04_persistence/store.hpp>

#include <fmt/format.h>

namespace half {

namespace detail {

namespace {

[[noreturn]] void does_not_answer(store_error::kind why = store_error::unavailable) {
    throw store_failure{{why, "the database in memory does not answer", {}}};
}

// A connection that fails when the database has been told to, and else does what SQLite does.
class memory_connection final : public connection {
public:
    memory_connection(std::shared_ptr<memory_engine> engine, std::unique_ptr<connection> inner)
        : engine_{std::move(engine)}, age_{engine_->age}, inner_{std::move(inner)} {}

    void begin(transaction_kind how) override {
        ask();
        inner_->begin(how);
        inside_ = true;
    }
    void commit() override {
        naming("commit", [&] {
            ask();
            inner_->commit();
            inside_ = false;
            committed();
        });
    }
    void rollback() override {
        inner_->rollback();
        inside_ = false;
    }

    void savepoint() override { ask(), inner_->savepoint(); }
    void release() override { ask(), inner_->release(); }
    void back_to_savepoint() override { ask(), inner_->back_to_savepoint(); }

    std::uint64_t run(std::string_view sql, arguments with, const row_reader& take) override {
        return naming(sql, [&] {
            ask();
            const bool writes = !only_reads(sql);
            if (writes) ask_for_room();
            const auto changed = inner_->run(sql, with, take);
            if (writes && !inside_) committed();
            return changed;
        });
    }
    void run_once(std::string_view sql) override {
        naming(sql, [&] {
            ask();
            ask_for_room();
            inner_->run_once(sql);
            if (!inside_) committed();
        });
    }
    void upsert(const table_view& into, const rows_view& rows) override {
        ask();
        ask_for_room();
        inner_->upsert(into, rows);
    }

    bool usable() const override { return !broken() && inner_->usable(); }
    void give_up_when(std::stop_token stop) override { inner_->give_up_when(std::move(stop)); }
    void abandon() noexcept override { inner_->abandon(); }

private:
    bool broken() const { return engine_->away || engine_->age != age_; }
    // A broken connection holds nobody up: what it has begun is undone, as a server would.
    void ask() {
        if (!broken()) return;
        inner_->rollback();
        does_not_answer();
    }
    void ask_for_room() const {
        if (engine_->filled) throw store_failure{{store_error::full, "the database in memory is full", {}}};
    }
    void committed() {
        ++engine_->commits;
        if (!engine_->loses_next_answer.exchange(false)) return;
        age_ = ~std::uint64_t{};
        does_not_answer(store_error::in_doubt);
    }

    std::shared_ptr<memory_engine> engine_;
    std::uint64_t                  age_;
    std::unique_ptr<connection>    inner_;
    bool                           inside_ = false;  // a transaction
};

class memory_store final : public database {
public:
    memory_store(std::shared_ptr<memory_engine> engine, duration lock_time)
        : engine_{std::move(engine)}, lock_time_{lock_time} {}

    std::unique_ptr<connection> open(bool writes) override {
        if (engine_->away) does_not_answer();
        return std::make_unique<memory_connection>(engine_, engine_->open(writes, lock_time_));
    }
    std::string name() const override { return "memory:"; }
    bool        one_writes() const override { return true; }
    bool        simulated() const override { return true; }
    duration    answer_after() const override { return engine_->answer_after; }

private:
    std::shared_ptr<memory_engine> engine_;
    duration                       lock_time_;
};

// SQLite keeps databases in memory by name, for the whole program.
std::string fresh_path() {
    static std::atomic<std::uint64_t> made = 0;
    return fmt::format("file:/half-{}?vfs=memdb", ++made);
}

}  // namespace

memory_engine::memory_engine() : path_{fresh_path()}, keeper_{open(false, {})} {}

// No clock: in a simulated run the real time must not count.
std::unique_ptr<connection> memory_engine::open(bool writes, duration lock_time) const {
    return open_sqlite({.path = path_, .in_memory = true, .writes = writes, .lock_time = lock_time});
}

std::shared_ptr<database> in_memory(std::shared_ptr<memory_engine> engine, const store_options& options) {
    return std::make_shared<memory_store>(std::move(engine), options.statement_time);
}

}  // namespace detail

memory_database::memory_database() : engine_{std::make_shared<detail::memory_engine>()} {}

void          memory_database::answer_after(duration time) const { engine_->answer_after = time; }
void          memory_database::go_away() const { engine_->away = true, ++engine_->age; }
void          memory_database::come_back() const { engine_->away = false; }
void          memory_database::fill() const { engine_->filled = true; }
void          memory_database::make_room() const { engine_->filled = false; }
void          memory_database::break_connections() const { ++engine_->age; }
void          memory_database::lose_next_answer() const { engine_->loses_next_answer = true; }
std::uint64_t memory_database::commits() const { return engine_->commits; }

}  // namespace half
