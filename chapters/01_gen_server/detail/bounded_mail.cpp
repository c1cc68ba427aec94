#include <01_gen_server/detail/bounded_mail.hpp>
#include <01_gen_server/detail/process.hpp>

#include <utility>
#include <vector>

namespace half::detail {

namespace {

// A poke has nothing to say; that it was opened is enough for its process to look.
constexpr envelope_kind poke_kind{[](envelope*, process&) {}, [](envelope*, const no_answer&) noexcept {},
                                  "bounded mail", lane::signal};

struct free_list {
    std::mutex    guard;
    bounded_mail* first = nullptr;
};
free_list& free_mails() {
    static auto* all = new free_list;  // never destroyed, like what hangs in it
    return *all;
}

}  // namespace

bounded_mail* bounded_mail::lend(pid owner, std::size_t limit, overload policy) {
    auto&         all  = free_mails();
    bounded_mail* mail = nullptr;
    {
        std::lock_guard lock{all.guard};
        mail = all.first;
        if (mail) all.first = mail->next_free_;
    }
    if (!mail) mail = new bounded_mail;
    std::lock_guard lock{mail->guard_};
    mail->owner_  = owner;
    mail->limit_  = limit;
    mail->policy_ = policy;
    mail->poked_  = false;
    mail->poke_   = {.kind = &poke_kind, .generation = owner.generation};
    mail->dropped_.store(0, std::memory_order_relaxed);
    mail->refused_.store(0, std::memory_order_relaxed);
    return mail;
}

void bounded_mail::hand_back() {
    auto&           all = free_mails();
    std::lock_guard lock{all.guard};
    next_free_ = std::exchange(all.first, this);
}

void bounded_mail::close(const no_answer& why) {
    std::vector<envelope*> waiting;
    {
        std::lock_guard lock{guard_};
        owner_ = {};
        while (first_) waiting.push_back(unlink(nullptr));
    }
    for (auto* letter : waiting) letter->kind->refuse(letter, why);
}

bool bounded_mail::offer(process& target, pid to, envelope* sealed) {
    envelope* out = nullptr;  // what does not get in, or has to go
    no_answer why{no_answer::overloaded};
    bool      taken = true;
    {
        std::lock_guard lock{guard_};
        if (owner_ != to) {
            out = sealed;
            why = {no_answer::no_such_process};
        } else {
            const bool exempt = sealed->kind->exempt;
            if (policy_ == overload::newest_of_its_kind && !exempt && !sealed->kind->asks)
                out = unlink_kind(sealed->kind);
            const bool full = !exempt && length() - exempt_ >= limit_;
            if (full && policy_ == overload::drop_oldest) out = unlink_oldest();
            if (out) dropped_.fetch_add(1, std::memory_order_relaxed);
            if (full && policy_ != overload::drop_oldest) {
                out   = sealed;
                taken = false;
                refused_.fetch_add(1, std::memory_order_relaxed);
            } else {
                link(sealed);
                // Under the lock, so that no poke is under way once the owner has closed this.
                if (!std::exchange(poked_, true)) target.deliver(&poke_);
            }
        }
    }
    if (out) out->kind->refuse(out, why);
    return taken;
}

envelope* bounded_mail::pop(pid owner) {
    std::lock_guard lock{guard_};
    if (owner_ != owner) return nullptr;
    if (!first_) {
        poked_ = false;
        return nullptr;
    }
    return unlink(nullptr);
}

void bounded_mail::link(envelope* sealed) {
    sealed->next                   = nullptr;
    (last_ ? last_->next : first_) = sealed;
    last_                          = sealed;
    exempt_ += sealed->kind->exempt;
    length_.store(length() + 1, std::memory_order_relaxed);
    oldest_.store(first_->sent_at, std::memory_order_relaxed);
}

envelope* bounded_mail::unlink(envelope* before) {
    auto*& link  = before ? before->next : first_;
    auto*  found = link;
    link         = found->next;
    if (last_ == found) last_ = before;
    exempt_ -= found->kind->exempt;
    length_.store(length() - 1, std::memory_order_relaxed);
    oldest_.store(first_ ? first_->sent_at : 0, std::memory_order_relaxed);
    return found;
}

// The oldest to which the limit applies; there is one, or the mailbox would not be full.
envelope* bounded_mail::unlink_oldest() {
    envelope* before = nullptr;
    for (auto* letter = first_; letter && letter->kind->exempt; letter = letter->next) before = letter;
    return unlink(before);
}

envelope* bounded_mail::unlink_kind(const envelope_kind* kind) {
    envelope* before = nullptr;
    for (auto* letter = first_; letter; before = letter, letter = letter->next)
        if (letter->kind == kind) return unlink(before);
    return nullptr;
}

}  // namespace half::detail
