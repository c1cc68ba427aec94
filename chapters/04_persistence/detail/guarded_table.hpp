// The table behind a state_guardian: by key, the state that was kept last, and the life that it belongs to.
//
// An entry is there while a state is kept or a guarded life goes on. It belongs to the newest life: an older one that ends
// later changes nothing. `untried` says that nothing was kept since that life began from the state; if it ends so, the
// state is suspected once more, and when it is suspected often enough the next life does not get it.
//
// Keys are spread over parts, each with a lock of its own. States are moved and copied under the lock, and destroyed
// outside of it.
#pragma once

#include <01_gen_server/exit_reason.hpp>
#include <01_gen_server/pid.hpp>

#include <array>
#include <atomic>
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

    // False: it would be one too many.
    bool keep(Key key, State state) {
        std::optional<State>  before;
        part&                 here = part_of(key);
        const std::lock_guard lock{here.guard};
        auto [found, added] = here.all.try_emplace(std::move(key));
        entry& it           = found->second;
        if (!it.state && states_.fetch_add(1, std::memory_order_relaxed) >= at_most_) {
            states_.fetch_sub(1, std::memory_order_relaxed);
            if (added) here.all.erase(found);
            return false;
        }
        if (it.state) before.emplace(std::move(*it.state));  // a server need not be assignable
        it.state.emplace(std::move(state));
        it.untried  = false;
        it.suspects = 0;
        return true;
    }

    std::optional<State> find(const Key& key) const {
        const part&           here = part_of(key);
        const std::lock_guard lock{here.guard};
        const auto            found = here.all.find(key);
        return found == here.all.end() ? std::nullopt : found->second.state;
    }

    bool forget(const Key& key) {
        std::optional<State>  before;
        part&                 here = part_of(key);
        const std::lock_guard lock{here.guard};
        const auto            found = here.all.find(key);
        if (found == here.all.end() || !found->second.state) return false;
        take_state(found->second, before);
        if (!found->second.newest) here.all.erase(found);
        return true;
    }

    std::size_t count() const { return states_.load(std::memory_order_relaxed); }

    // A life begins, from what find() says. When that is nothing because the state was suspected often enough: how often.
    std::size_t begin(const Key& key, pid who) {
        std::optional<State>  before;
        part&                 here = part_of(key);
        const std::lock_guard lock{here.guard};
        entry&                it = here.all[key];
        it.newest                = who;
        it.untried               = it.state.has_value();
        if (!it.state || it.suspects < lives_) return 0;
        take_state(it, before);
        return std::exchange(it.suspects, 0);
    }

    void end(const Key& key, pid who, const exit_reason& reason) noexcept {
        std::optional<State>  before;
        part&                 here = part_of(key);
        const std::lock_guard lock{here.guard};
        const auto            found = here.all.find(key);
        if (found == here.all.end() || found->second.newest != who) return;
        entry& it = found->second;
        it.newest = {};
        if (it.untried && !reason.expected()) ++it.suspects;
        if (it.state && reason.why == exit_reason::kind::normal) take_state(it, before);
        if (!it.state) here.all.erase(found);
    }

private:
    struct entry {
        std::optional<State> state    = {};
        pid                  newest   = {};  // the life that began last, as long as it lasts
        std::uint32_t        suspects = 0;   // lives that began from it and ended before another was kept
        bool                 untried  = false;
    };
    struct alignas(64) part {
        mutable std::mutex             guard;
        std::unordered_map<Key, entry> all;
    };
    static constexpr std::size_t parts = 16;

    part& part_of(const Key& key) const {
        const auto hash = static_cast<std::uint64_t>(std::hash<Key>{}(key));
        return parts_[(hash * 0x9E3779B97F4A7C15u) >> 60];
    }

    void take_state(entry& from, std::optional<State>& into) {
        into.emplace(std::move(*from.state));
        from.state.reset();
        from.untried = false;
        states_.fetch_sub(1, std::memory_order_relaxed);
    }

    const std::size_t               at_most_, lives_;
    std::atomic<std::size_t>        states_{0};
    mutable std::array<part, parts> parts_;
};

}  // namespace half::detail
