#include "folder.hpp"

#include <gtest/gtest.h>

#include <exercises/runner/loop/watch.hpp>
#include <poll.h>

using namespace exercises;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// As the loop does: asleep until something becomes readable or is due. False when there is no change for that long.
bool changes(watch& files, std::chrono::milliseconds within = 20s) {
    const auto end = watch::clock::now() + within;
    for (auto now = watch::clock::now(); now < end; now = watch::clock::now()) {
        if (files.changed(now)) return true;
        const auto until = std::min(files.due().value_or(end), end);
        pollfd     one   = {.fd = files.fd(), .events = POLLIN, .revents = 0};
        poll(&one, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count()));
    }
    return false;
}

class Watch : public testing::TestWithParam<bool> {
protected:
    folder   here_;
    fs::path file_ = here_.write("bakery.hpp", "one");
    watch    files_{here_.path(), GetParam()};
};

}  // namespace

TEST_P(Watch, SeesAFileThatIsWritten) {
    EXPECT_EQ(files_.polls(), GetParam());
    here_.write("bakery.hpp", "two, and longer");
    EXPECT_TRUE(changes(files_));
    EXPECT_FALSE(changes(files_, 1500ms));  // once
}

TEST_P(Watch, SeesAFileThatIsMovedIntoItsPlace) {  // many editors save so
    here_.write(".bakery.hpp.swp", "two, and longer");
    fs::rename(here_.path() / ".bakery.hpp.swp", file_);
    EXPECT_TRUE(changes(files_));
}

TEST_P(Watch, SeesAFileThatIsTakenAway) {
    fs::remove(file_);
    EXPECT_TRUE(changes(files_));
}

TEST_P(Watch, SeesFilesInFoldersThatWereNotThere) {
    here_.write("detail/a.hpp", "x");
    EXPECT_TRUE(changes(files_));
    here_.write("detail/a.hpp", "another");
    EXPECT_TRUE(changes(files_));
}

TEST_P(Watch, DoesNotCareForAnEditorsOwnFiles) {
    here_.write(".bakery.hpp.swp", "x");
    here_.write("bakery.hpp~", "x");
    here_.write("bakery.hpp.1", "x");
    here_.write("4913", "x");
    EXPECT_FALSE(changes(files_, 1500ms));
}

TEST_P(Watch, SurvivesThatItsFolderGoesAndComesBack) {
    fs::remove_all(here_.path());
    EXPECT_TRUE(changes(files_));
    here_.write("bakery.hpp", "back");
    EXPECT_TRUE(changes(files_));
}

INSTANTIATE_TEST_SUITE_P(Ways, Watch, testing::Bool(),
                         [](const auto& one) { return one.param ? "polling" : "inotify"; });

TEST(WatchQuiet, WaitsUntilNothingMoreIsWritten) {
    const folder here;
    watch        files{here.path(), false};
    const auto   begin = watch::clock::now();
    here.write("a.hpp", "1");
    EXPECT_FALSE(files.changed(begin));
    EXPECT_FALSE(files.changed(begin + 199ms));
    here.write("a.hpp", "2");
    EXPECT_FALSE(files.changed(begin + 300ms));
    EXPECT_FALSE(files.changed(begin + 499ms));
    EXPECT_TRUE(files.changed(begin + 501ms));
}

TEST(WatchQuiet, ButNotForEver) {
    const folder here;
    watch        files{here.path(), false};
    const auto   begin = watch::clock::now();
    int          seen  = 0;
    for (int i = 0; i < 30; ++i) {
        here.write("a.hpp", std::to_string(i));
        seen += files.changed(begin + i * 100ms) ? 1 : 0;
    }
    EXPECT_EQ(seen, 1);
}

TEST(WatchPolls, WhereTheKernelDoesNotTell) {
    EXPECT_EQ(must_be_polled("/no/such/folder").substr(0, 7), "statfs:");
    EXPECT_EQ(must_be_polled("/tmp"), "");
    watch none{"/no/such/folder", false};
    EXPECT_TRUE(none.polls());
    EXPECT_NE(none.why_it_polls(), "");
}
