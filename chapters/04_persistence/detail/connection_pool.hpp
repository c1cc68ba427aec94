// The process behind a store lends its connections.
//
//   seat      A place for one connection: empty, being opened, idle or lent. Where one connection writes at a time (SQLite),
//             the first seat is for it and the others are for those who only read, so that neither waits for the other.
//   line      Who waits for a seat, first come, first served.
//   lease     A connection on its way: it comes home by itself, whatever becomes of who borrowed it.
//   age       All connections that were opened since one was found broken. What is of an age before is closed: it would
//             break, too, in the hands of the next who borrows it.
//   connector A process that opens one connection. There is one at most, so a database that comes back is not overrun.
//
// The pool itself never waits for a database, so whoever asks it is answered at once, or stands in line.
#pragma once

#include <01_gen_server/gen_server.hpp>
#include <04_persistence/detail/driver.hpp>

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

namespace half::detail {

class store_core;
class connection_pool;

enum class access : bool { reads, writes };
enum class term : bool {
    usual,
    any
};  // how long a loan may last: a little longer than a statement, or as long as it takes

//! [lease]
// Whoever has it may use the connection. When it is destroyed, on whatever thread, the connection goes home; one that is
// broken is closed there and then.
class lease {
public:
    lease(ref<connection_pool> home, std::size_t seat, std::shared_ptr<connection> what)
        : home_{home}, seat_{seat}, what_{std::move(what)} {}
    lease(lease&&) noexcept = default;
    ~lease();

    connection& use(std::stop_token unless);  // statements give up when that is requested

private:
    ref<connection_pool>        home_;
    std::size_t                 seat_;
    std::shared_ptr<connection> what_;
    std::stop_token             unless_;
};
//! [lease]

class connection_pool {
public:
    struct borrow {
        access       how;
        detail::term term;
        using reply                        = stored<lease>;
        static constexpr duration patience = forever;  // the pool says `busy` when it was long enough
    };
    struct came_home {
        std::size_t                 seat;
        std::shared_ptr<connection> what;      // none: it cannot be used any more,
        bool                        given_up;  // because its statement was given up
    };
    struct attempted {
        std::size_t                         seat;
        stored<std::unique_ptr<connection>> came_to;
    };
    struct try_again {};
    struct enough_waited {};
    struct overdue {};

    explicit connection_pool(std::shared_ptr<store_core> core) : core_{std::move(core)} {}
    connection_pool(connection_pool&&) noexcept = default;
    ~connection_pool();

    void init(self<connection_pool> me);
    void handle(borrow asked, from<stored<lease>> asker, self<connection_pool> me);
    void handle(came_home back, self<connection_pool> me);
    void handle(attempted attempt, self<connection_pool> me);
    void handle(try_again, self<connection_pool> me);
    void handle(enough_waited, self<connection_pool> me);
    void handle(overdue, self<connection_pool> me);

    task<>      terminate(exit_reason);
    std::string describe() const;

private:
    struct seat {
        enum class state : unsigned char { empty, opening, idle, lent };

        access                      how;
        state                       now  = state::empty;
        std::uint64_t               age  = 0;  // of its connection,
        std::shared_ptr<connection> idle = {};
        std::weak_ptr<connection>   lent = {};
        std::optional<time_point>   due  = {};  // which has to be back by then
    };
    struct waiting {
        from<stored<lease>> asker;
        detail::term        term;
        time_point          until;
    };
    using waiting_line = std::deque<waiting>;

    void serve(self<connection_pool> me);
    void serve(access how, self<connection_pool> me);
    void lend(seat& free, waiting& to, self<connection_pool> me);
    void open(access how, self<connection_pool> me);
    void rest(self<connection_pool> me);
    void end_age();
    void set_alarms(self<connection_pool> me);
    void tell_status(self<connection_pool> me);
    void report(self<connection_pool> me, std::string remark) const;

    seat*         find(access how, seat::state now);
    std::size_t   count(seat::state now) const;
    bool          is_open(const seat& one) const;  // and of this age
    bool          any_open() const;
    bool          hopeless(access how) const;  // to wait for one
    waiting_line& line_for(access how);
    std::size_t   in_line() const { return lines_[0].size() + lines_[1].size(); }
    std::string   why_hopeless(time_point now) const;

    std::vector<std::shared_ptr<connection>> take_idle();

    std::shared_ptr<store_core> core_;
    engine*                     home_ = nullptr;
    std::vector<seat>           seats_;
    std::array<waiting_line, 2> lines_;  // of those who read, and of those who write
    std::uint64_t               age_         = 0;
    bool                        waits_alarm_ = false;  // `enough_waited` will come
    bool                        loans_alarm_ = false;  // `overdue` will come

    // What is known of the database.
    std::uint64_t              attempts_ = 0;      // since it answered the last time
    std::optional<store_error> problem_;           // of the last of them
    duration                   pause_{};           // until the next, more or less,
    time_point                 next_attempt_{};    // which is then
    bool                       resting_  = false;  // until then
    bool                       reported_ = false;  // that it is down
    std::minstd_rand           draw_;              // programs that rest together should not come back together
};

// Borrows a connection, or says why not.
task<stored<lease>> borrow_from(std::shared_ptr<store_core> core, access how, term how_long);

}  // namespace half::detail
