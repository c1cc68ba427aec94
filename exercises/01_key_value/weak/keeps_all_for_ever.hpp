// A store of texts by name. A value may be put for some time only; then it goes by itself.
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

// clang-format off
struct key_value {
    struct put   { std::string key, value; half::duration keep = half::forever; };
    struct get   { std::string key; using reply = std::optional<std::string>; };    // nothing: there is no such key
    struct erase { std::string key; using reply = bool; };                          // was there something?
    struct size  { using reply = std::size_t; };

    // A message to itself: the value that was the `number`th to be put has had its time.
    struct expire { std::string key; std::uint64_t number; };

    struct entry {
        std::string   value;
        std::uint64_t number;
    };

    std::map<std::string, entry> entries;
    std::uint64_t                puts = 0;  // how many there have been, over all keys

    std::size_t handle(size) { return entries.size(); }

    void handle(put p) {
        entries[p.key] = {std::move(p.value), ++puts};
    }

    std::optional<std::string> handle(get g) {
        const auto found = entries.find(g.key);
        if (found == entries.end()) return std::nullopt;
        return found->second.value;
    }

    bool handle(erase e) {
        return entries.erase(e.key) == 1;
    }

    void handle(expire e) {
        const auto found = entries.find(e.key);
        if (found != entries.end() && found->second.number == e.number) entries.erase(found);
    }
};
