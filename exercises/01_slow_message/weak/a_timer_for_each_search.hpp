// The desk of a library. Its archive is slow, and so is everybody who only wants to know when it closes.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <chrono>
#include <string>

// clang-format off
struct desk {
    struct search { std::string word; int pages; using reply = std::string; };  // one second a page
    struct hours  { using reply = std::string; };

    struct found { std::string word; half::from<std::string> reader; };

    void handle(search s, half::from<std::string> reader, half::self<desk> self) {
        self.send_after(std::chrono::seconds{s.pages}, found{std::move(s.word), std::move(reader)});
    }
    void handle(found f) { f.reader.reply("all about " + f.word); }

    std::string handle(hours) { return "nine to five"; }
};
