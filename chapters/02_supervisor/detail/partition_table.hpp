// The shared table of a partition supervisor, and the supervisor's children.
//
// Anybody may look into the table, on any thread. It is written by one supervisor at a time, its owner. The table is made
// when it is first owned: only then is it known how many partitions there are. From then on it neither moves nor grows.
#pragma once

#include <02_supervisor/detail/brood.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace half::detail {

class partition_table {
public:
    explicit partition_table(std::size_t wanted) : wanted_{wanted} {}

    std::size_t size() const { return size_.load(std::memory_order_acquire); }
    pid         at(std::size_t partition) const;  // nobody when it does not run, or there is no such partition
    pid         of(std::size_t hash) const;

    // -- for its owner --------------------------------------------------------------------------------------------
    void open(pid owner, std::size_t cores);  // throws std::invalid_argument: another supervisor has it
    void set(std::size_t partition, pid who) noexcept;
    void close(pid owner) noexcept;

private:
    std::size_t                                   wanted_;
    std::atomic<std::uint64_t>                    owner_{0};  // a pid without its node
    std::unique_ptr<std::atomic<std::uint64_t>[]> addresses_;
    std::atomic<std::size_t>                      size_{0};
};

class partition_household final : public brood {
public:
    using spawn_function = std::function<pid(std::size_t partition, std::unique_ptr<exit_hook> tie)>;

    partition_household(process& here, rules how, std::shared_ptr<partition_table> table, spawn_function spawn);

    task<>
    start_all();  // at the same time; throws half::leave when one does not start, and all others have been stopped

    void exited(pid who, const exit_reason& reason) noexcept override;

private:
    pid  spawn_again(std::uint32_t number, std::unique_ptr<exit_hook> tie) override;
    void forget(std::uint32_t number) noexcept override { table_->set(number, {}); }
    void began(std::uint32_t) override { ++decided_; }
    void did_not_begin(std::uint32_t number, const exit_reason& why) override;

    std::shared_ptr<partition_table> table_;
    spawn_function                   spawn_;
    std::size_t                      decided_ = 0;  // so many have started, or have nothing to do
    std::string                      failed_;       // the first that has not
};

}  // namespace half::detail
