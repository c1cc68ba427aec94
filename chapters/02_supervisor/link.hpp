// Two processes that share their fate.
//
//     half::link(self, other);                                   // if one of us ends, the other hears why
//     half::unlink(self, other);                                 // not any more
//     auto oven = co_await half::start_link(self, stove{});      // linked before its init() runs
//     auto help = half::spawn_link(self, cook{});                // the same, and does not wait for its init()
//
// When a process ends, everybody linked to it gets an exit signal with its reason. `normal` is ignored. Any other reason
// ends the process too, and so on to everyone it is linked to. A server that handles half::exit_signal traps it: the
// signal comes as a message, `normal` included, and it lives on. So a crash goes through a group of processes that need
// each other, and stops at the one that knows what to do. Whoever wants to hear of an end and not to share it sets
// a monitor (monitor.hpp).
//
// A link has no direction, and there is one at most between two processes. A link to a process that is not there is a
// link to one that has ended: the signal comes at once, with reason `noproc` ("no process"). After unlink() no exit
// arrives through the link, not even one that was already in the mail.
#pragma once

#include <01_gen_server/self.hpp>

namespace half {

namespace detail {
void link(process& here, pid other);
void unlink(process& here, pid other);
template <class Child>
class pending_link;
}  // namespace detail

/// Binds this process and the other: when one ends, the other hears why.
///
/// @snippet 02_supervisor/lesson_test.cpp link
template <class Server>
void link(const self<Server>& me, pid other) {
    detail::link(me.here(), other);
}

/// Takes the link away. Afterwards no exit arrives through it, even if the other has ended already.
template <class Server>
void unlink(const self<Server>& me, pid other) {
    detail::unlink(me.here(), other);
}

/// Starts a server that is linked to this process before its init() runs: `co_await` it. Throws start_failed; the exit
/// signal of a child that did not start does not come besides.
template <class Server, class Child>
detail::pending_link<Child> start_link(const self<Server>& me, Child server);

/// The same, and does not wait for its init().
template <class Server, class Child>
ref<Child> spawn_link(const self<Server>& me, Child server);

// -- How it works -------------------------------------------------------------------------------------------------

namespace detail {

// A child's end of the link is in place before it begins. The parent's end follows while the parent is still in the
// same turn: before it can open anything that the child sends.
enum class child_is : bool { starting, linked };
std::unique_ptr<exit_hook> bond_to(pid other);
void                       bind_child(process& here, pid child, child_is now);
void                       settle_child(process& here, pid child, bool started);

// What start_link() returns: await it to start the child and wait for its init().
template <class Child>
class [[nodiscard("nothing is started until it is awaited")]] pending_link {
public:
    using waits_in_a_process = void;

    explicit pending_link(Child server) : server_{std::move(server)} {}
    pending_link(pending_link&& other) noexcept(std::is_nothrow_move_constructible_v<Child>)
        : server_{std::move(other.server_)} {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) {
        parent_ = waiter.promise().home;
        parent_->expect(wait_, waiter, &reply_kind<void>, 0);
        from<void> asker{ticket{parent_->id(), wait_.question}};
        child_ = spawn_made<Child>(*parent_->home, ready_made<Child>{std::move(server_)}, std::move(asker),
                                   bond_to(parent_->id()));
        bind_child(*parent_, child_, child_is::starting);
    }
    ref<Child> await_resume() {
        const bool started = wait_.result->has_value();
        settle_child(*parent_, child_, started);
        if (!started) throw start_failed{type_name<Child>(), wait_.result->error().reason};
        return child_;
    }

private:
    Child            server_;
    ref<Child>       child_;
    process*         parent_ = nullptr;
    reply_wait<void> wait_;
};

}  // namespace detail

template <class Server, class Child>
detail::pending_link<Child> start_link(const self<Server>&, Child server) {
    return detail::pending_link<Child>{std::move(server)};
}

template <class Server, class Child>
ref<Child> spawn_link(const self<Server>& me, Child server) {
    auto child = detail::spawn(*me.here().home, std::move(server), detail::bond_to(me.id()));
    detail::bind_child(me.here(), child, detail::child_is::linked);
    return child;
}

}  // namespace half
