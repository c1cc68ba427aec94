// What binds a process to others: its links, the monitors it has set, and who watches it. Made when a process first
// needs it, and changed in its own turn only.
//
// Both ends of a link know it, and either may take it away while signals of the other are under way. The rules are those
// of Erlang's distribution protocol:
//   - link:    the record is made at this end, and a signal makes the other's, if it has none.
//   - unlink:  the record stays until the other end has acknowledged. Meanwhile an exit of the other is ignored, and so is
//              a link that the other set before it knew. In the end both agree.
//   - the end: the other is told. Its record decides what that means, at the moment when the letter is opened.
// For a process that is gone whoever finds its signal undeliverable answers: a link with an exit of reason `noproc`, an
// unlink with the acknowledgement, a monitor with its `down`.
#pragma once

#include <01_gen_server/detail/process.hpp>
#include <01_gen_server/exit_reason.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace half::detail {

// Who is to be told of an end, and how: by a letter of this kind; without one, by an answer to a question of that number.
struct watcher {
    pid                  who;
    std::uint64_t        number = 0;  // of a question or a monitor: these are counted from 2^32
    const envelope_kind* tells  = nullptr;

    bool operator==(const watcher& other) const { return who == other.who && number == other.number; }
};

struct hash_of_watcher {
    std::size_t operator()(const watcher& w) const noexcept { return std::hash<pid>{}(w.who) ^ w.number; }
};

// One end of a link: `linked`, or `starting` at the end of a parent whose child's init() runs (the child hears of our end,
// we don't hear of its), or the number of an unlink that is not acknowledged yet.
using link_state                   = std::uint32_t;
inline constexpr link_state linked = 0, starting = UINT32_MAX;

struct bonds : exit_hook {
    bonds() = default;
    explicit bonds(pid other) { links.emplace(other, linked); }  // linked from birth

    std::unordered_map<pid, link_state>          links;
    std::unordered_map<std::uint64_t, pid>       watched;   // by the number of the monitor
    std::unordered_set<watcher, hash_of_watcher> watchers;  // of this process
    std::uint64_t                                monitors = std::uint64_t{1} << 32;
    link_state                                   unlinks  = 0;

    void        exited(pid me, const exit_reason& reason) noexcept override;
    std::string describe() const override;
};

// Runs f(bonds&), a few instructions, for a process in its turn. False: it has none, or has been left behind.
template <class F>
bool change_bonds(process& here, F&& f) {
    auto* mine = here.hook<bonds>();
    return mine && here.change_hooks([&] { f(*mine); });
}

// The same, and makes them first. False: it has been left behind, and nothing binds it any more.
template <class F>
bool add_bond(process& here, F&& f) {
    if (!here.hook<bonds>()) here.on_exit(std::make_unique<bonds>());
    return change_bonds(here, std::forward<F>(f));
}

void break_link(pid to, pid ended, const exit_reason& reason) noexcept;
void tell(const watcher& whom, pid ended, const exit_reason& reason) noexcept;
void withdraw(const watcher& who, pid watched) noexcept;

}  // namespace half::detail
