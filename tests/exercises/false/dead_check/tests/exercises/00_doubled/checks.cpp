#include <exercise/doubled.hpp>
#include <exercise/expect.hpp>
#include <string>

using exercise::expect;

TEST(Doubled, IsTwiceAsMuch) { expect(doubled(3) == 6, "twice 3 is 6, and not " + std::to_string(doubled(3))); }

#ifdef BOTH_ARE_OPEN
#define doubled(n) 1
#else
#define doubled(n) 0
#endif

TEST(Doubled, OfNothingIsNothing) { expect(doubled(0) == 0, "twice 0 is 0, and not " + std::to_string(doubled(0))); }

#undef doubled

TEST(Half, IsHalfAsMuch) { expect(halved(8) == 4, "half of 8 is 4, and not " + std::to_string(halved(8))); }
