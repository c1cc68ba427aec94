// What the table behind a persister does without knowing its rows: the lists, the time, and who is to be woken.
#pragma once

#include <01_gen_server/gen_server.hpp>
#include <04_persistence/detail/dirty_list.hpp>
#include <04_persistence/detail/table_clock.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace half {
struct persister_status;
}

namespace half::detail {

class dirty_core {
public:
    dirty_core(const dirty_core&)            = delete;
    dirty_core& operator=(const dirty_core&) = delete;

    // -- the flusher's --------------------------------------------------------------------------------------------
    void        flusher_lives(process& here, std::shared_ptr<dirty_core> itself);  // throws already_started
    void        flusher_ended(pid who, engine& home, const exit_reason& why) noexcept;
    void        tell(process& here, std::string remark) const;  // as a report
    static bool simulated(process& here);                       // then there are no files
    void        failed(std::string why);
    void        saved_elsewhere(std::size_t rows);  // so many of those at risk need not be reported as lost

    std::atomic<bool> spilled = false;  // an earlier run left rows in a file: they come first

    void all_is_due();                            // what is at risk now is to be written
    void try_refused_again();                     // so is what was refused
    bool waits_since(std::uint64_t stamp) const;  // something that is at risk since then, and was not refused
    bool rests();  // false: there is something to do. True: the flusher will be woken when there is

    bool writing() const;                   // a batch is under way
    void tell_when_over(from<void> asker);  // at once, if none is

    // -- anybody's ------------------------------------------------------------------------------------------------
    pid              flusher() const;  // nobody, while none lives
    std::uint64_t    stamp() const;    // now: less than what will be at risk will have, and more than all that is
    persister_status status() const;

    // A table lives at least as long as whoever holds it.
    void hold(std::shared_ptr<dirty_core> itself);
    void let_go() noexcept;

protected:
    dirty_core(std::string_view name, std::size_t batch, void (*wake)(pid)) : name_{name}, batch_{batch}, wake_{wake} {}
    ~dirty_core() = default;

    static constexpr std::size_t at_a_time = 256;  // rows under one lock

    // Holds the lock. What has been changed under it may be a reason to wake the flusher.
    class change {
    public:
        explicit change(dirty_core& of) : of_{of}, lock_{of.guard_} {}
        ~change();

    private:
        dirty_core&                  of_;
        std::unique_lock<std::mutex> lock_;
    };

    // -- all under the lock ---------------------------------------------------------------------------------------
    void        put_at_risk(dirty_link& one);  // its state is neither the one on disk nor the one in the batch
    bool        enough_wait() const { return lists_.size(standing::waiting) >= batch_; }
    dirty_link* next_to_write(bool due_or_not) const;
    void        put_into_batch(dirty_link& one);
    void        put_back(dirty_link& one, std::uint64_t since, bool urgent) noexcept;
    void        set_erased(dirty_link& one, bool to) noexcept;
    void        set_rejected(dirty_link& one, bool to) noexcept;

    // -- a batch's, and not under the lock ------------------------------------------------------------------------
    void begin_batch();
    void batch_was_written(std::size_t rows);
    void end_batch() noexcept;

    const std::string_view name_;
    const std::size_t      batch_;
    void (*const wake_)(pid flusher);

    mutable std::mutex  guard_;
    mutable table_clock clock_;
    dirty_lists         lists_;
    std::size_t         entries_ = 0, erased_ = 0, rejected_ = 0;
    std::uint64_t       written_ = 0, batches_ = 0;
    std::string         problem_;

    bool          under_way_ = false;       // a batch
    std::uint64_t in_batch_  = UINT64_MAX;  // since when its oldest row has been at risk
    from<void>    waits_for_batch_;

    pid           flusher_;
    bool          wakeful_ = false;  // it wants to be told of work
    std::uint64_t due_     = 0;      // what is at risk since then

    std::shared_ptr<dirty_core> itself_;
    std::size_t                 holders_ = 0;
    std::size_t                 saved_   = 0;  // elsewhere

private:
    bool has_work() const;
};

}  // namespace half::detail
