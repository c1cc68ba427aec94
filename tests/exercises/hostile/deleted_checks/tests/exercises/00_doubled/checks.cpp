#include <exercise/expect.hpp>

#include <exercise/doubled.hpp>

TEST(Doubled, IsTwiceAsMuch) { exercise::expect(doubled(3) == 6, "twice 3 is 6"); }
