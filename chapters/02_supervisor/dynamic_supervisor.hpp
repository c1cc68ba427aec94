// Many children of one kind, started when they are needed.
//
//     using kennel = half::dynamic_supervisor<pet, std::string>;              // pets, each begun from a string
//
//     auto pets = runtime.start(kennel{.start = [](const std::string& name) { return pet{.name = name}; }});
//     auto tom  = runtime.call(pets, kennel::start_child{"tom"});             // expected<ref<pet>, child_error>
//
// Of each child it keeps the argument, not the state. A restart calls `.start` with it again, and `.start` may look up what
// the child was last (chapter 04). A million children are a million arguments and a million processes.
//
// `.start` is called in the new process, so children start at the same time on all cores, and a slow one holds up nobody.
// The order is one_for_one. When the supervisor ends, all children are asked to at the same time. A child whose first init()
// throws is forgotten, and so is one that throws half::ignore.
#pragma once

#include <02_supervisor/detail/brood.hpp>
#include <02_supervisor/supervisor.hpp>

#include <deque>
#include <functional>

namespace half {

namespace detail {
template <class Server, class Argument>
class litter;
template <class Server, class Argument>
std::function<Server(const Argument&)> made_from();
}  // namespace detail

/// A supervisor of any number of children of one kind.
///
/// @snippet 02_supervisor/demo.cpp guests
template <class Server, class Argument>
struct dynamic_supervisor {
    /// Makes a child's first state, in the child's process; unless you say otherwise, `Server(argument)`. It runs on any
    /// worker, several times at once: it changes nothing outside, and captures no references.
    std::function<Server(const Argument&)> start = detail::made_from<Server, Argument>();

    half::restart           restart      = permanent;   ///< Which ends of a child call for a new start.
    intensity               at_most      = {};          ///< When it gives up, all children taken together.
    std::optional<duration> shutdown     = {};          ///< How long a child may take to end when it is asked to.
    std::size_t             max_children = 16'000'000;  ///< One more is refused.

    /// Starts a child and waits for its init().
    struct start_child {
        Argument argument;                                                             ///< What it begins from.
        using reply                        = std::expected<ref<Server>, child_error>;  ///< The answer.
        static constexpr duration patience = forever;                                  ///< As long as it takes.
    };
    /// Stops a child and forgets it.
    struct terminate_child {
        pid who;                                                                ///< The child.
        using reply                        = std::expected<void, child_error>;  ///< The answer.
        static constexpr duration patience = forever;                           ///< As long as it takes.
    };
    /// Who is there, in the order in which they were first started.
    struct which_children {
        using reply                        = std::vector<ref<Server>>;  ///< The answer.
        static constexpr duration patience = forever;                   ///< As long as it takes.
    };
    /// How many there are.
    struct count_children {
        using reply                        = child_counts;  ///< The answer.
        static constexpr duration patience = forever;       ///< As long as it takes.
    };

    /// @cond handlers
    void                     handle(start_child m, from<typename start_child::reply> caller);
    void                     handle(terminate_child m, from<typename terminate_child::reply> caller);
    std::vector<ref<Server>> handle(which_children);
    child_counts             handle(count_children) { return at_work->count(); }

    void        init(self<dynamic_supervisor> me);
    void        handle(exit_signal asked, self<dynamic_supervisor> me);
    task<>      terminate(exit_reason) { return at_work->end_all(); }
    std::string describe() const { return fmt::format("{} children", at_work ? at_work->size() : 0); }
    /// @endcond

    detail::litter<Server, Argument>* at_work = nullptr;  ///< For the supervisor: the children that run.
};

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

template <class Server, class Argument>
std::function<Server(const Argument&)> made_from() {
    if constexpr (requires(const Argument& from) { Server(from); })
        return [](const Argument& from) { return Server(from); };
    else return {};
}

// Who asked for a child: the child answers when its init() has come to its end, or when it has thrown.
template <class Server>
class newcomer {
public:
    using reply_type = std::expected<ref<Server>, child_error>;

    explicit newcomer(ticket asker) : asker_{asker} {}
    newcomer(newcomer&& other) noexcept : asker_{std::exchange(other.asker_, {})} {}
    ~newcomer() {
        if (asker_.asker) leave_orphan(asker_, &did_not_start);
    }

    void reply() { say(std::exchange(asker_, {}), ref<Server>{born_here()}); }

    static reply_type refused(child_error::kind why, pid who, exit_reason reason) {
        return std::unexpected{child_error{why, std::string{type_name<Server>()}, who, std::move(reason)}};
    }
    static void say(ticket to, reply_type what) {
        if (to.asker) send_reply<reply_type>(to, answer<reply_type>{std::move(what)}, nullptr);
    }

private:
    static void did_not_start(ticket to, const no_answer& why) {
        if (const pid other = already_there(why.reason)) return say(to, refused(child_error::already_there, other, {}));
        const bool nothing = why == no_answer::died && why.reason.why == exit_reason::kind::normal;
        say(to, refused(nothing ? child_error::ignored : child_error::did_not_start, {}, why.reason));
    }

    ticket asker_;
};

template <class Server, class Argument>
class litter final : public brood {
    static_assert(
        std::is_copy_constructible_v<Argument>,
        "the argument of a child is kept for its next lives, and each gets a copy: this one cannot be copied");

public:
    using plan = dynamic_supervisor<Server, Argument>;

    litter(process& here, plan from)
        : brood{here,
                {.restart      = from.restart,
                 .at_most      = from.at_most,
                 .shutdown     = from.shutdown,
                 .max_children = from.max_children,
                 .server       = type_name<Server>(),
                 .supervisors  = supervises<Server>}},
          start_{std::make_shared<const decltype(plan::start)>(std::move(from.start))} {
        if (!*start_)
            throw std::invalid_argument{
                fmt::format("{} cannot be made from its argument: say .start = [](const auto& from) "
                            "{{ return ...; }}",
                            type_name<Server>())};
    }

    void start_new(Argument argument, ticket asker) {
        using arrival = newcomer<Server>;
        if (full()) return arrival::say(asker, arrival::refused(child_error::too_many_children, {}, {}));
        try {
            begin([&](std::uint32_t number, std::unique_ptr<exit_hook> tie) {
                if (number >= arguments_.size()) arguments_.resize(number + 1);
                arguments_[number].emplace(std::move(argument));
                return spawn(number, arrival{asker}, std::move(tie));
            });
        } catch (const leave&) {
            throw;
        } catch (...) {  // too_many_processes, or a copy of the argument. Said first, this counts
            auto why = reason_of(std::current_exception());
            arrival::say(asker, arrival::refused(child_error::did_not_start, {}, std::move(why)));
        }
    }

private:
    template <class Newborn>
    pid spawn(std::uint32_t number, Newborn newborn, std::unique_ptr<exit_hook> tie) {
        auto make = [start = start_, from = *arguments_[number]] { return (*start)(from); };
        return spawn_made<Server>(*here().home, std::move(make), std::move(newborn), std::move(tie));
    }
    pid spawn_again(std::uint32_t number, std::unique_ptr<exit_hook> tie) override {
        return spawn(number, nobody_waits{}, std::move(tie));
    }
    void forget(std::uint32_t number) noexcept override {
        if (number < arguments_.size()) arguments_[number].reset();
    }

    std::shared_ptr<const decltype(plan::start)> start_;
    std::deque<std::optional<Argument>>          arguments_;  // by number
};

}  // namespace detail

/// @cond handlers
template <class Server, class Argument>
void dynamic_supervisor<Server, Argument>::init(self<dynamic_supervisor> me) {
    auto made = std::make_unique<detail::litter<Server, Argument>>(me.here(), std::move(*this));
    at_work   = made.get();
    me.here().on_exit(std::move(made));
}

template <class Server, class Argument>
void dynamic_supervisor<Server, Argument>::handle(start_child m, from<typename start_child::reply> caller) {
    at_work->start_new(std::move(m.argument), caller.release());
}

template <class Server, class Argument>
void dynamic_supervisor<Server, Argument>::handle(terminate_child m, from<typename terminate_child::reply> caller) {
    at_work->end_one(m.who, std::move(caller));
}

template <class Server, class Argument>
std::vector<ref<Server>> dynamic_supervisor<Server, Argument>::handle(which_children) {
    const auto all = at_work->everybody();
    return {all.begin(), all.end()};
}

template <class Server, class Argument>
void dynamic_supervisor<Server, Argument>::handle(exit_signal asked, self<dynamic_supervisor> me) {
    if (at_work->ends_by(asked)) me.stop(std::move(asked.reason));
}

/// @endcond

}  // namespace half
