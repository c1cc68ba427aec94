#include "house.hpp"

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const std::string house::greeting = R"(#pragma once
#include <string>

inline std::string hello(const std::string& name) {
    return "hello " + name;
}

inline std::string bye(const std::string& name) {
    return "bye " + name;
}
)";

const std::string house::sum = R"(#pragma once
#include <vector>

inline int sum(const std::vector<int>& all) {
    int total = 0;
    for (unsigned i = 0; i < all.size(); ++i) total += all[i];
    return total;
}
)";

const std::string house::unsound_sum = R"(#pragma once
#include <vector>

inline int sum(const std::vector<int>& all) {
    int total = 0, none = 0;
    const int* each = all.data();
    for (unsigned i = 0; i <= all.size(); ++i) (i < all.size() ? total : none) += each[i];
    return total;
}
)";

house::house() {
    folder_.write("exercises/00_greeting/exercise.txt", R"(title    How to greet
kind     build
place    1
minutes  5
teaches  who comes is greeted
read     lesson/README.md#greeting
file     greeting.hpp
checks   Greeting.SaysHello
checks   Greeting.SaysBye
)");
    folder_.write("exercises/00_greeting/greeting.hpp", R"(#pragma once
#include <string>

inline std::string hello(const std::string& name) {
    //@todo 1 say hello, and the name
    return "hello " + name;
    //@end
}

inline std::string bye(const std::string& name) {
    //@todo 2 say bye
    return "bye " + name;
    //@end
}
)");
    folder_.write("exercises/00_greeting/README.md", "# How to greet\n\nGreet whoever\ncomes.\n");
    folder_.write(
        "exercises/00_greeting/hints.md",
        "## 1\n\n1. Who is it?\n2. A string and a string.\n3. `\"hello \" + name`\n\n## 2\n\n1. b\n2. by\n3. bye\n");
    folder_.write("tests/exercises/00_greeting/checks.cpp", R"(#include <exercise/greeting.hpp>
#include <exercise/expect.hpp>
TEST(Greeting, SaysHello) { exercise::expect(hello("Anna") == "hello Anna", "Anna should hear hello; she hears " + hello("Anna")); }
TEST(Greeting, SaysBye) { exercise::expect(bye("Anna") == "bye Anna", "Anna should hear bye"); }
)");

    folder_.write("exercises/00_sum/exercise.txt", R"(title    A sum
kind     fix
place    2
minutes  5
teaches  all of them count
read     lesson/README.md#summing
file     sum.hpp
checks   Sum.CountsAll
)");
    folder_.write("exercises/00_sum/sum.hpp", R"(#pragma once
#include <vector>

inline int sum(const std::vector<int>& all) {
    int total = 0;
    //@todo 1 one of them is forgotten
    for (unsigned i = 0; i < all.size(); ++i) total += all[i];
    //@instead
    // for (unsigned i = 1; i < all.size(); ++i) total += all[i];
    //@end
    return total;
}
)");
    folder_.write("tests/exercises/00_sum/checks.cpp", R"(#include <exercise/sum.hpp>
#include <exercise/expect.hpp>
TEST(Sum, CountsAll) { exercise::expect(sum({1, 2, 3}) == 6, "1, 2 and 3 are 6, and not " + std::to_string(sum({1, 2, 3}))); }
)");

    folder_.write("lesson/README.md", "# Lesson\n\n## Greeting\n\nOne greets.\n\n## Summing\n\nOne adds.\n");
    folder_.write("build/dev/build.ninja", "build exercise_kit_00: phony\n");
    fs::create_directories(root() / "build/dev/exercises");
    for (const char* kit : {"00.kit", "00_sanitized.kit"})
        if (const auto real = fs::path{HALF_EXERCISES_KITS} / kit; fs::exists(real))
            fs::copy_file(real, root() / "build/dev/exercises" / kit);
}

std::vector<std::string> house::call(std::vector<std::string> words) const {
    std::vector<std::string> all = {HALF_EXERCISES_PROGRAM};
    all.push_back(words.front());
    all.insert(all.end(), {"--root", root().string(), "--build", (root() / "build/dev").string()});
    all.insert(all.end(), words.begin() + 1, words.end());
    return all;
}

exercises::ended house::workbook(std::vector<std::string> words) const {
    return exercises::run(call(std::move(words)), 100s,
                          {{"USER", "anna"}, {"CCACHE_DISABLE", "1"}, {"LC_ALL", "C.UTF-8"}});
}

void house::save(const std::string& file, const std::string& text) const {
    const auto at    = root() / "exercises/my" / file;
    const auto fresh = at.parent_path() / ("." + at.filename().string() + ".swp");
    std::ofstream{fresh, std::ios::binary} << text;
    fs::rename(fresh, at);
}

void house::let_the_compiler_hang() const {
    const auto compiler = folder_.write("hang", "#!/bin/sh\necho $$ >" + (root() / "compiler.new").string() + "\nmv "
                                                    + (root() / "compiler.new").string() + " "
                                                    + (root() / "compiler").string() + "\nsleep 1000\n");
    fs::permissions(compiler, fs::perms::owner_all);
    folder_.write("build/dev/exercises/00.kit",
                  "compiler " + compiler.string() + "\nflags " + compiler.string() + "\n");
}
