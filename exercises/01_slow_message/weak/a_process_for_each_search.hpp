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
        struct find { search what; half::from<std::string> reader; };

        half::task<> handle(find f) {
            co_await half::sleep(std::chrono::seconds{f.what.pages});
            f.reader.reply("all about " + f.what.word);
        }
    };

    void handle(search s, half::from<std::string> reader, half::self<desk> self) {
        self.spawn(clerk{}).cast(clerk::find{std::move(s), std::move(reader)});
    }

    std::string handle(hours) { return "nine to five"; }
};
