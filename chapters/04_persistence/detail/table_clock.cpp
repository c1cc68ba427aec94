#include <01_gen_server/detail/engine.hpp>
#include <04_persistence/detail/table_clock.hpp>

#include <chrono>

namespace half::detail {
namespace {

std::uint64_t real_time() noexcept {
    const std::chrono::nanoseconds since{std::chrono::steady_clock::now().time_since_epoch()};
    return static_cast<std::uint64_t>(since.count());
}

}  // namespace

table_clock::table_clock() noexcept : heard_{real_time()} {}

std::uint64_t table_clock::now() noexcept {
    const auto*   here = worker::current();
    const engine* asks = here ? here->home : known_;
    if (!asks && asked_) return now_;  // it was virtual, and nobody knows it now
    if (asks && !asks->simulated()) asks = nullptr;

    const auto said = asks ? asks->now_ns() : real_time();
    if (asks == asked_ && said > heard_) now_ += said - heard_;
    asked_ = asks;
    heard_ = said;
    return now_;
}

std::uint64_t table_clock::stamp() noexcept {
    last_ = std::max(now(), last_ + 1);
    return last_;
}

}  // namespace half::detail
