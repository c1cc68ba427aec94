#include <01_gen_server/detail/engine.hpp>
#include <04_persistence/state_guardian.hpp>

namespace half {

too_many_states::too_many_states(std::size_t at_most)
    : std::length_error{fmt::format("{} states are kept, and no more may be", at_most)} {}

namespace detail {

void tell_of_suspect(process& newborn, std::string_view server, const std::string& key, std::size_t lives) {
    auto remark =
        fmt::format("{} lives in a row began from the state kept as '{}' and crashed before they kept another: it "
                    "is set aside, and this life begins from scratch",
                    lives, key);
    newborn.home->tell({.what   = report::kind::remark,
                        .pid    = newborn.id(),
                        .server = std::string{server},
                        .remark = std::move(remark)});
}

}  // namespace detail
}  // namespace half
