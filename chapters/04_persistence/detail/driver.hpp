// What every database can do, in one shape: the drivers (sqlite.cpp, postgres.cpp, and the model in memory) implement it,
// and only they know a database's own headers. A connection is used by one thread at a time, and may block.
// What goes wrong is thrown as store_failure, and becomes a value where the chapter hands it out.
#pragma once

#include <04_persistence/store_error.hpp>

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace half::detail {

// What goes into a statement, in the order of its $1, $2, ..., or into a row, in the order of its columns. Texts and
// bytes must stay where they are until the statement has run; those made on the way (a std::string&&) are kept here.
class values {
public:
    virtual void null()                                  = 0;
    virtual void integer(std::int64_t value)             = 0;
    virtual void real(double value)                      = 0;
    virtual void boolean(bool value)                     = 0;
    virtual void text(std::string_view value)            = 0;
    virtual void bytes(std::span<const std::byte> value) = 0;

    void text(std::string&& made) { text(std::string_view{texts_.emplace_front(std::move(made))}); }
    void bytes(std::vector<std::byte>&& made) {
        bytes(std::span<const std::byte>{blobs_.emplace_front(std::move(made))});
    }

protected:
    ~values() = default;

private:
    std::forward_list<std::string>            texts_;
    std::forward_list<std::vector<std::byte>> blobs_;
};

// What comes out: one row at a time, good until the next. A column that holds something else is a mismatch.
class cursor {
public:
    virtual int                    columns() const       = 0;
    virtual std::string_view       name(int at) const    = 0;
    virtual bool                   is_null(int at) const = 0;
    virtual std::int64_t           integer(int at) const = 0;
    virtual double                 real(int at) const    = 0;
    virtual bool                   boolean(int at) const = 0;
    virtual std::string_view       text(int at) const    = 0;
    virtual std::vector<std::byte> bytes(int at) const   = 0;

protected:
    ~cursor() = default;
};

[[noreturn]] void does_not_fit(std::string_view why);                              // what was to be written
[[noreturn]] void does_not_fit(const cursor& from, int at, std::string_view why);  // what was read; names the column

// What every database keeps as text: UTF-8 without a NUL in it. Else it does_not_fit.
void check_text(std::string_view text);

// Whether any connection will do: it begins with `select`.
bool only_reads(std::string_view sql);

// What f throws names the statement.
template <class F>
decltype(auto) naming(std::string_view sql, F f) try {
    return f();
} catch (const store_failure& e) {
    if (!e.error.statement.empty()) throw;
    throw store_failure{{e.error.why, e.error.what, std::string{sql}}};
}

// The arguments of a statement, without their types.
struct arguments {
    const void* all                            = nullptr;
    void (*write)(const void* all, values& to) = [](const void*, values&) {};
};

// Rows of one type, without the type.
struct rows_view {
    const std::byte* first;
    std::size_t      count, size;  // how many, and how many bytes each
    void (*write)(const void* row, values& to);

    const void* operator[](std::size_t i) const { return first + i * size; }
    rows_view   part(std::size_t from, std::size_t n) const { return {first + from * size, n, size, write}; }
};

struct table_view {
    std::string_view                  name;
    std::span<const std::string_view> columns;        // the key first
    std::string_view                  newer_by = {};  // only rows update that are not lower there
};

// Takes the rows of a query; false: enough.
using row_reader = std::function<bool(const cursor&)>;

enum class transaction_kind : unsigned char {
    plain,         // what was read may have changed by the time of the commit
    serializable,  // as if nobody else were there; else it fails as a conflict
    migration,     // the same, no statement is too late, and a table may be rebuilt without its children noticing
};

class connection {
public:
    virtual ~connection() = default;

    virtual void begin(transaction_kind how = transaction_kind::plain) = 0;  // it will write
    virtual void commit()                                              = 0;  // in_doubt: nobody knows whether it did
    virtual void rollback() = 0;  // does not throw: a connection that cannot is not usable() any more

    // A part of a transaction that can fail alone.
    virtual void savepoint()         = 0;
    virtual void release()           = 0;
    virtual void back_to_savepoint() = 0;

    // Runs one statement, prepared once and kept. Returns how many rows it changed. in_doubt: outside of a transaction,
    // when nobody knows whether it did.
    virtual std::uint64_t run(std::string_view sql, arguments with, const row_reader& take) = 0;
    // Runs what takes no arguments and is not worth keeping: a migration's.
    virtual void run_once(std::string_view sql) = 0;
    // Inserts all of them, or updates those whose key is there. Inside a transaction; when it fails, some of them may be
    // written, and the caller goes back (to a savepoint, or all the way).
    virtual void upsert(const table_view& into, const rows_view& rows) = 0;

    // Whether the next one may have it.
    virtual bool usable() const = 0;
    // While this lives, statements give up when nobody waits for them any more.
    virtual void give_up_when(std::stop_token stop) = 0;
    // From any thread, and without waiting: what runs fails, and nobody may have it any more.
    virtual void abandon() noexcept = 0;
};

}  // namespace half::detail
