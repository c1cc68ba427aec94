// Many children of one kind that come and go: what dynamic_supervisor, partition_supervisor and task_supervisor share.
//
// Births and ends are signals, and are answered at once: nothing here waits but end_all(). A child is a number, and 16
// bytes in a table; numbers of children that have gone are given out again. What a new life is made of is the business
// of the class that derives from this one.
#pragma once

#include <02_supervisor/detail/family.hpp>
#include <02_supervisor/detail/patience.hpp>
#include <02_supervisor/supervisor.hpp>

#include <optional>
#include <unordered_map>
#include <vector>

namespace half::detail {

class brood : public family {
public:
    struct rules {
        half::restart           restart      = permanent;
        intensity               at_most      = {};
        std::optional<duration> shutdown     = {};
        std::size_t             max_children = SIZE_MAX;
        std::string_view        server       = {};     // the name of the children's type
        bool                    supervisors  = false;  // they are
    };
    brood(process& here, rules how);  // throws std::invalid_argument: the rules make no sense

    bool             full() const { return living_ >= rules_.max_children; }
    std::vector<pid> everybody() const;  // in the order of their start
    child_counts     count() const;

    void   end_one(pid who, from<std::expected<void, child_error>> caller);  // answers when it has ended
    task<> end_all();                                                        // at the same time

    std::string_view        strategy() const override { return "one_for_one"; }
    std::size_t             size() const override { return living_; }
    std::vector<child_info> first(std::size_t at_most = SIZE_MAX) const override;

protected:
    // A new child: `spawn(number, tie)` starts its process and returns the pid.
    template <class Spawn>
    pid begin(Spawn&& spawn, tells what = tells::ends) {
        const auto number = take_number();
        try {
            return lives(number, spawn(number, tie(number, what)));
        } catch (...) {
            give_back(number);
            throw;
        }
    }

    // The next life of a child that had one.
    virtual pid spawn_again(std::uint32_t number, std::unique_ptr<exit_hook> tie) = 0;
    // This child does not come back; its number will be somebody else's.
    virtual void forget(std::uint32_t number) noexcept { (void)number; }
    // The first init() of this child has come to its end (who asked to be told of births hears it), or has thrown.
    virtual void began(std::uint32_t number) { (void)number; }
    virtual void did_not_begin(std::uint32_t number, const exit_reason& why) { (void)number, (void)why; }

private:
    struct life {
        std::uint32_t slot       = 0;  // of its process; of a free number: the next free one
        std::uint32_t generation = 0;  // 0: the number is free
        std::uint32_t restarts   = 0;
        std::uint32_t order      = 0;  // of its first start

        pid who() const { return {0, generation ? slot : 0, generation}; }
    };
    using stopped = from<std::expected<void, child_error>>;
    struct farewell {
        std::vector<stopped> callers;  // who wait for its end
        timer_node*          timer  = nullptr;
        std::uint32_t        serial = 0;
    };

    void heard(news what) override;
    void tell_all_to_end(const exit_reason& why) const noexcept override;

    std::uint32_t                take_number();
    void                         give_back(std::uint32_t number) noexcept;
    pid                          lives(std::uint32_t number, pid who);
    void                         start_again(const news& last);
    void                         give_up(const news& last);
    std::optional<std::uint32_t> number_of(pid who);
    std::vector<std::uint32_t>   numbers(std::size_t at_most) const;

    static constexpr std::uint32_t none = UINT32_MAX;

    rules             rules_;
    patience          patience_;
    std::vector<life> lives_;
    std::uint32_t     free_    = none;
    std::uint32_t     started_ = 0;
    std::size_t       living_  = 0;
    bool              closing_ = false;

    std::unordered_map<std::uint32_t, farewell> leaving_;  // by number
    std::optional<std::unordered_map<std::uint32_t, std::uint32_t>>
        by_slot_;  // number; made when one is first looked for
};

}  // namespace half::detail
