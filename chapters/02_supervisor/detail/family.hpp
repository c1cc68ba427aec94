// What every supervisor has in its process: its family, a hook that knows the children.
//
//   - A child has a tie to its supervisor, in place before its init() runs. When the child is born, and when its state has
//     been destroyed, the tie sends news, as a signal: they come in while a handler of the supervisor waits.
//   - When the supervisor itself ends and children are left (it was killed, or crashed), the family kills them, and their
//     families theirs: nobody is orphaned.
//   - Who looks at the tree (tree.hpp) sends a half::signal and asks the family, `here.hook<family>()`: it too can be
//     asked while a handler waits, for a child that never comes to the end of its init().
//
// A family belongs to its supervisor's turn, but for exited(): who lives is changed under process::change_hooks().
#pragma once

#include <02_supervisor/child.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace half::detail {

// A note that an already_started leaves in its process: who is there. It counts for an end with that reason.
struct other_life final : exit_hook {
    other_life(pid w, exit_reason r) : who{w}, reason{std::move(r)} {}
    void        exited(pid, const exit_reason&) noexcept override {}
    std::string describe() const override { return {}; }

    pid         who;
    exit_reason reason;
};

pid born_here();  // whose turn this is
// In a process that ends for this reason before it was born: who does the same already; nobody, if that is not why.
pid already_there(const exit_reason& reason);

// What a tie tells.
struct news {
    std::uint32_t    number = 0;  // of the child in its family
    pid              who;
    bool             born         = false;  // its init() came to its end
    bool             ended        = false;
    std::string_view last_message = {};  // that it handled
    exit_reason      reason       = {};
    pid              instead      = {};  // who does the same already: see already_started
};

class family : public exit_hook {
public:
    explicit family(process& here);

    // -- for who looks at the tree: in a turn of the supervisor --------------------------------------------------------
    virtual std::string_view        strategy() const                            = 0;  // "rest_for_one"
    virtual std::size_t             size() const                                = 0;  // children, running or not
    virtual std::vector<child_info> first(std::size_t at_most = SIZE_MAX) const = 0;  // in the order of their start

    std::string describe() const override;                 // "supervisor of 3 children"
    bool        forgets() const override { return true; }  // its children hear of its end first
    void        exited(pid who, const exit_reason& reason) noexcept override;

    bool gave_up() const { return gave_up_; }  // more restarts than it bears: said once it has ended, too

    // Supervisors trap exits. True: it ends, because its parent has ended or it is shut down. Others' crashes are reported.
    bool ends_by(const exit_signal& asked) const;

protected:
    // The child of this number was born, or ended. What comes from an earlier life of it must not be taken for news.
    virtual void heard(news what)                                       = 0;
    virtual void tell_all_to_end(const exit_reason& why) const noexcept = 0;

    enum class tells { births_and_ends, ends };
    std::unique_ptr<exit_hook> tie(std::uint32_t number, tells what) const;  // for the next life of a child

    // A handler of the supervisor waits here for the next news. False: the deadline (see deadline_in()) passed first.
    class next_news;
    next_news any_news(std::uint64_t deadline = 0);

    process& here() const { return *here_; }
    void     report(std::string remark, std::string_view last_message, const exit_reason& reason) const;

    bool gave_up_ = false;

private:
    friend void open_news(envelope* sealed, process& here);

    process* here_;
    pid      parent_;             // who started it with start_link(), if anybody did
    wait*    waiting_ = nullptr;  // the handler, when it waits for news
};

class [[nodiscard("co_await it")]] family::next_news {
public:
    using waits_in_a_process = void;

    next_news(family& whose, std::uint64_t deadline) : whose_{&whose}, deadline_{deadline} {}

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
        whose_->here_->expect(wait_, waiter, nullptr, deadline_);
        whose_->waiting_ = &wait_;
    }
    bool await_resume() const noexcept {
        whose_->waiting_ = nullptr;
        return !wait_.late;
    }

private:
    struct patient : wait {
        bool late = false;
        patient() {
            expire = [](wait& w) { return static_cast<patient&>(w).late = true; };
        }
    };
    family*       whose_;
    std::uint64_t deadline_;
    patient       wait_;
};

inline family::next_news family::any_news(std::uint64_t deadline) { return {*this, deadline}; }

// How long a child may take to end when its specification does not say.
duration may_take(std::optional<duration> shutdown, bool supervisor);

// Asks a process to end, as supervisors do. One that has something to do at its end (it has a terminate(), or traps exits)
// is stopped in good order, after its mail; any other ends at once. With reason `killed` it is killed.
void ask_to_end(pid who, const exit_reason& reason) noexcept;

}  // namespace half::detail
