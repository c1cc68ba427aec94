// The desk of a library. Its archive is slow, and so is everybody who only wants to know when it closes.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <chrono>
#include <string>

// clang-format off
struct desk {
    struct search { std::string word; int pages; using reply = std::string; };  // one second a page
    struct hours  { using reply = std::string; };

    //@todo 1 let somebody else do the searches, one after the other
    struct clerk {
        struct find { search what; half::from<std::string> reader; };

        half::task<> handle(find f) {
            co_await half::sleep(std::chrono::seconds{f.what.pages});
            f.reader.reply("all about " + f.what.word);
        }
    };

    half::ref<clerk> archive = {};

    void init(half::self<desk> self) { archive = self.spawn(clerk{}); }

    void handle(search s, half::from<std::string> reader) {
        archive.cast(clerk::find{std::move(s), std::move(reader)});
    }
    //@instead
    // half::task<std::string> handle(search s) {
    //     co_await half::sleep(std::chrono::seconds{s.pages});
    //     co_return "all about " + s.word;
    // }
    //@end

    std::string handle(hours) { return "nine to five"; }
};
