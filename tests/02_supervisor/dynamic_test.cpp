// Many children of one kind.
#include "staff.hpp"

#include <02_supervisor/dynamic_supervisor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace staff;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct pet {
    struct name_of {
        using reply = std::string;
    };
    struct end {
        exit_reason reason;
    };

    std::string name;
    book*       of;

    half::task<> init() {
        of->log.push_back("+" + name);
        if (of->slow_start.contains(name)) co_await half::sleep(of->slow_start[name]);
        if (take_one(of->failures, name)) throw std::runtime_error{"no food"};
        if (take_one(of->ignores, name)) throw half::ignore{};
    }
    std::string handle(name_of) { return name; }
    void        handle(end m) { throw half::leave{std::move(m.reason)}; }
};

using kennel = half::dynamic_supervisor<pet, std::string>;

struct Dynamic : testing::Test, stage {
    kennel plan(kennel how = {}) {
        how.start = [of = &notes](const std::string& name) { return pet{name, of}; };
        return how;
    }
    half::ref<pet> add(half::ref<kennel> to, std::string name) {
        return sim.call(to, kennel::start_child{std::move(name)}).value();
    }
    lines names(half::ref<kennel> of) {
        lines all;
        for (auto each : sim.call(of, kennel::which_children{})) all.push_back(sim.call(each, pet::name_of{}));
        return all;
    }
};

TEST_F(Dynamic, ChildrenComeWhenTheyAreAskedForAndStayInOrder) {
    const auto pets = sim.start(plan());
    for (const auto* each : {"tom", "rex", "kim"}) add(pets, each);
    EXPECT_THAT(names(pets), ElementsAre("tom", "rex", "kim"));
    EXPECT_EQ(sim.call(pets, kennel::count_children{}),
              (half::child_counts{.specs = 3, .active = 3, .supervisors = 0, .workers = 3}));
}

TEST_F(Dynamic, AKilledChildBeginsAgainFromItsArgumentAndKeepsItsPlace) {
    const auto pets = sim.start(plan());
    const auto tom  = add(pets, "tom");
    add(pets, "rex");
    half::kill(tom);
    sim.settle();
    EXPECT_THAT(names(pets), ElementsAre("tom", "rex"));
    EXPECT_FALSE(half::alive(tom));
}

TEST_F(Dynamic, AnInitThatThrowsIsAnAnswer) {
    const auto pets       = sim.start(plan());
    notes.failures["tom"] = 1;
    const auto got        = sim.call(pets, kennel::start_child{"tom"});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), half::child_error::did_not_start);
    EXPECT_EQ(got.error().reason, exit_reason::crash("no food"));
    EXPECT_EQ(sim.call(pets, kennel::count_children{}).specs, 0u);
    EXPECT_TRUE(half::alive(pets));
}

}  // namespace
