// The children of a half::supervisor, at work.
//
// It is driven by its supervisor's turn, one thing at a time: each task below runs as (a part of) a handler, and waits for
// what it began: for a child's init(), or for its end. What ends meanwhile stands in line.
//
//     stopped -> starting -> running -> stopping -> stopped       somebody started it, and stopped it
//                            running -> ended    -> starting      it ended by itself, and its restart type says: again
//                            running -> stopping -> restarting   it falls with a sibling, and stands in line to be started
//                starting -> stopped, or restarting               init() threw; a restart is tried again, by mail to itself,
//                                                                 so that other mail gets its turn in between
#pragma once

#include <02_supervisor/detail/family.hpp>
#include <02_supervisor/detail/patience.hpp>
#include <02_supervisor/supervisor.hpp>

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

namespace half::detail {

class household final : public family {
public:
    household(process& here, supervisor plan);  // throws std::invalid_argument: the plan contradicts itself

    task<> start_all();  // throws half::leave when one does not start: then those before it have been stopped
    task<> stop_all();

    task<std::expected<pid, child_error>>  start_new(child spec);
    task<std::expected<void, child_error>> stop(std::string_view id);
    task<std::expected<pid, child_error>>  restart(std::string_view id);
    std::expected<void, child_error>       forget(std::string_view id);

    std::optional<child_info> about(std::string_view id) const;
    child_counts              count() const;

    // A handler of its own: looks after the children that have ended, and after the one that is to be tried again.
    task<> look_after(std::uint32_t tried_again);

    std::string_view        strategy() const override;
    std::size_t             size() const override { return members_.size(); }
    std::vector<child_info> first(std::size_t at_most = SIZE_MAX) const override;

private:
    enum class state : unsigned char { stopped, starting, running, stopping, ended, restarting };
    struct member {
        child            spec;
        std::uint32_t    number;
        pid              who          = {};  // nobody when it does not live
        state            now          = state::stopped;
        bool             left_alone   = false;  // somebody stopped it: only restart_child starts it
        std::uint32_t    restarts     = 0;
        exit_reason      last_end     = {};
        std::string_view last_message = {};
        pid              instead      = {};
    };
    using members = std::map<std::uint32_t, member>;  // by number: in the order in which they are started

    void heard(news what) override;
    void tell_all_to_end(const exit_reason& why) const noexcept override;

    member*    find(std::string_view id);
    member&    add(child spec);
    void       erase(member& gone);
    child_info describe_member(const member& m) const;

    task<bool>
           start(member& m);  // waits for its init(); false: it threw. True, and it does not live: it had nothing to do
    task<> stop(member& m);   // waits for its end
    task<bool>                            try_again(member& m);    // the same; when it threw, it is tried again later
    task<>                                start_again(member& m);  // and whoever shares its fate
    task<>                                start_those_in_line();
    task<std::expected<pid, child_error>> start_asked(member& m);
    void                                  is_done(member& m);
    void                                  give_up(member& last);

    half::strategy                                 strategy_;
    half::auto_shutdown                            auto_shutdown_;
    half::detail::patience                         patience_;
    members                                        members_;
    std::unordered_map<std::string, std::uint32_t> numbers_;  // by id
    std::deque<std::uint32_t>                      ended_;    // in this order, and not yet looked after
    std::uint32_t                                  last_number_ = 0;
    bool                                           closing_     = false;
};

}  // namespace half::detail
