#include <algorithm>
#include <array>
#include <charconv>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/files.hpp>
#include <exercises/runner/manifest.hpp>
#include <map>
#include <tuple>

namespace exercises {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 5> kinds{"fix", "build", "predict", "break", "swap"};

class reader {
public:
    explicit reader(manifest& m) : to_{m} {}

    void take(std::string_view line, int number) {
        line_ = number;
        line  = trimmed(line);
        if (line.empty() || line.starts_with('#')) return;
        const auto word = line.substr(0, line.find_first_of(" \t"));
        const auto says = trimmed(line.substr(word.size()));
        if (says.empty()) refuse("`" + std::string{word} + "` says nothing", "write what it is, or take the line out");
        if (word == "checks") to_.checks.emplace_back(says);
        else if (word == "tests") to_.tests.emplace_back(says);
        else if (word == "empty") empty(says);
        else once(word, says);
    }

    void finish() {
        for (auto word : {"title", "kind", "place", "minutes", "teaches", "read", "file", "checks"})
            if (!seen_.contains(word) && !(word == std::string_view{"checks"} && !to_.checks.empty()))
                refuse("there is no line `" + std::string{word} + "`",
                       "add it; exercises/README.md says what it means");
        auto sorted = to_.checks;
        std::ranges::sort(sorted);
        if (auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
            refuse("the check " + *twice + " is listed twice", "take one out");
        if ((to_.sort == kind::swap) == (to_.empty.empty() || to_.tests.empty()))
            refuse("`empty` and `tests` are for a swap, which needs both", "see exercises/README.md");
    }

private:
    void once(std::string_view word, std::string_view says) {
        if (!seen_.emplace(word, line_).second)
            refuse("a second line `" + std::string{word} + "`", "an exercise has one; take one out");
        if (word == "title") to_.title = says;
        else if (word == "kind") to_.sort = kind_of(says);
        else if (word == "place") to_.place = number(says);
        else if (word == "minutes") to_.minutes = number(says);
        else if (word == "teaches") to_.teaches = says;
        else if (word == "read") to_.read = says;
        else if (word == "file") to_.file = says;
        else refuse("what is `" + std::string{word} + "`?", "exercises/README.md has the words of this file");
    }

    void empty(std::string_view says) {
        const auto function = says.substr(0, says.find_first_of(" \t"));
        const auto task     = trimmed(says.substr(function.size()));
        if (task.empty()) refuse("`empty` names a function and says nothing", "write what its body is to do");
        to_.empty.push_back({std::string{function}, std::string{task}});
    }

    kind kind_of(std::string_view says) {
        const auto found = std::ranges::find(kinds, says);
        if (found == kinds.end())
            refuse("there is no kind `" + std::string{says} + "`", "the kinds are fix, build, predict, break and swap");
        return static_cast<kind>(found - kinds.begin());
    }

    int number(std::string_view says) {
        int n            = 0;
        auto [end, fine] = std::from_chars(says.data(), says.data() + says.size(), n);
        if (fine != std::errc{} || end != says.data() + says.size() || n <= 0)
            refuse("`" + std::string{says} + "` is no number", "write a number");
        return n;
    }

    [[noreturn]] void refuse(std::string_view what, std::string_view to_do) {
        throw complaint{fs::relative(to_.text(), to_.root), std::max(line_, 1), what, to_do};
    }

    manifest&                               to_;
    int                                     line_ = 0;
    std::map<std::string, int, std::less<>> seen_;
};

}  // namespace

std::string_view name_of(kind k) { return kinds.at(static_cast<std::size_t>(k)); }

fs::path manifest::chapter_folder() const {
    for (const auto& each : files_in(root / "chapters"))
        if (each.filename().string().starts_with(chapter() + "_")) return each;
    throw complaint{fs::relative(text(), root), 1, "there is no chapter " + chapter(),
                    "give the folder another number"};
}

fs::path manifest::source() const { return (sort == kind::swap ? chapter_folder() : folder()) / file; }

std::vector<fs::path> manifest::check_sources() const {
    if (sort != kind::swap) return {(root / "tests/exercises" / slug / "checks.cpp").lexically_normal()};
    std::vector<fs::path> all;
    for (const auto& each : tests) all.push_back((root / each).lexically_normal());
    return all;
}

manifest read_manifest(const fs::path& root, std::string_view slug) {
    manifest found;
    found.root = root;
    found.slug = slug;
    if (!fs::exists(found.text()))
        throw complaint{fs::relative(found.text(), root), 1, "this file is not there",
                        "write it; exercises/README.md says how"};
    reader read{found};
    int    number = 0;
    for (const auto& line : lines_of(read_file(found.text()))) read.take(line, ++number);
    read.finish();
    return found;
}

std::vector<manifest> all_exercises(const fs::path& root) {
    std::vector<manifest> all;
    for (const auto& folder : files_in(root / "exercises")) {
        const auto slug = folder.filename().string();
        if (slug.size() > 3 && std::isdigit(slug[0]) && std::isdigit(slug[1]) && slug[2] == '_')
            all.push_back(read_manifest(root, slug));
    }
    const auto order = [](const manifest& m) { return std::tuple{m.chapter(), m.place}; };
    std::ranges::sort(all, {}, order);
    if (auto twice = std::ranges::adjacent_find(all, {}, order); twice != all.end())
        throw complaint{fs::relative(std::next(twice)->text(), root), 1,
                        "place " + std::to_string(twice->place) + " of chapter " + twice->chapter() + " is taken by "
                            + twice->slug,
                        "give each exercise of a chapter a place of its own"};
    return all;
}

}  // namespace exercises
