#include <gtest/gtest.h>

#include <exercises/runner/loop/keys.hpp>

using namespace exercises;
using presses = std::vector<press>;

TEST(Keys, AreLettersAndArrows) {
    key_reader keys;
    EXPECT_EQ(keys.read("nh?"), (presses{typed('n'), typed('h'), typed('?')}));
    EXPECT_EQ(keys.read("\x1b[A\x1bOB\x1b[6~\r"),
              (presses{typed(key::up), typed(key::down), typed(key::page_down), typed(key::enter)}));
    EXPECT_EQ(keys.read("\x03"), presses{typed(key::interrupt)});
}

TEST(Keys, MayComeInPieces) {
    key_reader keys;
    EXPECT_EQ(keys.read("\x1b"), presses{});
    EXPECT_TRUE(keys.waits());
    EXPECT_EQ(keys.read("["), presses{});
    EXPECT_EQ(keys.read("Bq"), (presses{typed(key::down), typed('q')}));
    EXPECT_FALSE(keys.waits());
}

TEST(Keys, EscapeAloneIsAKeyWhenNothingFollows) {
    key_reader keys;
    EXPECT_EQ(keys.read("\x1b"), presses{});
    EXPECT_EQ(keys.moment_is_over(), presses{typed(key::escape)});
    EXPECT_FALSE(keys.waits());
    EXPECT_EQ(keys.read("\x1bq"), (presses{typed(key::escape), typed('q')}));
}

TEST(Keys, ThatWeHaveNoUseForAreNothing) {
    key_reader keys;
    EXPECT_EQ(keys.read("\x1b[1;5C\x1b[200~\xc3\xa9\t\x01n"), presses{typed('n')});
    EXPECT_EQ(keys.read("\x1b["), presses{});
    EXPECT_EQ(keys.moment_is_over(), presses{});  // half a sequence is no escape
    EXPECT_EQ(keys.read("n"), presses{typed('n')});
}
