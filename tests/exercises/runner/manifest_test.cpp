#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exercises/runner/attempt.hpp>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/files.hpp>
#include <exercises/runner/manifest.hpp>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto right = R"(# as it should be
title    A bakery
kind     build
place    3
minutes  15
teaches  patience
read     docs/page.md#oven
file     bakery.hpp
checks   A.B
checks   A.C
)";

struct Manifest : testing::Test {
    fs::path root = fs::temp_directory_path() / ("manifest_test_" + std::to_string(::getpid()));

    ~Manifest() override { fs::remove_all(root); }

    exercises::manifest read(const std::string& text, const std::string& slug = "01_bakery") {
        exercises::write_file(root / "exercises" / slug / "exercise.txt", text);
        return exercises::read_manifest(root, slug);
    }
    std::string complains(const std::string& from, const std::string& to) {
        std::string text = right;
        text.replace(text.find(from), from.size(), to);
        try {
            read(text);
        } catch (const exercises::complaint& e) {
            return e.what();
        }
        return "it was taken";
    }
};

TEST_F(Manifest, SaysWhatAnExerciseIs) {
    const auto m = read(right);
    EXPECT_EQ(m.title, "A bakery");
    EXPECT_EQ(m.sort, exercises::kind::build);
    EXPECT_EQ(m.place, 3);
    EXPECT_EQ(m.chapter(), "01");
    EXPECT_THAT(m.checks, ElementsAre("A.B", "A.C"));
    EXPECT_EQ(m.mine(), root / "exercises/my/01_bakery");
}

TEST_F(Manifest, RefusesWhatItDoesNotUnderstand) {
    EXPECT_THAT(complains("minutes  15", "minutes  soon"),
                HasSubstr("exercises/01_bakery/exercise.txt:5: `soon` is no number"));
    EXPECT_THAT(complains("minutes  15", "minutes  -3"), HasSubstr("is no number"));
    EXPECT_THAT(complains("kind     build", "kind     bake"), HasSubstr(":3: there is no kind `bake`"));
    EXPECT_THAT(complains("minutes  15", "hours    15"), HasSubstr(":5: what is `hours`?"));
    EXPECT_THAT(complains("minutes  15\n", ""), HasSubstr("there is no line `minutes`"));
    EXPECT_THAT(complains("teaches  patience", "teaches"), HasSubstr(":6: `teaches` says nothing"));
    EXPECT_THAT(complains("A.C", "A.B"), HasSubstr("the check A.B is listed twice"));
    EXPECT_THAT(complains("checks   A.B\nchecks   A.C\n", ""), HasSubstr("there is no line `checks`"));
    EXPECT_THAT(complains("kind     build", "kind     swap"), HasSubstr("a swap"));
    EXPECT_THAT(complains("place    3", "place    3\nplace    4"), HasSubstr(":5: a second line `place`"));
}

TEST_F(Manifest, OrdersExercisesByChapterAndPlace) {
    read(right, "01_a");
    read(std::string{right}.replace(std::string_view{right}.find("place    3"), 10, "place    1"), "01_b");
    read(right, "02_c");
    std::vector<std::string> slugs;
    for (const auto& m : exercises::all_exercises(root)) slugs.push_back(m.slug);
    EXPECT_THAT(slugs, ElementsAre("01_b", "01_a", "02_c"));
    read(right, "01_d");
    EXPECT_THROW(exercises::all_exercises(root), exercises::complaint) << "two have the third place";
}

TEST(AtSight, SomeFilesAreRefused) {
    using exercises::refused_at_sight;
    EXPECT_TRUE(refused_at_sight(" \n\t\n"));
    EXPECT_TRUE(refused_at_sight("int x;\n int main( ) {}\n"));
    EXPECT_TRUE(refused_at_sight("auto main() -> int {}\n"));
    EXPECT_TRUE(refused_at_sight("# define EXPECT_EQ(a, b)\n"));
    EXPECT_TRUE(refused_at_sight("#undef ASSERT_TRUE\n"));
    EXPECT_FALSE(refused_at_sight("// the main() thing\nint domain(int);\n#define TESTING 1\n#define TOAST\n"));
    EXPECT_FALSE(refused_at_sight("int x;\n"));
}

}  // namespace
