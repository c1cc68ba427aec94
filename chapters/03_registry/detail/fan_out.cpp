#include <01_gen_server/detail/engine.hpp>
#include <03_registry/detail/fan_out.hpp>

namespace half::detail {

void volley::send(pid to, envelope* sealed) noexcept {
    auto* target = process::find(to);
    if (!target) return sealed->kind->refuse(sealed, {no_answer::no_such_process});
    sealed->generation = to.generation;
    sealed->sent_at    = target->stamp();
    auto* runtime      = target->home;  // read before the push, as process::deliver() does
    if (!target->incoming.push(sealed)) return;
    if (count_ == 128 || (first_ && first_->home != runtime)) flush();
    (first_ ? last_->next_ready : first_) = target;
    last_                                 = target;
    ++count_;
}

void volley::flush() noexcept {
    if (count_ == 1) first_->home->ready(first_);
    else if (count_ > 1) first_->home->ready_chain(first_, last_, count_);
    first_ = last_ = nullptr;
    count_         = 0;
}

}  // namespace half::detail
