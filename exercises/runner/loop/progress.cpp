#include "progress.hpp"

#include "atomic_file.hpp"
#include "text.hpp"

#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace exercises {
namespace {

constexpr std::string_view headline = "half-of-erlang exercises";
constexpr int              version  = 1;

bool a_number(const std::string& word, int& number) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc{} && end == word.data() + word.size() && number > 0 && number < 1000;
}

bool take_line(const std::vector<std::string>& words, progress& into) {
    int        hole  = 0;
    int        shown = 0;
    const auto name  = words.size() > 1 ? words[1] : std::string{};
    const auto is = [&](std::string_view word, std::size_t count) { return words[0] == word && words.size() == count; };
    if (is("current", 2)) into.current = name;
    else if (is("done", 2)) into.of[name].done = true;
    else if (is("gave_up", 2)) into.of[name].gave_up = true;
    else if (is("hints", 4) && a_number(words[2], hole) && a_number(words[3], shown)) into.of[name].hints[hole] = shown;
    else return false;
    return true;
}

// Held while the file is read, changed and written. Where locks do not work, we do without.
struct lock {
    int fd;
    explicit lock(const std::filesystem::path& file) : fd{open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)} {
        if (fd >= 0) flock(fd, LOCK_EX);
    }
    lock(const lock&)            = delete;
    lock& operator=(const lock&) = delete;
    ~lock() {
        if (fd >= 0) close(fd);
    }
};

std::filesystem::path beside(const std::filesystem::path& file, const std::string& more) {
    return file.string() + more;
}

}  // namespace

read_progress parse_progress(std::string_view text) {
    read_progress found;
    int           number = 0;
    for (const auto& line : lines_of(text)) {
        ++number;
        const auto words = words_of(line);
        if (words.empty() || words[0].starts_with('#')) continue;
        if (line.starts_with(headline) && a_number(words.back(), found.version)) continue;
        if (!take_line(words, found.known)) found.strange.push_back({number, printable(line)});
    }
    return found;
}

std::string to_text(const progress& what) {
    std::string text = std::string{headline} + " " + std::to_string(version) + "\n";
    if (!what.current.empty()) text += "current  " + what.current + "\n";
    for (const auto& [name, did] : what.of) {
        if (did.done) text += "done     " + name + "\n";
        if (did.gave_up) text += "gave_up  " + name + "\n";
        for (const auto& [hole, shown] : did.hints)
            text += "hints    " + name + " " + std::to_string(hole) + " " + std::to_string(shown) + "\n";
    }
    return text;
}

progress progress_file::read() {
    std::error_code ignored;
    if (!std::filesystem::exists(file_, ignored)) return {};
    const lock held{beside(file_, ".lock")};
    return read_locked();
}

progress progress_file::change(const std::function<void(progress&)>& how) {
    std::error_code ignored;
    std::filesystem::create_directories(file_.parent_path(), ignored);
    const lock held{beside(file_, ".lock")};
    auto       what = read_locked();
    how(what);
    write_locked(what);
    return what;
}

std::vector<std::string> progress_file::complaints() { return std::exchange(complaints_, {}); }

progress progress_file::read_locked() {
    const auto content = content_of(file_);
    if (!content) return {};
    auto found = parse_progress(*content);
    if (found.version > version) {
        const auto aside = beside(file_, "." + std::to_string(found.version));
        std::filesystem::copy_file(file_, aside, std::filesystem::copy_options::overwrite_existing);
        complaints_.push_back(
            file_.string()
            + " is from a newer workbook; what this one understands of it is used, and the whole is kept in "
            + aside.string());
        write_locked(found.known);
    } else if (!found.strange.empty()) {
        const auto    aside = beside(file_, ".aside");
        std::ofstream out{aside, std::ios::app};
        for (const auto& [number, text] : found.strange) {
            complaints_.push_back(file_.string() + ":" + std::to_string(number) + ": this line means nothing: " + text);
            out << text << "\n";
        }
        complaints_.push_back("What means nothing was moved to " + aside.string() + ".");
        if (out.flush()) write_locked(found.known);
    }
    return found.known;
}

void progress_file::write_locked(const progress& what) {
    try {
        write_whole(file_, to_text(what));
    } catch (const std::exception& error) {
        complaints_.push_back(std::string{"Your progress could not be written down: "} + error.what());
    }
}

}  // namespace exercises
