// The table behind a state_guardian: by key, the state that was kept last, and the life that it belongs to.
//
// An entry is there while a state is kept or a guarded life goes on. It belongs to the newest life: an older one that ends
// later changes nothing. `untried` says that nothing was kept since that life began from the state; if it crashes so, the
// state is suspected once more, and when it is suspected often enough it is set aside: it is there, and is not handed out.
//
// One lock: two threads keep five million states a second here, and the house asks for a few hundred thousand. States are
// moved and copied under it, and destroyed outside of it.
#pragma once

#include <01_gen_server/exit_reason.hpp>
#include <01_gen_server/pid.hpp>
#include <04_persistence/detail/left_behind.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace half::detail {

template <class Key, class State>
class guarded_table {
public:
    guarded_table(std::size_t at_most, std::size_t lives) : at_most_{at_most}, lives_{lives} {}

    std::size_t at_most() const { return at_most_; }

    // False: it would be one too many.
    bool keep(Key key, State state) {
        std::optional<State>  before;
        const std::lock_guard lock{guard_};
        if (left_behind()) return true;
        auto [found, added] = all_.try_emplace(std::move(key));
        entry& it           = found->second;
        if (it.state) {
            take_state(it, before);
        } else if (states_ >= at_most_) {
            if (added) all_.erase(found);
            return false;
        }
        it.state.emplace(std::move(state));
        ++states_;
        return true;
    }

    std::optional<State> find(const Key& key) const {
        const std::lock_guard lock{guard_};
        const auto            found = all_.find(key);
        return found == all_.end() ? std::nullopt : found->second.state;
    }

    bool forget(const Key& key) {
        std::optional<State>  before;
        const std::lock_guard lock{guard_};
        const auto            found = all_.find(key);
        if (found == all_.end() || !found->second.state) return false;
        take_state(found->second, before);
        if (!found->second.newest) all_.erase(found);
        return true;
    }

    std::size_t count() const {
        const std::lock_guard lock{guard_};
        return states_;
    }

    // A life begins: whether from the state, and if that is set aside just now, after how many lives.
    struct beginning {
        bool        from_state = false;
        std::size_t suspects   = 0;
    };
    beginning begin(const Key& key, pid who) {
        const std::lock_guard lock{guard_};
        entry&                it = all_[key];
        it.newest                = who;
        it.untried               = it.state && it.suspects < lives_;
        if (it.untried || !it.state || it.aside) return {it.untried};
        it.aside = true;
        return {false, it.suspects};
    }

    void end(const Key& key, pid who, const exit_reason& reason) noexcept {
        std::optional<State>  before;
        const std::lock_guard lock{guard_};
        const auto            found = all_.find(key);
        if (found == all_.end() || found->second.newest != who) return;
        entry& it         = found->second;
        it.newest         = {};
        const bool failed = reason.why == exit_reason::kind::crash || reason.why == exit_reason::kind::other;
        if (it.untried && failed) ++it.suspects;
        if (it.state && reason.why == exit_reason::kind::normal) take_state(it, before);
        if (!it.state) all_.erase(found);
    }

private:
    struct entry {
        std::optional<State> state    = {};
        pid                  newest   = {};  // the life that began last, as long as it lasts
        std::uint32_t        suspects = 0;   // lives that began from it and crashed before another was kept
        bool                 untried  = false;
        bool                 aside    = false;
    };

    // A server need not be assignable.
    void take_state(entry& from, std::optional<State>& into) {
        into.emplace(std::move(*from.state));
        from.state.reset();
        from.untried  = false;
        from.aside    = false;
        from.suspects = 0;
        --states_;
    }

    const std::size_t              at_most_, lives_;
    mutable std::mutex             guard_;
    std::unordered_map<Key, entry> all_;
    std::size_t                    states_ = 0;
};

}  // namespace half::detail
