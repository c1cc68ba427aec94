#include <01_gen_server/detail/engine.hpp>
#include <01_gen_server/signal.hpp>
#include <02_supervisor/detail/family.hpp>

namespace half::detail {

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
    void exited(pid who, const exit_reason& reason) noexcept override {
        tell(ended_kind, {.number       = number_,
                          .who          = who,
                          .born         = born_,
                          .ended        = true,
                          .last_message = detail::last_message(),
                          .reason       = reason});
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

void family::exited(pid, const exit_reason& reason) noexcept {
    tell_all_to_end(reason.why == exit_reason::kind::normal ? exit_reason::shutdown() : reason);
}

void ask_to_end(pid who, const exit_reason& reason) noexcept {
    const auto* found = process::find(who);
    const auto* kind  = found ? found->kind() : nullptr;
    if (kind && (kind->terminate || kind->trap)) send_stop(who, reason);
    else exit(who, reason);
}

}  // namespace half::detail
