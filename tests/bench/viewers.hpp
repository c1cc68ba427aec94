// Who watches which pet: a table from name to handles, locked in 64 parts. Each peer keeps its own kind of handle in
// it. It stands where a registry will stand, so that a tick does the work of a real pet's tick: look up, tell, carry
// on.
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace bench {

template <class Handle>
class viewers {
    struct part {
        std::shared_mutex                            lock;
        std::unordered_multimap<std::string, Handle> handles;
    };
    std::array<part, 64> parts;

    part& part_of(const std::string& name) { return parts[std::hash<std::string>{}(name) % parts.size()]; }

public:
    void add(const std::string& name, Handle handle) {
        part&            mine = part_of(name);
        std::unique_lock hold(mine.lock);
        mine.handles.emplace(name, std::move(handle));
    }

    template <class Function>
    void each(const std::string& name, Function tell) {
        part&            mine = part_of(name);
        std::shared_lock hold(mine.lock);
        auto [from, to] = mine.handles.equal_range(name);
        for (; from != to; ++from) tell(from->second);
    }
};

}  // namespace bench
