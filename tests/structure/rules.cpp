#include "rules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

namespace structure {
namespace {

const std::vector<std::string> code        = {".hpp", ".cpp", ".h", ".ipp"};
const std::vector<std::string> headers     = {".hpp", ".h", ".ipp"};
const std::vector<std::string> build_files = {"CMakeLists.txt", ".cmake"};

// A folder whose files may look no higher than `floor`. final is above all chapters.
struct storey {
    fs::path    folder;
    int         floor;
    std::string name;
};

constexpr int roof = 100;

std::vector<storey> storeys_of(const fs::path& root) {
    std::vector<storey> found;
    for (const auto& [number, name, folder] : chapters_of(root)) {
        const auto label = "chapter " + folder.substr(0, 2);
        found.push_back({root / "chapters" / folder, number, label});
        found.push_back({root / "tests" / folder, number, label + "'s tests"});
        found.push_back({root / "tests/bench" / folder.substr(0, 2), number, label + "'s bench"});
    }
    found.push_back({root / "final", roof, "final"});
    return found;
}

std::string place(const fs::path& root, const fs::path& file, int number) {
    return fs::relative(file, root).string() + ":" + std::to_string(number);
}

std::optional<std::string> included(const std::string& text) {
    static const std::regex directive{R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re"};
    std::smatch             match;
    if (!std::regex_search(text, match, directive)) return std::nullopt;
    return match[1];
}

// The highest storey that an included path names: <03_registry/via.hpp> is 3, <final/..> the roof, <vector> 0.
int storey_named_by(const std::string& path) {
    int highest = 0;
    for (const auto& part : fs::path{path}.parent_path()) {
        highest = std::max(highest, part == "final" ? roof : chapter_number(part.string()));
    }
    return highest;
}

// -- CMake, as far as this test needs it: words of the two calls that make an arrow -------------------------------

struct word {
    int         line;
    std::string text;
};

struct call {
    int               line;
    std::string       command;
    std::vector<word> words;
};

std::vector<call> linking_calls(const fs::path& file) {
    static const std::regex begin{R"(\b(half_chapter|target_link_libraries)\s*\()"};
    std::vector<call>       calls;
    bool                    inside = false;
    for (auto [number, text] : lines_of(file)) {
        text = text.substr(0, text.find('#'));
        std::smatch match;
        if (!inside && std::regex_search(text, match, begin)) {
            calls.push_back({number, match[1], {}});
            text   = match.suffix();
            inside = true;
        }
        if (!inside) continue;
        const auto         end = text.find(')');
        std::istringstream words{text.substr(0, end)};
        for (std::string w; words >> w;) calls.back().words.push_back({number, w});
        inside = end == std::string::npos;
    }
    return calls;
}

// The chapter that a link name stands for: half::registry and ch03 are 3, fmt::fmt is 0.
int chapter_linked_by(const std::string& name, const std::vector<chapter>& chapters) {
    for (const auto& c : chapters) {
        if (name == "half::" + c.name || name == "ch" + c.folder.substr(0, 2)) return c.number;
    }
    return name == "final" ? roof : 0;
}

complaints check_call(const call& c, const storey& from, const std::vector<chapter>& chapters,
                      const std::string& file) {
    complaints found;
    const bool declares = c.command == "half_chapter";
    const auto folder   = from.folder.filename().string();
    if (declares && (c.words.size() < 2 || c.words[0].text + "_" + c.words[1].text != folder)) {
        found.push_back({file + ":" + std::to_string(c.line), "half_chapter does not name its own folder, " + folder,
                         "write half_chapter(" + folder.substr(0, 2) + " " + folder.substr(3) + " USES ...)"});
        return found;
    }
    for (std::size_t i = 2; i < c.words.size(); ++i) {
        const auto& [number, name] = c.words[i];
        const int to               = chapter_linked_by(name, chapters);
        if (to > from.floor || (declares && to == from.floor)) {
            found.push_back({file + ":" + std::to_string(number),
                             from.name + " links " + name + ", which is not below it",
                             "link lower chapters only; what is needed from above belongs down here, or there"});
        }
    }
    return found;
}

void append(complaints& all, complaints more) { std::ranges::move(more, std::back_inserter(all)); }

// -- Exercises ----------------------------------------------------------------------------------------------------

// The folders NN_.. in `folder`, by name.
std::set<std::string> folders_in(const fs::path& folder, const std::string& NN) {
    std::set<std::string> found;
    if (!fs::is_directory(folder)) return found;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const auto name = entry.path().filename().string();
        if (entry.is_directory() && name.starts_with(NN + "_")) found.insert(name);
    }
    return found;
}

std::string text_of(const std::string& slug) { return (fs::path{"exercises"} / slug / "exercise.txt").string(); }

std::string checks_of(const std::string& slug) { return (fs::path{"tests/exercises"} / slug / "checks.cpp").string(); }

// What exercise.txt says behind `kind`.
std::string kind_of(const fs::path& text) {
    for (const auto& [_, line] : lines_of(text)) {
        std::istringstream words{line};
        std::string        word, kind;
        if (words >> word >> kind && word == "kind") return kind;
    }
    return "";
}

}  // namespace

complaints includes_point_down(const fs::path& root) {
    complaints found;
    for (const auto& from : storeys_of(root)) {
        for (const auto& file : files_below(from.folder, code)) {
            for (const auto& [number, text] : lines_of(file)) {
                const auto path = included(text);
                if (!path || storey_named_by(*path) <= from.floor) continue;
                found.push_back({place(root, file, number), from.name + " includes " + *path + ", which is above it",
                                 "include lower chapters only; offer an extension point here and fill it there"});
            }
        }
    }
    return found;
}

complaints links_point_down(const fs::path& root) {
    complaints found;
    const auto chapters = chapters_of(root);
    for (const auto& from : storeys_of(root)) {
        for (const auto& file : files_below(from.folder, build_files)) {
            const auto name = fs::relative(file, root).string();
            for (const auto& c : linking_calls(file)) append(found, check_call(c, from, chapters, name));
        }
    }
    return found;
}

complaints public_headers_stay_light(const fs::path& root) {
    static constexpr std::array<std::string_view, 4> heavy = {"boost/beast", "pqxx", "sqlite3", "openssl"};
    complaints                                       found;
    for (const auto& file : files_below(root / "chapters", headers)) {
        for (const auto& [number, text] : lines_of(file)) {
            const auto path = included(text);
            if (!path || !std::ranges::any_of(heavy, [&](auto h) { return path->starts_with(h); })) continue;
            found.push_back({place(root, file, number), *path + " in a header that others include",
                             "include it in one .cpp, and let the header speak in our own types"});
        }
    }
    return found;
}

complaints chapters_are_complete(const fs::path& root, const fs::path& parts) {
    static const std::regex form{R"(^\s*([^#|][^|]*?)\s*\|\s*([^|]*?)\s*\|\s*(.*?)\s*$)"};
    complaints              found;
    for (const auto& [_, text] : lines_of(parts)) {
        std::smatch match;
        if (!std::regex_match(text, match, form)) continue;
        for (const auto& c : chapters_of(root)) {
            const auto fill = [&](std::string s) {
                s = std::regex_replace(s, std::regex{R"(\{chapter\})"}, c.folder);
                return std::regex_replace(s, std::regex{R"(\{NN\})"}, c.folder.substr(0, 2));
            };
            const auto where = fill(match[2]);
            if (exists(root, where)) continue;
            found.push_back({"chapters/" + c.folder + "/CMakeLists.txt:1",
                             "chapter " + c.folder.substr(0, 2) + " has no " + match[1].str() + " (" + where + ")",
                             fill(match[3])});
        }
    }
    return found;
}

complaints chapters_are_practised(const fs::path& root) {
    static constexpr std::size_t exercises_at_least = 4, kinds_at_least = 3;

    const auto counted = [](std::size_t n, const std::string& what) {
        return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
    };
    complaints found;
    for (const auto& c : chapters_of(root)) {
        const auto            NN    = c.folder.substr(0, 2);
        std::size_t           count = 0;
        std::set<std::string> kinds;
        for (const auto& slug : folders_in(root / "exercises", NN)) {
            const auto text = text_of(slug);
            if (!exists(root, text)) continue;
            const auto kind = kind_of(root / text);
            ++count;
            kinds.insert(kind);
            const auto checks = checks_of(slug);
            if (kind == "swap" || exists(root, checks)) continue;
            found.push_back({text + ":1", "this exercise has no checks (" + checks + ")",
                             "write them; exercises/README.md says how"});
        }
        const auto where = "chapters/" + c.folder + "/CMakeLists.txt:1";
        if (count < exercises_at_least) {
            found.push_back({where,
                             "chapter " + NN + " has " + counted(count, "exercise") + " (" + text_of(NN + "_*") + ")",
                             "write " + std::to_string(exercises_at_least) + " or more; exercises/README.md says how"});
        } else if (kinds.size() < kinds_at_least) {
            found.push_back({where, "chapter " + NN + " has exercises of only " + counted(kinds.size(), "kind"),
                             "write one of another kind; exercises/README.md lists them"});
        }
        for (const auto& slug : folders_in(root / "tests/exercises", NN)) {
            const auto text = text_of(slug);
            if (exists(root, text)) continue;
            found.push_back({checks_of(slug) + ":1", "these checks have no exercise (" + text + ")",
                             "write it, or remove them; exercises/README.md says how"});
        }
    }
    return found;
}

complaints nothing_is_left_to_write(const fs::path& root) {
    static const std::regex mark{R"(^\s*(?://+!?|#|<!--|/?\*+)\s*to write:\s*(.*?)\s*(?:-->|\*/)?\s*$)"};
    complaints              found;
    for (const auto& c : chapters_of(root)) {
        const auto NN    = c.folder.substr(0, 2);
        auto       files = files_below(root / "chapters" / c.folder, {""});
        for (const auto& more :
             {files_below(root / "tests" / c.folder, {""}), files_below(root / "tests/bench" / NN, {""})})
            files.insert(files.end(), more.begin(), more.end());
        files.push_back(root / "tests/bench" / (NN + ".bars"));
        files.push_back(root / "slides" / (c.folder + ".md"));
        for (const auto& file : files) {
            for (const auto& [number, text] : lines_of(file)) {
                std::smatch match;
                if (!std::regex_match(text, match, mark)) continue;
                found.push_back({place(root, file, number), "still to write: " + match[1].str(),
                                 "write it, and take this comment away"});
            }
        }
    }
    return found;
}

}  // namespace structure
