#include <exercises/runner/files.hpp>
#include <exercises/runner/git.hpp>
#include <exercises/runner/manifest.hpp>
#include <exercises/runner/process.hpp>

namespace exercises {

std::optional<std::vector<std::string>> git(const std::filesystem::path& root, std::vector<std::string> words) {
    words.insert(words.begin(), {"git", "-C", root.string()});
    const auto said = run(words, std::chrono::seconds{30});
    if (!said.well()) return std::nullopt;
    return lines_of(said.output);
}

std::vector<std::string> edited_checks(const manifest& m) {
    std::vector<std::string> words{"diff", "--name-only", "--relative", "HEAD", "--", "tests/exercises/exercise"};
    words.push_back("exercises/" + m.slug + "/exercise.txt");
    for (const auto& file : m.check_sources())
        words.push_back(file.lexically_relative(m.root.lexically_normal()).string());
    return git(m.root, words).value_or(std::vector<std::string>{});
}

}  // namespace exercises
