#include <exercise/doubled.hpp>
#include <exercise/expect.hpp>

TEST(Doubled, IsTwiceAsMuch) { exercise::expect(doubled(3) == 6, "twice 3 is 6"); }
