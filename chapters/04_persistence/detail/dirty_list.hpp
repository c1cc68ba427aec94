// Where a row stands that is kept: on disk, or in the list of those that are at risk in the same way.
//
//     on_disk    nothing is at risk
//     waiting    kept, and not yet written
//     urgent     the same, and its owner has ended: it is written at once
//     writing    as it is, it is in the batch that is under way
//     refused    as it is, the database does not take it
//     mended     it was refused and has changed since: it is tried again with the next that are due
//
// `waiting` is in the order of `since`, and no two have the same: the one in front is the oldest. The others are in the order
// in which they came there.
#pragma once

#include <01_gen_server/pid.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace half::detail {

enum class standing : unsigned char { on_disk, waiting, urgent, writing, refused, mended };

struct dirty_link {
    dirty_link *  before = this, *after = this;
    std::uint64_t since    = 0;                  // when it came to be at risk
    pid           owner    = {};                 // the process that changes it, if it has said so
    standing      stands   = standing::on_disk;  // and so in which list it is
    bool          erased   = false;              // the row is to be deleted
    bool          leaving  = false;              // it is to be forgotten when it is written
    bool          rejected = false;              // the database refused it the last time

    dirty_link()                             = default;
    dirty_link(const dirty_link&)            = delete;
    dirty_link& operator=(const dirty_link&) = delete;

    bool at_risk() const { return stands != standing::on_disk; }
};

class dirty_lists {
public:
    enum class end : bool { front, back };

    // To the list where it stands from now on.
    void move(dirty_link& one, standing to, end at = end::back) noexcept {
        --sizes_[index(one.stands)];
        ++sizes_[index(to)];
        one.before->after = one.after;
        one.after->before = one.before;
        one.before = one.after = &one;
        one.stands             = to;
        if (to == standing::on_disk) return;  // nobody asks for the order of these
        dirty_link& head  = heads_[index(to)];
        one.after         = at == end::front ? head.after : &head;
        one.before        = one.after->before;
        one.before->after = one.after->before = &one;
    }

    std::size_t size(standing of) const { return sizes_[index(of)]; }
    std::size_t at_risk() const {
        return size(standing::waiting) + size(standing::urgent) + size(standing::writing) + size(standing::refused)
               + size(standing::mended);
    }
    // The one in front; null when there is none.
    dirty_link* first(standing of) const {
        const dirty_link& head = heads_[index(of)];
        return head.after == &head ? nullptr : head.after;
    }
    template <class F>
    void each(standing of, F f) const {
        const dirty_link& head = heads_[index(of)];
        for (auto* one = head.after; one != &head; one = one->after) f(*one);
    }

private:
    static std::size_t index(standing s) { return static_cast<std::size_t>(s); }

    std::array<dirty_link, 6>  heads_;
    std::array<std::size_t, 6> sizes_{};  // of what is on disk it is no size: nobody counts those
};

}  // namespace half::detail
