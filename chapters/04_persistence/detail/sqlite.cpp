// The one file that knows SQLite's own header. Read on from `class sqlite_connection`; before it stands what it is made of:
// errors in the chapter's words, statements that are prepared, what goes into them and what comes out.
#include <04_persistence/detail/sqlite.hpp>
#include <04_persistence/detail/sqlite_dialect.hpp>

#include <fmt/ranges.h>
#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <thread>

namespace half::detail {

namespace {

// -- Errors -------------------------------------------------------------------------------------------------------

store_error::kind kind_of(int code, int system) {
    const bool no_room = system == ENOSPC || system == EDQUOT;
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return store_error::refused;
    case SQLITE_FULL: return store_error::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_ABORT: return store_error::conflict;
    case SQLITE_INTERRUPT: return store_error::too_late;
    case SQLITE_IOERR:
    case SQLITE_NOMEM: return no_room ? store_error::full : store_error::unavailable;
    case SQLITE_CANTOPEN: return no_room ? store_error::full : store_error::wrong;
    default: return store_error::wrong;
    }
}

const char* advice(int code) {
    switch (code & 0xff) {
    case SQLITE_NOTADB: return ": name another file, or move this one away";
    case SQLITE_CORRUPT: return ": the file is damaged; take a copy, or save what can be read: sqlite3 FILE .recover";
    case SQLITE_CANTOPEN: return ": look whether it is a file, and who may write to its folder";
    case SQLITE_READONLY: return ": look who may write to the file and its folder";
    default: return "";
    }
}

[[noreturn]] void fail(sqlite3* db, int code) {
    const int   system = sqlite3_system_errno(db);
    std::string what   = sqlite3_errmsg(db);
    if (const int primary = code & 0xff; system != 0 && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN))
        what += fmt::format(" ({})", std::strerror(system));
    throw store_failure{{kind_of(code, system), what + advice(code), {}}};
}

// -- A statement --------------------------------------------------------------------------------------------------

struct finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};

class prepared {
public:
    prepared(sqlite3* db, std::string_view sql) {
        sqlite3_stmt* made = nullptr;
        const char*   rest = nullptr;
        if (int code = sqlite3_prepare_v3(db, sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, &rest))
            fail(db, code);
        it_.reset(made);
        if (!made) wrong("there is no statement in this text");
        if (std::string_view{rest, sql.data() + sql.size()}.find_first_not_of("; \t\r\n") != std::string_view::npos)
            wrong("there are two statements in this text: one at a time");
        find_places();
    }

    sqlite3_stmt*           get() const { return it_.get(); }
    const std::vector<int>& places() const { return places_; }

private:
    [[noreturn]] static void wrong(const char* why) { throw store_failure{{store_error::wrong, why, {}}}; }

    void find_places() {
        for (int place = 1; place <= sqlite3_bind_parameter_count(it_.get()); ++place) {
            const char* name   = sqlite3_bind_parameter_name(it_.get(), place);
            const int   number = name && name[0] == '$' ? std::atoi(name + 1) : 0;
            if (number < 1 || number > 60) wrong("arguments are called $1, $2, ... up to $60");
            if (places_.size() < std::size_t(number)) places_.resize(std::size_t(number));
            places_[std::size_t(number - 1)] = place;
        }
    }

    std::unique_ptr<sqlite3_stmt, finalize> it_;
    std::vector<int>                        places_;  // of $1, $2, ... in SQLite's order; 0: it is not there
};

// Leaves the statement as it was found, also when a row's reader throws: an open one keeps others from the disk's room.
class running {
public:
    explicit running(const prepared& s) : it_{s.get()} {}
    ~running() {
        sqlite3_reset(it_);
        sqlite3_clear_bindings(it_);
    }
    running(const running&)            = delete;
    running& operator=(const running&) = delete;

private:
    sqlite3_stmt* it_;
};

// -- What goes in -------------------------------------------------------------------------------------------------

class binding final : public values {
public:
    explicit binding(const prepared& to) : it_{to.get()}, places_{to.places()} {}

    void null() override { bound(sqlite3_bind_null(it_, next())); }
    void integer(std::int64_t value) override { bound(sqlite3_bind_int64(it_, next(), value)); }
    void real(double value) override { bound(sqlite3_bind_double(it_, next(), value)); }
    void boolean(bool value) override { bound(sqlite3_bind_int(it_, next(), value)); }
    void text(std::string_view value) override {
        const int place = next();
        check_text(value);
        bound(sqlite3_bind_text64(it_, place, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC,
                                  SQLITE_UTF8));
    }
    void bytes(std::span<const std::byte> value) override {
        const int place = next();
        bound(value.empty() ? sqlite3_bind_zeroblob(it_, place, 0)
                            : sqlite3_bind_blob64(it_, place, value.data(), value.size(), SQLITE_STATIC));
    }

    std::size_t given() const { return given_; }

private:
    int next() {
        ++given_;
        return given_ <= places_.size() ? places_[given_ - 1] : 0;
    }
    // An argument without a place is not bound; the caller counts.
    void bound(int code) {
        if (code != SQLITE_OK && code != SQLITE_RANGE) fail(sqlite3_db_handle(it_), code);
    }

    sqlite3_stmt*           it_;
    const std::vector<int>& places_;
    std::size_t             given_ = 0;
};

// -- What comes out -----------------------------------------------------------------------------------------------

class row_cursor final : public cursor {
public:
    explicit row_cursor(const prepared& from) : it_{from.get()} {}

    int              columns() const override { return sqlite3_data_count(it_); }
    std::string_view name(int at) const override {
        const char* text = sqlite3_column_name(it_, at);
        return text ? text : "?";
    }
    bool         is_null(int at) const override { return sqlite3_column_type(it_, at) == SQLITE_NULL; }
    std::int64_t integer(int at) const override {
        return sqlite3_value_int64(expect(at, SQLITE_INTEGER, "an integer"));
    }
    double real(int at) const override {
        if (sqlite3_column_type(it_, at) != SQLITE_INTEGER)
            return sqlite3_value_double(expect(at, SQLITE_FLOAT, "a number"));
        constexpr std::int64_t exact = std::int64_t{1} << 53;
        const std::int64_t     value = sqlite3_column_int64(it_, at);
        if (value > exact || value < -exact) does_not_fit(*this, at, "the integer is too big to be a double");
        return double(value);
    }
    bool boolean(int at) const override {
        const std::int64_t value = integer(at);
        if (value != 0 && value != 1) does_not_fit(*this, at, fmt::format("{} is neither yes (1) nor no (0)", value));
        return value == 1;
    }
    std::string_view text(int at) const override {
        auto*       value = expect(at, SQLITE_TEXT, "a text");
        const auto* first = reinterpret_cast<const char*>(sqlite3_value_text(value));
        return {first, std::size_t(sqlite3_value_bytes(value))};
    }
    std::vector<std::byte> bytes(int at) const override {
        auto*       value = expect(at, SQLITE_BLOB, "bytes");
        const auto* first = static_cast<const std::byte*>(sqlite3_value_blob(value));
        return {first, first + sqlite3_value_bytes(value)};
    }

private:
    // A value of its own is asked once where a column is asked twice. It is good here, where one thread uses a connection.
    sqlite3_value* expect(int at, int type, const char* wanted) const {
        sqlite3_value* value = sqlite3_column_value(it_, at);
        if (const int is = sqlite3_value_type(value); is != type) [[unlikely]]
            does_not_fit(*this, at, fmt::format("it is {}, not {}", called(is), wanted));
        return value;
    }
    static const char* called(int type) {
        switch (type) {
        case SQLITE_INTEGER: return "an integer";
        case SQLITE_FLOAT: return "a number with a fraction";
        case SQLITE_TEXT: return "a text";
        case SQLITE_BLOB: return "bytes";
        default: return "null";
        }
    }

    sqlite3_stmt* it_;
};

// -- A connection -------------------------------------------------------------------------------------------------

// Names are quoted: a column may be called "order".
std::string upsert_text(const table_view& into) {
    std::vector<std::string> names, places, sets;
    for (auto column : into.columns) {
        names.push_back(fmt::format("\"{}\"", column));
        places.push_back(fmt::format("${}", names.size()));
        if (names.size() > 1) sets.push_back(fmt::format("{0} = excluded.{0}", names.back()));
    }
    std::string text = fmt::format("insert into \"{}\" ({}) values ({}) on conflict ({}) do ", into.name,
                                   fmt::join(names, ", "), fmt::join(places, ", "), names[0]);
    if (sets.empty()) return text + "nothing";
    text += fmt::format("update set {}", fmt::join(sets, ", "));
    if (!into.newer_by.empty())
        text += fmt::format(" where excluded.\"{0}\" >= \"{1}\".\"{0}\"", into.newer_by, into.name);
    return text;
}

struct close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
};

using clock = std::chrono::steady_clock;

class sqlite_connection final : public connection {
public:
    explicit sqlite_connection(sqlite_options options) : options_{std::move(options)} {
        const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
        sqlite3*  made  = nullptr;
        const int code =
            sqlite3_open_v2(options_.path.c_str(), &made, flags | (options_.in_memory ? SQLITE_OPEN_URI : 0), nullptr);
        db_.reset(made);
        try {
            check(code);
            prepare_connection();
        } catch (const store_failure& e) {
            const auto why = e.error == store_error::conflict ? store_error::unavailable : e.error.why;
            throw store_failure{{why, fmt::format("{}: {}", options_.path, e.error.what), {}}};
        }
    }

    void begin(transaction_kind how) override {
        start_clock();
        if (how == transaction_kind::migration) {
            command("pragma foreign_keys = off");  // a table that is rebuilt is dropped, and its children are not
            migrating_ = true;
            start_clock();
        }
        command("begin immediate");
        inside_ = true;
    }
    void commit() override {
        expect_transaction();
        start_clock();
        if (migrating_) expect_parents();
        try {
            command("commit");
        } catch (const store_failure& e) {
            if (e.error != store_error::unavailable) throw;
            throw store_failure{{store_error::in_doubt, e.error.what, "commit"}};
        }
        end_transaction();
    }
    void rollback() override {
        // SQLite has done so itself when the disk was full, or failed.
        if (!sqlite3_get_autocommit(db_.get()) && exec("rollback") != SQLITE_OK) usable_ = false;
        end_transaction();
    }

    void savepoint() override { inside("savepoint part"); }
    void release() override { inside("release part"); }
    void back_to_savepoint() override { inside("rollback to part; release part"); }

    std::uint64_t run(std::string_view sql, arguments with, const row_reader& take) override {
        return naming(sql, [&] {
            expect_transaction();
            start_clock();
            const prepared& statement = cached(sql);
            const running   now{statement};
            binding         to{statement};
            bind(to, [&] { with.write(with.all, to); }, [](std::size_t n) { return fmt::format("${}", n); });
            expect_arguments(statement, to);

            const auto before = sqlite3_total_changes64(db_.get());
            row_cursor row{statement};
            while (step(statement) && take(row)) {}
            return std::uint64_t(sqlite3_total_changes64(db_.get()) == before ? 0 : sqlite3_changes64(db_.get()));
        });
    }

    void run_once(std::string_view sql) override {
        naming(sql, [&] {
            expect_transaction();
            start_clock();
            command(in_sqlite(sql).c_str());
        });
    }

    void upsert(const table_view& into, const rows_view& rows) override {
        const std::string sql = upsert_text(into);
        naming(sql, [&] {
            expect_transaction();
            start_clock();
            const prepared& statement = cached(sql);
            const running   now{statement};
            for (std::size_t i = 0; i < rows.count; ++i) {
                binding to{statement};
                bind(
                    to, [&] { rows.write(rows[i], to); },
                    [&](std::size_t n) { return fmt::format("column {}", into.columns[n - 1]); });
                step(statement);
                sqlite3_reset(statement.get());
            }
        });
    }

    bool usable() const override { return usable_ && !abandoned_; }
    void give_up_when(std::stop_token stop) override { stop_ = std::move(stop); }
    void abandon() noexcept override { abandoned_ = true; }

private:
    void prepare_connection() {
        sqlite3_busy_handler(
            db_.get(), [](void* me, int tries) { return static_cast<sqlite_connection*>(me)->wait(tries); }, this);
        sqlite3_progress_handler(
            db_.get(), 2000, [](void* me) { return int(static_cast<sqlite_connection*>(me)->gives_up()); }, this);
        // "text" in double quotes is a name, as on PostgreSQL.
        sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
        sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
        sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);

        if (!options_.in_memory) {
            command("pragma journal_mode = wal");
            command(options_.safe ? "pragma synchronous = full" : "pragma synchronous = normal");
        }
        command("pragma foreign_keys = on");
        if (!options_.writes) command("pragma query_only = on");
    }

    // -- Time

    void start_clock() {
        const bool counts = options_.statement_time > duration::zero() && !migrating_;
        deadline_         = counts ? clock::now() + options_.statement_time : clock::time_point::max();
    }
    bool gives_up() const {
        return abandoned_ || stop_.stop_requested()
               || (deadline_ != clock::time_point::max() && clock::now() > deadline_);
    }
    // Somebody else writes, or reads a database in memory.
    int wait(int tries) const {
        if (gives_up() || tries >= options_.lock_time / std::chrono::milliseconds{1}) return 0;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});  // SQLite has no signal to wait for
        return 1;
    }

    // -- Transactions

    // A transaction that SQLite has undone by itself must not go on as single statements.
    void expect_transaction() const {
        if (inside_ && sqlite3_get_autocommit(db_.get()))
            throw store_failure{{store_error::conflict, "this transaction has been undone already", {}}};
    }
    void inside(const char* command_text) {
        expect_transaction();
        command(command_text);
    }
    void end_transaction() {
        if (std::exchange(migrating_, false) && exec("pragma foreign_keys = on") != SQLITE_OK) usable_ = false;
        inside_ = false;
    }
    void expect_parents() {
        run("pragma foreign_key_check", {}, [](const cursor& row) -> bool {
            throw store_failure{
                {store_error::refused,
                 fmt::format("a row of {} refers to a row of {} that is not there", row.text(0), row.text(2)),
                 {}}};
        });
    }

    // -- Statements

    const prepared& cached(std::string_view sql) {
        constexpr std::size_t at_most =
            100;  // a program that has more makes them up, and would find none of them again
        if (const auto found = cache_.find(sql); found != cache_.end()) return found->second;
        if (cache_.size() == at_most) cache_.clear();
        return cache_.emplace(std::string{sql}, prepared{db_.get(), in_sqlite(sql)}).first->second;
    }

    // What does not fit is said with its place.
    template <class Write, class Place>
    void bind(const binding& to, Write write, Place place) {
        try {
            write();
        } catch (const store_failure& e) {
            throw store_failure{
                {e.error.why, fmt::format("{}: {}", place(std::max(to.given(), 1UZ)), e.error.what), {}}};
        }
    }
    static void expect_arguments(const prepared& statement, const binding& to) {
        if (to.given() == statement.places().size()) return;
        throw store_failure{
            {store_error::wrong,
             fmt::format("the statement wants {} arguments and is given {}", statement.places().size(), to.given()),
             {}}};
    }

    // Whether there is a row.
    bool step(const prepared& statement) {
        const int code = sqlite3_step(statement.get());
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) check(code);
        return false;
    }
    int  exec(const char* sql) { return sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr); }
    void command(const char* sql) { check(exec(sql)); }

    void check(int code) {
        if (code == SQLITE_OK) return;
        if (code == SQLITE_INTERRUPT)
            throw store_failure{
                {store_error::too_late,
                 clock::now() > deadline_
                     ? fmt::format("it took longer than {} ms", options_.statement_time / std::chrono::milliseconds{1})
                     : "nobody waits for it any more",
                 {}}};
        if (int primary = code & 0xff; primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
            usable_ = false;
        fail(db_.get(), code);
    }

    sqlite_options                               options_;  // holds the lock until the file is closed
    std::unique_ptr<sqlite3, close>              db_;
    std::map<std::string, prepared, std::less<>> cache_;
    std::stop_token                              stop_;
    clock::time_point                            deadline_  = clock::time_point::max();
    bool                                         usable_    = true;
    bool                                         inside_    = false;  // a transaction
    bool                                         migrating_ = false;
    std::atomic<bool>                            abandoned_ = false;
};

}  // namespace

std::unique_ptr<connection> open_sqlite(sqlite_options options) {
    return std::make_unique<sqlite_connection>(std::move(options));
}

}  // namespace half::detail
