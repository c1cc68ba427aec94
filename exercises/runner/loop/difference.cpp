#include "difference.hpp"

#include "text.hpp"

#include <algorithm>

namespace exercises {

// By the longest common subsequence, in a table of all pairs of lines: an exercise is short.
std::vector<difference_line> difference(std::string_view first, std::string_view second, std::size_t around) {
    const auto a = lines_of(first);
    const auto b = lines_of(second);

    std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
    for (auto i = a.size(); i-- > 0;)
        for (auto j = b.size(); j-- > 0;)
            common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);

    struct placed {
        difference_line line;
        std::size_t     first;
        std::size_t     second;
    };
    std::vector<placed> all;
    for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        if (i < a.size() && j < b.size() && a[i] == b[j]) all.push_back({{' ', a[i]}, i, j}), ++i, ++j;
        else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1]))
            all.push_back({{'-', a[i]}, i, j}), ++i;
        else all.push_back({{'+', b[j]}, i, j}), ++j;
    }

    std::vector<bool> shown(all.size(), false);
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (all[at].line.mark == ' ') continue;
        const auto from = at < around ? 0 : at - around;
        std::fill(shown.begin() + static_cast<long>(from),
                  shown.begin() + static_cast<long>(std::min(all.size(), at + around + 1)), true);
    }

    std::vector<difference_line> found;
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (!shown[at]) continue;
        if (at == 0 || !shown[at - 1])
            found.push_back(
                {'@', "@@ -" + std::to_string(all[at].first + 1) + " +" + std::to_string(all[at].second + 1) + " @@"});
        found.push_back(std::move(all[at].line));
    }
    return found;
}

}  // namespace exercises
