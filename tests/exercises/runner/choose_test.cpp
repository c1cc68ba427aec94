#include <gtest/gtest.h>

#include <exercises/runner/choose.hpp>

namespace {

using exercises::choose;
using exercises::manifest;

manifest of(const char* slug) {
    manifest m;
    m.slug = slug;
    return m;
}

const std::vector<manifest> all{of("01_one"), of("01_two"), of("02_three")};

int chosen(const std::vector<std::string>& changed, long day) {
    int bits = 0;
    for (std::size_t i = 0; i < all.size(); ++i) bits |= choose(all[i], all, changed, day).chosen << i;
    return bits;
}

TEST(Choose, OneADayWhenNothingHasChanged) {
    EXPECT_EQ(chosen({}, 0), 0b001);
    EXPECT_EQ(chosen({}, 1), 0b010);
    EXPECT_EQ(chosen({}, 2), 0b100);
    EXPECT_EQ(chosen({}, 3), 0b001);
    EXPECT_EQ(chosen({"README.md", "docs/runtime.md"}, 20'000), chosen({}, 20'000));
}

TEST(Choose, AllOfAChapterThatHasChanged) {
    EXPECT_EQ(chosen({"chapters/01_gen_server/ref.hpp"}, 2), 0b111);
    EXPECT_EQ(chosen({"exercises/01_two/two.hpp"}, 0), 0b011);
    EXPECT_EQ(chosen({"tests/exercises/02_three/checks.cpp"}, 0), 0b101);
}

TEST(Choose, AllWhenWhatTheyStandOnHasChanged) {
    EXPECT_EQ(chosen({"exercises/runner/cut.cpp"}, 0), 0b111);
    EXPECT_EQ(chosen({"tests/exercises/exercise/story.hpp"}, 0), 0b111);
    EXPECT_EQ(chosen({"exercises/runner/loop/keys.cpp"}, 0), 0b001) << "the learner's screen proves nothing";
}

}  // namespace
