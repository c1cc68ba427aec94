// The other queue: mail with a limit and a policy (mailbox.hpp). A lock and a list, beside the lock-free mailbox; the
// mailbox only carries a poke that says "look into the bounded one".
//
// These objects are handed on, never freed, so that a sender may lock one whose process has just died: `owner` tells.
#pragma once

#include <01_gen_server/detail/envelope.hpp>
#include <01_gen_server/mailbox.hpp>
#include <01_gen_server/pid.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>

namespace half::detail {

class bounded_mail {
public:
    static bounded_mail* lend(pid owner, std::size_t limit, overload policy);
    void                 close(const no_answer& why);  // the owner ended: refuses what waits, lets nobody in any more
    void                 hand_back();                  // after close(), with no poke under way

    // False: refused. Whoever waits for an answer to what was refused or dropped has been told.
    bool      offer(process& target, pid to, envelope* sealed);
    envelope* pop(pid owner);  // the oldest, or null: then the next offer pokes

    std::uint32_t length() const { return length_.load(std::memory_order_relaxed); }
    std::uint32_t oldest() const { return oldest_.load(std::memory_order_relaxed); }
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

private:
    void      link(envelope* sealed);
    envelope* unlink(envelope* before);  // what comes after it; the first one after null
    envelope* unlink_kind(const envelope_kind* kind);
    envelope* unlink_oldest();

    std::mutex                 guard_;
    pid                        owner_;
    std::size_t                limit_  = 0;
    std::size_t                exempt_ = 0;  // how many wait to which the limit does not apply
    overload                   policy_ = overload::reject;
    envelope*                  first_  = nullptr;
    envelope*                  last_   = nullptr;
    envelope                   poke_;  // pushed into the mailbox when mail waits here
    bool                       poked_ = false;
    std::atomic<std::uint32_t> length_{0};
    std::atomic<std::uint32_t> oldest_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<std::uint64_t> refused_{0};
    bounded_mail*              next_free_ = nullptr;
};

// Sends mail to a process with a bounded mailbox; false: refused. A dead process takes (and loses) everything.
bool send_bounded(pid to, envelope* sealed) noexcept;

}  // namespace half::detail
