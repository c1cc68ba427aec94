#include <04_persistence/detail/utf8.hpp>

#include <cstdint>
#include <cstring>

namespace half::detail {

namespace {

// How long the character that begins at `at` is; 0: none does.
std::size_t character(const unsigned char* at, std::size_t left) {
    const auto follows = [&](std::size_t i, unsigned char low = 0x80, unsigned char high = 0xbf) {
        return i < left && at[i] >= low && at[i] <= high;
    };
    const unsigned char lead = at[0];
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
    if (lead == 0xe0) return follows(1, 0xa0) && follows(2) ? 3 : 0;
    if (lead == 0xed) return follows(1, 0x80, 0x9f) && follows(2) ? 3 : 0;
    if (lead >= 0xe1 && lead <= 0xef) return follows(1) && follows(2) ? 3 : 0;
    if (lead == 0xf0) return follows(1, 0x90) && follows(2) && follows(3) ? 4 : 0;
    if (lead >= 0xf1 && lead <= 0xf3) return follows(1) && follows(2) && follows(3) ? 4 : 0;
    if (lead == 0xf4) return follows(1, 0x80, 0x8f) && follows(2) && follows(3) ? 4 : 0;
    return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
    const auto* at   = reinterpret_cast<const unsigned char*>(text.data());
    const auto* last = at + text.size();
    while (at != last) {
        std::uint64_t eight;  // most text is ASCII
        if (last - at >= 8 && (std::memcpy(&eight, at, 8), (eight & 0x8080808080808080) == 0)) {
            at += 8;
            continue;
        }
        const std::size_t length = character(at, static_cast<std::size_t>(last - at));
        if (length == 0) return false;
        at += length;
    }
    return true;
}

}  // namespace half::detail
