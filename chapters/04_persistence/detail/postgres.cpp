// PostgreSQL, by libpqxx 6.4. The one file that knows its headers.
#include <04_persistence/detail/database.hpp>
#include <04_persistence/detail/postgres_error.hpp>
#include <04_persistence/detail/postgres_upsert.hpp>
#include <04_persistence/detail/postgres_url.hpp>
#include <04_persistence/store.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <map>
#include <memory>
#include <optional>
#include <poll.h>
#include <stop_token>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace half::detail {

namespace {

// How many statements a connection keeps prepared; the one that was not used for the longest time goes.
constexpr std::size_t prepared_at_most = 100;
// How many rows one statement of an upsert writes: more of them would be no faster, and slower from 100,000 on.
constexpr std::size_t rows_at_once = 5000;

// -- What goes in ---------------------------------------------------------------------------------------------------

// Values as text; PostgreSQL knows their types from the statement.
class parameter_writer final : public values {
public:
    void null() override { all.emplace_back(); }
    void integer(std::int64_t value) override { append(next(), value); }
    void real(double value) override { append(next(), value); }
    void boolean(bool value) override { next() = value ? "t" : "f"; }
    void text(std::string_view value) override {
        check_text(value);
        next() = value;
    }
    void bytes(std::span<const std::byte> value) override { append(next(), value); }

    std::vector<std::optional<std::string>> all;

private:
    std::string& next() { return all.emplace_back(std::in_place).value(); }
};

// -- What comes out -------------------------------------------------------------------------------------------------

// The types that are not text, by the numbers they have in every PostgreSQL.
enum type : pqxx::oid {
    boolean_ = 16,
    bytea_   = 17,
    int8_    = 20,
    int2_    = 21,
    int4_    = 23,
    float4_  = 700,
    float8_  = 701,
    numeric_ = 1700
};

class result_cursor final : public cursor {
public:
    explicit result_cursor(const pqxx::result& all) : all_{all} {
        for (int i = 0; i < columns(); ++i) types_.push_back(all.column_type(i));
    }
    void stand_on(pqxx::result::size_type at) { row_ = all_[at]; }

    int              columns() const override { return int(all_.columns()); }
    std::string_view name(int at) const override { return all_.column_name(pqxx::row_size_type(at)); }
    bool             is_null(int at) const override { return field(at).is_null(); }

    std::int64_t integer(int at) const override {
        return number<std::int64_t>(at, "integer", {int8_, int4_, int2_, numeric_});
    }
    double real(int at) const override {
        return number<double>(at, "number", {float8_, float4_, numeric_, int8_, int4_, int2_});
    }
    bool boolean(int at) const override { return value(at, "boolean", {boolean_}) == "t"; }

    std::string_view text(int at) const override {
        for (type each : {boolean_, bytea_, int8_, int2_, int4_, float4_, float8_})
            if (types_[std::size_t(at)] == each) does_not_fit(*this, at, "is no text");
        return value(at, "text", {});
    }

    std::vector<std::byte> bytes(int at) const override {
        const auto             digits = value(at, "bytea", {bytea_}).substr(2);  // \x0a0b
        std::vector<std::byte> all(digits.size() / 2);
        for (std::size_t i = 0; i < all.size(); ++i) {
            unsigned each = 0;
            std::from_chars(&digits[2 * i], &digits[2 * i] + 2, each, 16);
            all[i] = std::byte(each);
        }
        return all;
    }

private:
    pqxx::field field(int at) const { return row_[pqxx::row_size_type(at)]; }

    // Empty types: any.
    std::string_view value(int at, const char* wanted, std::initializer_list<type> types) const {
        const auto here = field(at);
        if (here.is_null()) does_not_fit(*this, at, "is null");
        if (types.size() > 0 && std::ranges::find(types, types_[std::size_t(at)]) == types.end())
            does_not_fit(*this, at, fmt::format("is no {}", wanted));
        return {here.c_str(), here.size()};
    }
    template <class Number>
    Number number(int at, const char* wanted, std::initializer_list<type> types) const {
        const auto text = value(at, wanted, types);
        Number     found{};
        const auto [end, error] = std::from_chars(text.begin(), text.end(), found);
        if (error != std::errc{} || end != text.end())
            does_not_fit(*this, at, fmt::format("{} is no {}", text, wanted));
        return found;
    }

    const pqxx::result&    all_;
    std::vector<pqxx::oid> types_;
    pqxx::row              row_;
};

// -- A connection ---------------------------------------------------------------------------------------------------

[[noreturn]] void fail(store_error::kind kind, std::string what) { throw store_failure{{kind, std::move(what), {}}}; }

// The way to break a connection from any thread, without waiting. It has a descriptor of its own, because libpq gives its
// own back to the system when it likes, and then another file may have that number.
class plug {
public:
    explicit plug(int socket) : socket_{::fcntl(socket, F_DUPFD_CLOEXEC, 0)} {}
    ~plug() {
        if (socket_ >= 0) ::close(socket_);
    }
    plug(const plug&)            = delete;
    plug& operator=(const plug&) = delete;

    void pull() noexcept {
        pulled_ = true;
        ::shutdown(socket_, SHUT_RDWR);
    }
    bool pulled() const { return pulled_; }

    // While what it returns lives.
    auto pulled_by(const std::stop_token& stop) {
        if (stop.stop_requested()) fail(store_error::too_late, "nobody waits for it any more");
        return std::stop_callback{stop, [this] { pull(); }};
    }

    // Whether the server has hung up.
    bool dead() const {
        ::pollfd line{.fd = socket_, .events = POLLRDHUP, .revents = 0};
        return ::poll(&line, 1, 0) != 0;
    }

private:
    const int         socket_;
    std::atomic<bool> pulled_ = false;
};

class postgres_connection final : public connection {
public:
    postgres_connection(const std::string& url, const std::string& settings)
        : server_{url}, statements_{(stay_broken(server_), server_)}, plug_{server_.sock()} {
        statements_.exec(settings);
    }

    void begin(transaction_kind how) override {
        command(how == transaction_kind::serializable ? "begin isolation level serializable" : "begin");
        in_transaction_ = true;
        failed_         = false;
        if (how != transaction_kind::migration) return;
        // The wait for another program is bounded, what is done then is not. The number is any, but the same for all.
        try {
            asking("waiting for another program that migrates", changes::none, [&] {
                statements_.exec("select pg_advisory_xact_lock(7521978)");
                statements_.exec("set local statement_timeout = 0");
            });
        } catch (...) {
            rollback();
            throw;
        }
    }

    void commit() override {
        if (failed_) {  // PostgreSQL would take it for a rollback, without a word
            rollback();
            fail(store_error::wrong, "a statement of this transaction failed, so nothing of it is kept");
        }
        in_transaction_ = false;
        asking("commit", changes::perhaps, [&] { statements_.exec("commit"); });
    }

    void rollback() override {
        in_transaction_ = false;
        try {
            command("rollback");
        } catch (const store_failure&) {
            broken_ = true;
        }
    }

    void savepoint() override { command("savepoint half"); }
    // What is deferred to the commit would fail there, and the whole with it.
    void release() override { command("set constraints all immediate; release half"); }
    void back_to_savepoint() override {
        command("rollback to half; release half");
        failed_ = false;
    }

    std::uint64_t run(std::string_view sql, arguments with, const row_reader& take) override {
        return naming(sql, [&] {
            parameter_writer parameters;
            with.write(with.all, parameters);
            const auto    found = ask(sql, parameters.all);
            result_cursor row{found};
            for (pqxx::result::size_type i = 0; i < found.size(); ++i) {
                row.stand_on(i);
                if (!take(row)) break;
            }
            return std::uint64_t(found.affected_rows());
        });
    }

    void run_once(std::string_view sql) override {
        asking(sql, changes_of(sql), [&] {
            const auto when_asked = plug_.pulled_by(stop_);
            statements_.exec(std::string{sql});
        });
    }

    void upsert(const table_view& into, const rows_view& rows) override {
        const auto called = fmt::format("upsert into {}", into.name);
        naming(called, [&] {
            for (std::size_t from = 0; from < rows.count; from += rows_at_once) {
                array_writer columns{into.columns.size()};
                for (auto i = from; i < std::min(from + rows_at_once, rows.count); ++i) {
                    columns.next_row();
                    rows.write(rows[i], columns);
                }
                ask(upsert_of(into, called), std::move(columns).take(), called);
            }
        });
    }

    bool usable() const override { return !broken_ && !plug_.pulled() && server_.is_open() && !plug_.dead(); }
    void give_up_when(std::stop_token stop) override { stop_ = std::move(stop); }
    // The server notices, and takes back what it was at.
    void abandon() noexcept override { plug_.pull(); }

private:
    // A connection that comes back by itself has lost its transaction: the rest of it would be another one.
    static void stay_broken(pqxx::connection& server) {
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
        server.inhibit_reactivation(true);
#pragma clang diagnostic pop
    }

    // Whether something may have happened, when no answer comes.
    enum class changes : bool { none, perhaps };
    changes changes_of(std::string_view sql) const {
        return in_transaction_ || only_reads(sql) ? changes::none : changes::perhaps;
    }

    void command(const char* sql) {
        asking(sql, changes::none, [&] { statements_.exec(sql); });
    }

    template <class Parameters>
    pqxx::result ask(std::string_view sql, const Parameters& with, std::string_view called = {}) {
        if (called.empty()) called = sql;
        try {
            return ask_once(sql, with, called);
        } catch (const stale&) {
            if (failed_) fail(store_error::conflict, "its table has been changed since it was prepared");
            return ask_once(sql, with, called);
        }
    }
    struct stale {};

    template <class Parameters>
    pqxx::result ask_once(std::string_view sql, const Parameters& with, std::string_view called) {
        return asking(called, changes_of(sql), [&] {
            const auto when_asked = plug_.pulled_by(stop_);
            const auto name       = prepared(sql);
            try {
                return statements_.exec_prepared(name, pqxx::prepare::make_dynamic_params(with.begin(), with.end()));
            } catch (const pqxx::sql_error& e) {
                if (!is_stale(e.sqlstate(), e.what())) throw;
                failed_ = in_transaction_;
                forget();
                throw stale{};
            }
        });
    }

    // Whatever libpqxx throws becomes a store_failure.
    template <class F>
    std::invoke_result_t<F&> asking(std::string_view sql, changes what, F f) {
        return naming(sql, [&]() -> std::invoke_result_t<F&> {
            if (plug_.pulled()) broken(store_error::too_late, "it was given up");
            if (!usable()) broken(store_error::unavailable, "the connection is broken");
            try {
                return f();
            } catch (const pqxx::sql_error& e) {
                failed_ = in_transaction_;
                upserts_.clear();  // what is known of the tables may have been the reason
                if (!ends_the_connection(e.sqlstate()) && server_.is_open())
                    fail(kind_of_state(e.sqlstate()), one_line(e.what()));
                lost(what, e.what());
            } catch (const pqxx::statement_completion_unknown& e) {
                lost(changes::perhaps, e.what());
            } catch (const pqxx::transaction_rollback& e) {
                failed_ = in_transaction_;
                fail(store_error::conflict, one_line(e.what()));
            } catch (const pqxx::failure& e) {
                lost(what, e.what());
            }
        });
    }
    [[noreturn]] void lost(changes what, std::string_view message) {
        // libpqxx 6.4 stumbles over a lost connection (and forgets the result, some hundred bytes): its words are no use.
        const auto why =
            message.contains("client encoding") ? std::string{"the connection was lost"} : one_line(message);
        if (what == changes::perhaps) broken(store_error::in_doubt, fmt::format("no answer: {}", why));
        if (plug_.pulled()) broken(store_error::too_late, "it was given up");
        broken(store_error::unavailable, why);
    }
    [[noreturn]] void broken(store_error::kind kind, std::string what) {
        broken_ = true;
        fail(kind, std::move(what));
    }

    // -- Prepared statements, the last used last --

    struct kept {
        std::string sql, name;
    };

    std::string prepared(std::string_view sql) {
        if (auto found = std::ranges::find(prepared_, sql, &kept::sql); found != prepared_.end()) {
            std::rotate(found, found + 1, prepared_.end());
            return prepared_.back().name;
        }
        if (prepared_.size() == prepared_at_most) {
            server_.unprepare(prepared_.front().name);
            prepared_.erase(prepared_.begin());
        }
        const auto& fresh = prepared_.emplace_back(std::string{sql}, fmt::format("half_{}", ++count_));
        try {
            server_.prepare(fresh.name, fresh.sql);
            server_.prepare_now(fresh.name);
        } catch (...) {
            forget();
            throw;
        }
        return fresh.name;
    }

    // Forgets the one that was prepared or used last.
    void forget() {
        try {
            server_.unprepare(prepared_.back().name);
        } catch (const pqxx::failure&) {
            // In a transaction that has failed nothing can be said any more: it stays, unused, with the connection.
        }
        prepared_.pop_back();
    }

    // -- What is known of the tables --

    const std::string& upsert_of(const table_view& into, std::string_view called) {
        auto& known = upserts_[fmt::format("{} {} {}", into.name, into.newer_by, fmt::join(into.columns, " "))];
        if (known.empty()) known = upsert_statement(into, types_of(into, called));
        return known;
    }

    std::vector<std::string> types_of(const table_view& into, std::string_view called) {
        const auto found = asking(called, changes::none, [&] {
            // -1: the type's own name, which neither cuts texts nor fills them up.
            return statements_.exec_params("select attname, format_type(atttypid, -1) from pg_attribute "
                                           "where attrelid = $1::regclass and attnum > 0 and not attisdropped",
                                           fmt::format("\"{}\"", into.name));
        });
        // A column that is not there: the insert will say so.
        std::vector<std::string> types(into.columns.size(), "text");
        for (const auto& each : found) {
            const auto at = std::ranges::find(into.columns, std::string_view{each[0].c_str()});
            if (at != into.columns.end()) types[std::size_t(at - into.columns.begin())] = each[1].c_str();
        }
        return types;
    }

    pqxx::connection                   server_;
    pqxx::nontransaction               statements_;  // adds nothing of its own: what begins and ends is said above
    plug                               plug_;
    bool                               broken_ = false, in_transaction_ = false, failed_ = false;
    std::stop_token                    stop_;
    std::vector<kept>                  prepared_;
    std::uint64_t                      count_ = 0;
    std::map<std::string, std::string> upserts_;
};

// -- The database -----------------------------------------------------------------------------------------------------

class postgres_database final : public database {
public:
    postgres_database(std::string_view url, const store_options& options) : url_{url} {
        using namespace std::chrono;
        url_.by_default("connect_timeout",
                        fmt::to_string(std::max<std::int64_t>(2, ceil<seconds>(options.wait).count())));
        url_.by_default("fallback_application_name", "half");
        // A server that is gone without a word is noticed after a minute.
        url_.by_default("keepalives_idle", "30");
        url_.by_default("keepalives_interval", "10");
        url_.by_default("keepalives_count", "3");
        url_.by_default("tcp_user_timeout", "60000");
        // Who has gone away is noticed by the server too, from version 14 on, and what it was asked for given up.
        settings_ =
            fmt::format("set client_encoding = 'UTF8'; set client_min_messages = error; set bytea_output = hex; "
                        "set statement_timeout = {}; "
                        "select set_config('client_connection_check_interval', '1000', false) "
                        "where current_setting('server_version_num')::int >= 140000",
                        std::max<std::int64_t>(1, duration_cast<milliseconds>(options.statement_time).count()));
    }

    std::unique_ptr<connection> open(bool) override try {
        return std::make_unique<postgres_connection>(url_.full, settings_);
    } catch (const pqxx::failure& e) {
        throw store_failure{could_not_open(e.what())};
    }

    std::string name() const override { return url_.shown; }
    bool        one_writes() const override { return false; }
    bool        simulated() const override { return false; }

private:
    postgres_url url_;
    std::string  settings_;
};

}  // namespace

std::shared_ptr<database> postgres_server(std::string url, const store_options& options) {
    return std::make_shared<postgres_database>(url, options);
}

}  // namespace half::detail
