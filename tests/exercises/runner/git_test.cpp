#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exercises/runner/files.hpp>
#include <exercises/runner/git.hpp>
#include <exercises/runner/manifest.hpp>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using exercises::git;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Git, TellsWhichChecksWereEdited) {
    exercises::manifest m;
    m.root            = fs::temp_directory_path() / ("git_test_" + std::to_string(::getpid()));
    m.slug            = "01_bakery";
    const auto checks = m.check_sources().front();
    exercises::write_file(checks, "one\n");
    exercises::write_file(m.text(), "title A bakery\n");
    EXPECT_THAT(edited_checks(m), IsEmpty()) << "where there is no git, nothing is known";

    ASSERT_TRUE(git(m.root, {"init", "-q"}));
    ASSERT_TRUE(git(m.root, {"add", "."}));
    ASSERT_TRUE(git(m.root, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "One"}));
    EXPECT_THAT(edited_checks(m), IsEmpty());

    exercises::write_file(checks, "two\n");
    exercises::write_file(m.folder() / "bakery.hpp", "the learner may do what they like\n");
    EXPECT_THAT(edited_checks(m), ElementsAre("tests/exercises/01_bakery/checks.cpp"));
    fs::remove_all(m.root);
}

}  // namespace
