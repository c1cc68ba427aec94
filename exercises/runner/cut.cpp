#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exercises/runner/complaint.hpp>
#include <exercises/runner/cut.hpp>
#include <exercises/runner/empty.hpp>
#include <exercises/runner/files.hpp>
#include <exercises/runner/manifest.hpp>
#include <map>

namespace exercises {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view todo_header = "#include <exercise/todo.hpp>";

// The word after `//@`; nothing when the line is no mark.
std::string_view mark_of(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with("//@")) return {};
    line.remove_prefix(3);
    return line.substr(0, line.find_first_of(" \t"));
}

std::string indent_of(std::string_view line) { return std::string{line.substr(0, line.find_first_not_of(" \t"))}; }

bool speaks_to_clang_format(std::string_view line) { return trimmed(line).starts_with("// clang-format o"); }

// `    // int n;` -> `    int n;`
std::string uncommented(std::string_view line, const fs::path& file, int number) {
    const auto at = line.find_first_not_of(" \t");
    if (at == line.npos) return {};
    auto rest = line.substr(at);
    if (!rest.starts_with("//"))
        throw complaint{file, number, "after //@instead every line is a comment", "begin the line with //"};
    rest.remove_prefix(2);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    return rest.empty() ? std::string{} : std::string{line.substr(0, at)} + std::string{rest};
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

marked_source::marked_source(std::string_view text, fs::path name) {
    enum class in { open, solved, instead } where = in::open;
    int  number                                   = 0;
    auto refuse = [&](std::string_view what, std::string_view to_do) { throw complaint{name, number, what, to_do}; };
    pieces_.emplace_back();
    for (const auto& line : lines_of(text)) {
        ++number;
        const auto mark = mark_of(line);
        if (mark.empty()) {
            if (speaks_to_clang_format(line)) continue;
            if (where == in::instead) pieces_.back().unsolved.push_back(uncommented(line, name, number));
            else pieces_.back().solved.push_back(line);
        } else if (mark == "todo") {
            if (where != in::open)
                refuse("hole " + std::to_string(holes_.back().number) + " has no end before this one",
                       "write //@end where it ends");
            auto       says = trimmed(trimmed(line).substr(7));
            int        n    = 0;
            const auto end  = std::from_chars(says.data(), says.data() + says.size(), n).ptr;
            const auto task = trimmed(says.substr(static_cast<std::size_t>(end - says.data())));
            if (n <= 0 || task.empty()) refuse("a hole has a number and a task", "write //@todo 1 what is to do here");
            if (std::ranges::find(holes_, n, &hole::number) != holes_.end())
                refuse("there are two holes with number " + std::to_string(n), "number them 1, 2, 3, ...");
            holes_.push_back({n, number, std::string{task}});
            pieces_.push_back({n, {}, {}});
            pieces_.back().unsolved.push_back(indent_of(line) + "half::todo(" + std::to_string(n) + ", " + quoted(task)
                                              + ");");
            where = in::solved;
        } else if (mark == "instead") {
            if (where != in::solved) refuse("//@instead belongs into a hole", "write it between //@todo and //@end");
            pieces_.back().unsolved = {indent_of(line) + "// TODO " + std::to_string(holes_.back().number) + ": "
                                       + holes_.back().task};
            where                   = in::instead;
        } else if (mark == "end") {
            if (where == in::open) refuse("here ends a hole that did not begin", "write //@todo above, or take it out");
            where = in::open;
            pieces_.emplace_back();
        } else {
            refuse("what is //@" + std::string{mark} + "?", "the marks are //@todo, //@instead and //@end");
        }
    }
    if (where != in::open) {
        number = holes_.back().line;
        refuse("hole " + std::to_string(holes_.back().number) + " has no end", "write //@end where it ends");
    }
    for (std::size_t i = 0; i < holes_.size(); ++i) {
        number = holes_[i].line;
        if (holes_[i].number != static_cast<int>(i) + 1)
            refuse("this hole should be number " + std::to_string(i + 1),
                   "number them in the order in which they come");
    }
}

template <class LinesOf>
std::string marked_source::assemble(LinesOf lines) const {
    std::string text;
    for (const auto& each : pieces_)
        for (const auto& line : each.hole ? lines(each) : each.solved) text += line + '\n';
    const bool throws   = text.find("half::todo(") != text.npos;
    const bool includes = text.find(todo_header) != text.npos;
    if (const auto first = text.find("#include"); throws && !includes && first != text.npos)
        text.insert(std::min(text.find("\n\n", first), text.size() - 1) + 1, std::string{todo_header} + "\n");
    return text;
}

std::string marked_source::solution() const {
    return assemble([](const piece& p) -> const auto& { return p.solved; });
}
std::string marked_source::starter() const {
    return assemble([](const piece& p) -> const auto& { return p.unsolved; });
}
std::string marked_source::mutant(int number) const {
    return assemble([=](const piece& p) -> const auto& { return p.hole == number ? p.unsolved : p.solved; });
}

std::string marked_source::weak(std::string_view text, const fs::path& name) const {
    std::map<int, std::vector<std::string>> instead;
    std::vector<std::string>*               into   = nullptr;
    int                                     number = 0;
    for (const auto& line : lines_of(text)) {
        ++number;
        const auto mark = mark_of(line);
        if (mark == "todo") {
            const int n = std::atoi(std::string{trimmed(line).substr(7)}.c_str());
            if (std::ranges::find(holes_, n, &hole::number) == holes_.end())
                throw complaint{name, number, "the exercise has no hole " + std::to_string(n), "name one that it has"};
            into = &instead[n];
        } else if (mark == "end") {
            into = nullptr;
        } else if (into) {
            into->push_back(line);
        }
    }
    if (into) throw complaint{name, number, "this hole has no end", "write //@end where it ends"};
    if (instead.empty()) return std::string{text};
    return assemble(
        [&](const piece& p) -> const auto& { return instead.contains(p.hole) ? instead[p.hole] : p.solved; });
}

marked_source source_of(const manifest& m) {
    auto text = read_file(m.source());
    if (m.sort == kind::swap) text = mark_functions(text, m.empty, fs::relative(m.text(), m.root));
    return {text, fs::relative(m.source(), m.root)};
}

std::vector<fs::path> weak_answers(const manifest& m) { return files_in(m.folder() / "weak"); }

// -- where variants lie ------------------------------------------------------------------------------------------

namespace {

// A swap is a whole chapter, of which one file differs: the others are links to it.
void link_chapter(const manifest& m, const fs::path& copy) {
    const auto chapter = fs::absolute(m.chapter_folder());
    fs::remove_all(copy);
    fs::create_directories(copy);
    for (const auto& entry : fs::recursive_directory_iterator{chapter}) {
        const auto at = copy / fs::relative(entry.path(), chapter);
        if (entry.is_directory()) fs::create_directories(at);
        else if (fs::relative(entry.path(), chapter) != m.file) fs::create_symlink(entry.path(), at);
    }
}

variant write_variant(const manifest& m, std::string name, std::string_view text, const fs::path& to) {
    variant    made{std::move(name), to};
    const bool swap = m.sort == kind::swap;
    const auto in   = to / (swap ? m.chapter_folder().filename() : fs::path{"exercise"});
    if (swap) link_chapter(m, in);
    write_file(in / m.file, text);
    return made;
}

}  // namespace

std::vector<variant> cut(const manifest& m, const fs::path& to) {
    const auto           source = source_of(m);
    std::vector<variant> all;
    const auto           add = [&](std::string name, std::string_view text) {
        const auto at = to / name;
        all.push_back(write_variant(m, std::move(name), text, at));
    };
    add("solution", source.solution());
    add("starter", source.starter());
    for (const auto& hole : source.holes()) add("mutant_" + std::to_string(hole.number), source.mutant(hole.number));
    for (const auto& weak : weak_answers(m))
        add("weak_" + weak.stem().string(), source.weak(read_file(weak), fs::relative(weak, m.root)));
    return all;
}

variant write_answer(const manifest& m, std::string name, const fs::path& file, const fs::path& to) {
    return write_variant(m, std::move(name), read_file(file), to);
}

variant link_answer(const manifest& m, std::string name, const fs::path& from, const fs::path& to) {
    variant    made{std::move(name), to};
    const auto link = to / (m.sort == kind::swap ? m.chapter_folder().filename() : fs::path{"exercise"});
    fs::create_directories(to);
    fs::remove(link);
    fs::create_directory_symlink(fs::absolute(from), link);
    return made;
}

}  // namespace exercises
