// The desk of a library. Its archive is slow, and so is everybody who only wants to know when it closes.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <chrono>
#include <string>

// clang-format off
struct desk {
    struct search { std::string word; int pages; using reply = std::string; };  // one second a page
    struct hours  { using reply = std::string; };

    std::string handle(search s) { return "all about " + s.word; }

    std::string handle(hours) { return "nine to five"; }
};
