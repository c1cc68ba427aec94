#include <01_gen_server/detail/engine.hpp>
#include <02_supervisor/detail/partition_table.hpp>

#include <stdexcept>

namespace half::detail {

namespace {

std::uint64_t packed(pid who) { return std::uint64_t{who.slot} << 32 | who.generation; }
pid unpacked(std::uint64_t p) { return {0, static_cast<std::uint32_t>(p >> 32), static_cast<std::uint32_t>(p)}; }

constexpr std::size_t simulated_cores = 4;  // the same on each machine

}  // namespace

// -- the table ------------------------------------------------------------------------------------------------------

pid partition_table::at(std::size_t partition) const {
    return partition < size() ? unpacked(addresses_[partition].load(std::memory_order_acquire)) : pid{};
}

pid partition_table::of(std::size_t hash) const {
    // std::hash of a number is the number: spread it, then scale it to the size.
    const auto spread = std::uint64_t{hash} * 0x9E3779B97F4A7C15u;
    return at(static_cast<std::size_t>((spread >> 32) * size() >> 32));
}

void partition_table::open(pid owner, std::size_t cores) {
    auto before = owner_.load(std::memory_order_acquire);
    if (process::find(unpacked(before)) || !owner_.compare_exchange_strong(before, packed(owner)))
        throw std::invalid_argument{fmt::format(
            "these partitions belong to {} already: give each supervisor partitions of its own", unpacked(before))};
    if (size()) return;
    const auto number = wanted_ ? wanted_ : cores;
    addresses_        = std::make_unique<std::atomic<std::uint64_t>[]>(number);
    size_.store(number, std::memory_order_release);
}

void partition_table::set(std::size_t partition, pid who) noexcept {
    addresses_[partition].store(packed(who), std::memory_order_release);
}

void partition_table::close(pid owner) noexcept {
    if (owner_.load(std::memory_order_acquire) != packed(owner)) return;
    for (std::size_t i = 0; i < size(); ++i) set(i, {});
    owner_.store(0, std::memory_order_release);
}

// -- the children ---------------------------------------------------------------------------------------------------

partition_household::partition_household(process& here, rules how, std::shared_ptr<partition_table> table,
                                         spawn_function spawn)
    : brood{here, how}, table_{std::move(table)}, spawn_{std::move(spawn)} {
    table_->open(here.id(), here.home->simulated() ? simulated_cores : here.home->stats().workers);
}

task<> partition_household::start_all() {
    for (std::size_t n = 0; n < table_->size(); ++n)
        begin([&](std::uint32_t number, std::unique_ptr<exit_hook> tie) { return spawn_again(number, std::move(tie)); },
              tells::births_and_ends);
    while (decided_ < table_->size() && failed_.empty() && !gave_up_) co_await any_news();
    if (failed_.empty() && !gave_up_) co_return;
    co_await end_all();
    throw leave{gave_up_ ? *here().more().stopping : exit_reason::shutdown(failed_)};
}

pid partition_household::spawn_again(std::uint32_t number, std::unique_ptr<exit_hook> tie) {
    const pid who = spawn_(number, std::move(tie));
    table_->set(number, who);
    return who;
}

void partition_household::did_not_begin(std::uint32_t number, const exit_reason& why) {
    if (why.why == exit_reason::kind::normal) ++decided_;  // half::ignore
    else if (failed_.empty()) failed_ = fmt::format("partition {} did not start: {}", number, why);
}

void partition_household::exited(pid who, const exit_reason& reason) noexcept {
    brood::exited(who, reason);
    table_->close(who);
}

}  // namespace half::detail
