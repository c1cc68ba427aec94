#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/signal.hpp>
#include <02_supervisor/detail/bonds.hpp>
#include <02_supervisor/detail/family.hpp>

namespace half::detail {

namespace {

pid other_life_behind(const exit_hook* first, const exit_reason& reason) {
    for (auto* hook = first; hook; hook = hook->next.get())
        if (auto* other = dynamic_cast<const other_life*>(hook)) return other->reason == reason ? other->who : pid{};
    return {};
}

process* running_here() {
    auto* here = worker::current();
    return here ? here->running.load(std::memory_order_relaxed) : nullptr;
}

}  // namespace

pid born_here() {
    const auto* child = running_here();
    return child ? child->id() : pid{};
}

pid already_there(const exit_reason& reason) {
    const auto* child = running_here();
    const auto* note  = child ? child->hook<other_life>() : nullptr;
    return note && note->reason == reason ? note->who : pid{};
}

struct news_letter : envelope {
    news what;
};

void open_news(envelope* sealed, process& here) {
    auto* letter = static_cast<news_letter*>(sealed);
    auto  what   = std::move(letter->what);
    pool_delete(letter);
    auto* mine = here.hook<family>();
    if (!mine) return;
    mine->heard(std::move(what));
    if (auto* waits = mine->waiting_) here.resume(*waits);
}

namespace {

void refuse_news(envelope* sealed, const no_answer&) noexcept { pool_delete(static_cast<news_letter*>(sealed)); }

constexpr envelope_kind born_kind{&open_news, &refuse_news, "child was born", lane::signal};
constexpr envelope_kind ended_kind{&open_news, &refuse_news, "child ended", lane::signal};

// The hook of a child. Every supervised process has one, so it fills the smallest block.
class tie_to_supervisor final : public exit_hook {
public:
    tie_to_supervisor(pid supervisor, std::uint32_t number, bool tells_of_birth)
        : slot_{supervisor.slot},
          generation_{supervisor.generation},
          number_{number},
          tells_of_birth_{tells_of_birth} {}

    void born(pid who) noexcept override {
        born_ = true;
        if (tells_of_birth_) tell(born_kind, {.number = number_, .who = who, .born = true});
    }
    void exited(pid, const exit_reason&) noexcept override {}
    // Its state has been destroyed, and nobody has heard of its end yet: the next life may begin.
    void gone(pid who, const exit_reason& reason) noexcept override {
        tell(ended_kind, {.number       = number_,
                          .who          = who,
                          .born         = born_,
                          .ended        = true,
                          .last_message = detail::last_message(),
                          .reason       = reason,
                          .instead      = born_ ? pid{} : other_life_behind(next.get(), reason)});
    }
    std::string describe() const override { return fmt::format("child of {}", supervisor()); }

private:
    pid  supervisor() const { return {0, slot_, generation_}; }
    void tell(const envelope_kind& kind, news what) const noexcept {
        send(supervisor(), pool_new<news_letter>(envelope{.kind = &kind}, std::move(what)));
    }

    std::uint32_t slot_, generation_;  // a pid without its node: a tie does not leave it
    std::uint32_t number_;
    bool          tells_of_birth_;
    bool          born_ = false;
};

static_assert(sizeof(tie_to_supervisor) == 32);

}  // namespace

std::unique_ptr<exit_hook> family::tie(std::uint32_t number, tells what) const {
    return std::make_unique<tie_to_supervisor>(here_->id(), number, what == tells::births_and_ends);
}

std::string family::describe() const {
    return fmt::format("supervisor of {} {}", size(), size() == 1 ? "child" : "children");
}

void family::exited(pid, const exit_reason&) noexcept { tell_all_to_end(exit_reason::killed()); }

void family::report(std::string remark, std::string_view last_message, const exit_reason& reason) const {
    here_->home->tell({.what    = half::report::kind::remark,
                       .pid     = here_->id(),
                       .server  = std::string{here_->kind()->name},
                       .message = std::string{last_message},
                       .reason  = reason,
                       .remark  = std::move(remark)});
}

family::family(process& here) : here_{&here} {
    // Whoever started it with a link is linked from birth: this is the first thing that it does.
    if (const auto* bound = here.hook<bonds>(); bound && !bound->links.empty()) parent_ = bound->links.begin()->first;
}

bool family::ends_by(const exit_signal& asked) const {
    using kind = exit_reason::kind;
    if (parent_ && asked.from == parent_) return true;
    if (asked.reason.why == kind::shutdown && !asked.linked) return true;
    if (asked.reason.why != kind::normal)
        report(fmt::format("an exit{} with {} does not end it",
                           asked.from ? fmt::format(" from {}", asked.from) : std::string{}, asked.reason),
               {}, asked.reason);
    return false;
}

duration may_take(std::optional<duration> shutdown, bool supervisor) {
    return shutdown.value_or(supervisor ? forever : duration{std::chrono::seconds{5}});
}

void ask_to_end(pid who, const exit_reason& reason) noexcept {
    if (reason.why == exit_reason::kind::killed) return kill(who);
    const auto* found = process::find(who);
    const auto* kind  = found ? found->kind() : nullptr;
    if (kind && (kind->terminate || kind->trap)) send_stop(who, reason);
    else exit(who, reason);
}

}  // namespace half::detail
