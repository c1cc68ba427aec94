// Writes the report that a verdict is made of (exercises/runner/report.hpp). Linked into a test program it listens, when
// $HALF_REPORT names a file; each line is in the file before the next thing happens, because the program may not live on.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <exercise/expect.hpp>
#include <exercise/todo.hpp>
#include <string>
#include <string_view>

namespace {

class reporter final : public testing::EmptyTestEventListener {
public:
    explicit reporter(const char* file, const char* run) : to_{std::fopen(file, "w")} {
        if (!to_) std::perror(file), std::abort();
        line("run", run ? run : "?");
        here_          = this;
        half::todo_met = [](int hole, const char* task) { here_->line("todo", std::to_string(hole) + " " + task); };
    }

    void OnTestStart(const testing::TestInfo& test) override {
        line("check", std::string{test.test_suite_name()} + "." + test.name());
    }

    void OnTestPartResult(const testing::TestPartResult& part) override {
        if (!part.failed()) return;
        line("failed",
             std::string{part.file_name() ? part.file_name() : "?"} + ":" + std::to_string(part.line_number()));
        std::string_view text = part.message();
        if (text.starts_with("Failed\n")) text.remove_prefix(7);
        quote(text);
        if (told_ || !exercise::story_so_far) return;
        told_ = true;
        line("story", "");
        quote(exercise::story_so_far());
    }

    void OnTestEnd(const testing::TestInfo& test) override {
        const auto& result = *test.result();
        line("result", result.Skipped() ? "skipped" : result.Passed() ? "passed" : "failed");
        told_ = false;
    }

    void OnTestProgramEnd(const testing::UnitTest&) override { line("end", ""); }

private:
    void line(std::string_view word, std::string_view says) {
        std::fprintf(to_, "%.*s%s%.*s\n", static_cast<int>(word.size()), word.data(), says.empty() ? "" : " ",
                     static_cast<int>(says.size()), says.data());
        std::fflush(to_);
    }
    void quote(std::string_view text) {
        while (!text.empty()) {
            const auto end = text.find('\n');
            line("|", text.substr(0, end));
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
        }
    }

    static inline reporter* here_ = nullptr;

    std::FILE* to_;
    bool       told_ = false;
};

[[maybe_unused]] const bool listens = [] {
    if (const char* file = std::getenv("HALF_REPORT")) {
        auto& listeners = testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());  // what is printed is the learner's own
        listeners.Append(new reporter{file, std::getenv("HALF_REPORT_RUN")});
    }
    return true;
}();

}  // namespace
