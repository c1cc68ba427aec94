#include <01_gen_server/detail/worker.hpp>
#include <02_supervisor/child.hpp>
#include <03_registry/registry.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace half {

std::string to_string(const taken& refusal) {
    return fmt::format("the name '{}' is taken by {}", refusal.name, refusal.by);
}

void added::or_throw() const {
    if (!*this) throw already_started{error().by, to_string(error())};
}

namespace detail {

process& newborn() {
    auto* here = worker::current() ? worker::current()->running.load(std::memory_order_relaxed) : nullptr;
    if (!here)
        throw std::logic_error{"half::named() makes a `.start` for a supervisor: it is called in the new process"};
    return *here;
}

// Called in the turn of the process it belongs to.
std::string names_hook::describe() const {
    constexpr std::size_t shown = 3, longest = 40;
    const auto*           here  = worker::current()->running.load(std::memory_order_relaxed);
    auto                  names = table_->words(here->id());
    const auto            more  = names.size() > shown ? fmt::format(" and {} more", names.size() - shown) : "";
    names.resize(std::min(names.size(), shown));
    for (auto& name : names)
        if (name.size() > longest) name = name.substr(0, longest) + "...";
    return fmt::format("named '{}'{}", fmt::join(names, "', '"), more);
}

}  // namespace detail
}  // namespace half
