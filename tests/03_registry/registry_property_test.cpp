// Random processes that take names, give them back, change what goes with them, wait, end, are killed and started again,
// over many seeds. After each step each name leads to the one process that lives and has it, or to nobody.
#include <02_supervisor/supervisor.hpp>
#include <03_registry/registry.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct walker;

// What goes with a name: whose it is, and how often it was changed. Counts how many there are.
struct note {
    static inline int alive = 0;

    half::pid who     = {};
    int       changes = 0;

    note() { ++alive; }
    explicit note(half::pid w) : who{w} { ++alive; }
    note(const note& other) : who{other.who}, changes{other.changes} { ++alive; }
    note& operator=(const note&) = default;
    ~note() { --alive; }
};

using directory = half::registry<walker, std::string, note>;

// What must be true, kept by hand.
struct world {
    std::mt19937_64                               random;
    directory                                     names;
    std::vector<half::ref<walker>>                everybody = {};
    std::map<half::pid, std::vector<std::string>> has       = {};  // oldest first
    std::map<std::string, int>                    changes   = {};
    std::map<std::string, half::pid>              holder    = {};  // perhaps dead
    int                                           unborn    = 30;
    int taken = 0, given = 0, refused = 0, ends = 0, lives = 0;  // so that we know that something happened

    int         draw(int below) { return static_cast<int>(random() % static_cast<std::uint64_t>(below)); }
    std::string any_name() { return "name " + std::to_string(draw(8)); }

    half::pid who_should_have(const std::string& name) const {
        const auto found = holder.find(name);
        return found != holder.end() && half::alive(found->second) ? found->second : half::pid{};
    }
    void gets(half::pid who, const std::string& name) {
        holder[name]  = who;
        changes[name] = 0;
        has[who].push_back(name);
    }

    void check() const {
        std::size_t held = 0;
        for (const auto& [name, last] : holder) {
            const auto should = who_should_have(name);
            ASSERT_EQ(names.find(name).id(), should) << name;
            const auto value = names.value(name);
            ASSERT_EQ(value.has_value(), bool(should)) << name;
            if (!value) continue;
            ++held;
            ASSERT_EQ(value->who, should) << name;
            ASSERT_EQ(value->changes, changes.at(name)) << name;
        }
        ASSERT_EQ(names.count(), held);
        std::size_t shown = 0;
        names.each([&](const std::string& name, half::ref<walker> who, const note&) {
            ++shown;
            ASSERT_EQ(who.id(), who_should_have(name)) << name;
        });
        ASSERT_EQ(shown, held);
        for (auto each : everybody)
            if (half::alive(each)) {
                const auto found = has.find(each);
                ASSERT_EQ(names.keys(each), found == has.end() ? std::vector<std::string>{} : found->second);
            }
    }
};

// Somebody who hears of an end.
class mourner final : public half::exit_hook {
public:
    explicit mourner(world& all) : all_{all} {}
    void exited(half::pid who, const half::exit_reason&) noexcept override {
        ++all_.ends;
        for (const auto& [name, holder] : all_.holder)
            if (holder == who) EXPECT_FALSE(all_.names.find(name)) << name;
        EXPECT_TRUE(all_.names.keys(who).empty());
        all_.check();
    }
    std::string describe() const override { return "mourner"; }

private:
    world& all_;
};

struct walker {
    struct step {};

    world*      all;
    std::string given = {};  // the name that it had when it was born

    void init(half::self<walker> self) {
        ++all->lives;
        all->everybody.push_back(self);
        self.here().on_exit(std::make_unique<mourner>(*all));
        if (!given.empty()) {
            EXPECT_EQ(all->names.find(given), self);
            EXPECT_FALSE(all->who_should_have(given));
            all->gets(self, given);
            EXPECT_TRUE(all->names.update(self, given, [&](note& n) { n.who = self; }));
        }
        if (all->draw(10) == 0) throw std::runtime_error{"not today"};
        self.send_every(std::chrono::milliseconds{1 + all->draw(20)}, step{});
    }

    half::task<> handle(step, half::self<walker> self) {
        // clang-format off
        switch (all->draw(16)) {
        case 0: case 1: case 2: case 3: add(self); break;
        case 4: case 5: remove(self); break;
        case 6: case 7: change(self); break;
        case 8: half::kill(all->everybody[static_cast<std::size_t>(all->draw(static_cast<int>(all->everybody.size())))]); break;
        case 9: if (all->draw(4) == 0) self.stop(); break;
        case 10: if (all->draw(4) == 0) throw std::runtime_error{"a bad step"}; break;
        case 11: if (all->unborn-- > 0) self.spawn(walker{all}); break;
        default: co_await half::sleep(std::chrono::milliseconds{all->draw(30)});  // it may be ended here
        }
        // clang-format on
        all->check();
    }

    void add(half::self<walker> self) {
        const auto name   = all->any_name();
        const auto should = all->who_should_have(name);
        const auto got    = all->names.add(self, name, note{self});
        ASSERT_EQ(got.has_value(), !should || should == self.id());
        if (!got) {
            ++all->refused;
            ASSERT_EQ(got.error(), (half::taken{name, should}));
        } else if (!should) {
            ++all->taken;
            all->gets(self, name);
        }
    }
    void remove(half::self<walker> self) {
        const auto name = all->any_name();
        const bool mine = all->who_should_have(name) == self.id();
        ASSERT_EQ(all->names.remove(self, name), mine);
        if (!mine) return;
        ++all->given;
        all->holder.erase(name);
        std::erase(all->has[self], name);
    }
    void change(half::self<walker> self) {
        const auto name = all->any_name();
        const bool mine = all->who_should_have(name) == self.id();
        ASSERT_EQ(all->names.update(self, name, [](note& n) { ++n.changes; }), mine);
        if (mine) ++all->changes[name];
    }
};

void walk(std::uint64_t seed, world& w) {
    half::runtime    sim{half::simulated{.seed = seed, .on_report = [](const half::report&) {}}};
    half::supervisor named{.at_most = {.restarts = 100'000}};
    for (std::string name : {"lobby", "hall"})
        named.children.push_back({.id = name, .start = half::named(w.names, name, walker{&w, name})});
    auto root = sim.spawn(named);
    for (int i = 0; i < 6; ++i) sim.spawn(walker{&w});
    sim.advance(150ms);
    w.check();

    half::kill(root);
    sim.settle();
    for (auto each : sim.processes()) half::kill(each);
    sim.settle();
    ASSERT_EQ(sim.processes().size(), 0u);
    ASSERT_EQ(w.names.count(), 0u);
    ASSERT_EQ(w.ends, w.lives);
}

TEST(RegistryProperty, EachNameLeadsToWhoHasItAndLivesOrToNobody) {
    int taken = 0, given = 0, refused = 0, ends = 0;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        SCOPED_TRACE(seed);
        {
            world w{.random{seed}, .names{}};
            walk(seed, w);
            taken += w.taken, given += w.given, refused += w.refused, ends += w.ends;
        }
        ASSERT_EQ(note::alive, 0) << "a value of a name is left over";
        if (HasFailure()) return;
    }
    EXPECT_GT(taken, 1500);
    EXPECT_GT(given, 1500);
    EXPECT_GT(refused, 1500);
    EXPECT_GT(ends, 1500);
}

}  // namespace
