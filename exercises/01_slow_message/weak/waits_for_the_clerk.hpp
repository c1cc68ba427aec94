// The desk of a library. Its archive is slow, and so is everybody who only wants to know when it closes.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <chrono>
#include <string>

// clang-format off
struct desk {
    struct search { std::string word; int pages; using reply = std::string; };  // one second a page
    struct hours  { using reply = std::string; };

    struct clerk {
        struct find { search what; using reply = std::string; };

        half::task<std::string> handle(find f) {
            co_await half::sleep(std::chrono::seconds{f.what.pages});
            co_return "all about " + f.what.word;
        }
    };

    half::ref<clerk> archive = {};

    void init(half::self<desk> self) { archive = self.spawn(clerk{}); }

    half::task<std::string> handle(search s) {
        co_return co_await archive.call(clerk::find{std::move(s)}, half::forever);
    }

    std::string handle(hours) { return "nine to five"; }
};
