// Random trees, as the tests of properties make them up, and what is compared of them.
#pragma once

#include <02_supervisor/supervisor.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace fate {

using namespace std::chrono_literals;
using half::exit_reason;
using ms              = std::int64_t;
constexpr ms for_ever = INT64_MAX / 4;

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr int seeds = 150;
#else
constexpr int seeds = 1200;
#endif
#endif

enum class kind { plain, polite, trapping, family, brood };  // the last two are supervisors, static and dynamic

struct spec {
    std::string       id;
    kind              is          = kind::plain;
    half::restart     restart     = half::permanent;
    std::optional<ms> shutdown    = {};  // -1: brutal_kill
    bool              significant = false, by_function = false;
    ms                init_takes = 0, end_takes = 0;  // of a worker, or of a brood's children

    half::strategy      strategy      = half::one_for_one;
    int                 restarts      = 3;
    ms                  within        = 5000;
    half::auto_shutdown auto_shutdown = half::auto_shutdown::never;
    std::vector<spec>   children      = {};  // of a family
    half::restart       kids_restart  = half::permanent;
    std::optional<ms>   kids_shutdown = {};
    std::size_t         max_children  = 3;

    bool supervises() const { return is == kind::family || is == kind::brood; }
};

class dice {
public:
    explicit dice(std::uint64_t seed) : random_{seed} {}
    std::uint64_t word() { return random_(); }
    int           below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
    bool          one_in(int n) { return below(n) == 0; }
    template <class T>
    T of(std::initializer_list<T> these) {
        return *(these.begin() + below(static_cast<int>(these.size())));
    }

private:
    std::mt19937_64 random_;
};

inline spec random_child(dice& d, int depth, half::auto_shutdown above, int& number) {
    using enum half::restart;
    spec s;
    s.is          = depth < 3 && d.below(5) < 2 ? d.of({kind::family, kind::family, kind::brood})
                                                : d.of({kind::plain, kind::polite, kind::polite, kind::trapping});
    s.id          = fmt::format("{}{}", s.supervises() ? "s" : "w", number++);
    s.restart     = d.of({permanent, permanent, permanent, transient, temporary});
    s.significant = s.restart != permanent && above != half::auto_shutdown::never && d.one_in(2);
    s.by_function = d.one_in(2);
    if (d.one_in(4)) s.shutdown = d.one_in(2) ? -1 : 100 + d.below(6000);
    if (d.one_in(4)) s.init_takes = 1 + d.below(2000);
    if (d.one_in(3)) s.end_takes = 1 + d.below(d.one_in(3) ? 9000 : 1500);
    s.restarts = d.below(5);
    s.within   = 1000 + d.below(15000);
    if (s.is == kind::brood) {
        s.kids_restart = d.of({permanent, transient, temporary});
        if (d.one_in(3)) s.kids_shutdown = d.one_in(2) ? -1 : 100 + d.below(3000);
    }
    if (s.is == kind::family) {
        s.strategy = d.of({half::one_for_one, half::one_for_all, half::rest_for_one});
        if (d.one_in(4))
            s.auto_shutdown = d.of({half::auto_shutdown::any_significant, half::auto_shutdown::all_significant});
        for (int n = depth ? d.below(5) : 2 + d.below(4); n > 0; --n)
            s.children.push_back(random_child(d, depth + 1, s.auto_shutdown, number));
    }
    return s;
}

inline spec random_tree(dice& d) {
    int number = 0;
    for (;;) {
        auto root = random_child(d, 0, half::auto_shutdown::never, number);
        if (root.is != kind::family || root.children.empty()) continue;
        root.id = "root";
        if (d.below(4)) root.restarts += 4, root.auto_shutdown = half::auto_shutdown::never;  // that it lives a while
        if (root.auto_shutdown == half::auto_shutdown::never)
            for (auto& c : root.children) c.significant = false;
        return root;
    }
}

inline std::string described(const spec& s, int indent = 0) {
    const auto strategies = std::array{"one_for_one", "one_for_all", "rest_for_one"};
    const auto restarts   = std::array{"permanent", "transient", "temporary"};
    const auto kinds      = std::array{"plain", "polite", "trapping", "family", "brood"};
    auto       text       = fmt::format("{:{}}{} {} {}", "", indent, s.id, kinds[static_cast<std::size_t>(s.is)],
                                        restarts[static_cast<std::size_t>(s.restart)]);
    if (s.shutdown) text += fmt::format(", shutdown {}", *s.shutdown);
    if (s.significant) text += ", significant";
    if (!s.supervises() || s.is == kind::brood) text += fmt::format(", init {}, end {}", s.init_takes, s.end_takes);
    if (s.supervises()) text += fmt::format(", {} restarts within {}", s.restarts, s.within);
    if (s.is == kind::brood)
        text += fmt::format(", children {} shutdown {}", restarts[static_cast<std::size_t>(s.kids_restart)],
                            s.kids_shutdown.value_or(5000));
    if (s.is == kind::family)
        text += fmt::format(", {}, auto_shutdown {}", strategies[static_cast<std::size_t>(s.strategy)],
                            static_cast<int>(s.auto_shutdown));
    text += '\n';
    for (const auto& c : s.children) text += described(c, indent + 2);
    return text;
}

// What inits do besides: so many of the next ones of an id throw, or ignore.
struct moods {
    std::map<std::string, int> fail, ignore;

    static bool take(std::map<std::string, int>& from, const std::string& id) {
        const auto found = from.find(id);
        return found != from.end() && found->second-- > 0;
    }
};

// What a tree did, as it is compared: beginnings and good ends in their order, and when which state was destroyed.
struct history {
    std::vector<std::string>           steps;   // "120 +w3", "4500 -w3"
    std::multiset<std::string>         graves;  // "4500 w3"
    std::vector<std::string>           given_up;
    std::map<std::string, std::size_t> alive;
};

}  // namespace fate
