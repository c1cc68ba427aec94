// A weather station has a name, and is started again when it fails. The thermometer on the roof has not heard of it.
#pragma once

#include <03_registry/registry.hpp>
#include <03_registry/via.hpp>

#include <string>

// clang-format off
// The station. It writes a report in two parts: opened with a title, then filled with lines. Nothing is to be changed here.
struct station {
    struct open_report { std::string title; };
    struct line        { std::string text; };
    struct thunder     {};                          // it does not survive that
    struct read        { using reply = std::string; };

    std::string report = "";

    void        handle(open_report r) { report += "[" + r.title + "]"; }
    void        handle(line l)        { report += l.text; }
    void        handle(thunder)       { throw std::runtime_error{"struck by lightning"}; }
    std::string handle(read)          { return report; }
};

inline half::registry<station> stations;  // "roof" is the one that counts

struct thermometer {
    struct measure { int degrees; };          // one line to the station
    struct full_report {};                    // a report with a title and a line: both to the same life, or to none

    //@todo 1 how does it reach the station that is there when it speaks? (init() runs once)
    half::via<half::registry<station>> to{stations, "roof"};

    void init() {}
    //@instead
    // half::ref<station> to = {};
    //
    // void init() { to = stations.find("roof"); }
    //@end

    void handle(measure m) { to.cast(station::line{std::to_string(m.degrees) + " "}); }

    half::task<> handle(full_report) {
        //@todo 2 the title and the line take a while; both must go to the same life
        auto now = stations.find("roof");
        now.cast(station::open_report{"noon"});
        co_await half::sleep(std::chrono::seconds{1});  // it takes its time to measure
        now.cast(station::line{"21 "});
        //@instead
        // to.cast(station::open_report{"noon"});
        // co_await half::sleep(std::chrono::seconds{1});  // it takes its time to measure
        // stations.find("roof").cast(station::line{"21 "});
        //@end
    }
};
