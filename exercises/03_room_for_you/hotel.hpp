// A house of rooms: whoever asks for a topic gets the one room of that topic, and it is opened if there is none.
#pragma once

#include <02_supervisor/dynamic_supervisor.hpp>
#include <03_registry/registry.hpp>

#include <string>

// clang-format off
struct room {
    struct topic { using reply = std::string; };

    std::string about;

    std::string handle(topic) { return about; }
};

using house = half::dynamic_supervisor<room, std::string>;

inline half::registry<room> rooms;

// How the house opens a room, given its topic: under its topic as a name.
inline house open_house(std::size_t max_rooms = 100) {
    return {
        //@todo 1 each room has its topic for a name; see half::named for a dynamic supervisor
        .start = half::named(rooms, [](const std::string& topic) { return topic; },
                                    [](const std::string& topic) { return room{topic}; }),
        //@instead
        // .start = [](const std::string& topic) { return room{topic}; },
        //@end
        .restart = half::temporary, .max_children = max_rooms,
    };
}

// The room of this topic. Throws std::runtime_error when there is none and none can be opened.
inline half::task<half::ref<room>> visit(half::ref<house> doorman, std::string topic) {
    //@todo 2 the room that is there, or a new one; somebody else may open it at the same moment
    if (auto there = rooms.find(topic)) co_return there;
    auto opened = co_await doorman.call(house::start_child{topic});
    if (opened) co_return *opened;
    if (opened.error() == half::child_error::already_there) co_return half::ref<room>{opened.error().who};
    throw std::runtime_error{to_string(opened.error())};
    //@instead
    // (void)doorman;
    // co_return rooms.find(topic);
    //@end
}
