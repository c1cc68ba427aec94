// Memory that is read without a lock, and when it may be freed.
//
// A writer must not free what somebody reads at this moment. So a reader says what it reads before it reads it, in a
// record of its own that everybody can see. A writer takes a thing out of use first, and frees it when no record names it.
//
//     reader                                       writer
//     1  p = where                                 1  where = another
//     2  my record = p                             2  look at all records
//     3  where is still p? if not, again at 1      3  nobody reads p: free it
//
// All threads agree on one order of the reader's 2 and 3 and the writer's 1 and 2 (they are sequentially consistent). So
// either the reader's 3 comes after the writer's 1, and it starts again; or the writer's 2 comes after the reader's 2,
// and it lets p be. Nobody waits: a reader starts again only when a writer got something done in between.
//
// A reader that never comes back keeps one thing from being freed, whatever is taken out of use after it. Such records
// are known as hazard pointers.
#pragma once

#include <atomic>
#include <utility>

namespace half::detail {

// A line of its own: readers do not disturb each other. Records are used again and never freed, so their number is the
// most threads (and look-ups inside look-ups) there ever were at a time.
struct alignas(64) reader_record {
    std::atomic<const void*> reads{nullptr};
    std::atomic<bool>        taken{true};
    reader_record*           next = nullptr;
};

extern constinit thread_local reader_record* my_record;  // null: it is in use, or this thread never read anything

reader_record* take_record();
void           give_back(reader_record* record) noexcept;
bool           anybody_reads(const void* thing) noexcept;  // for a writer, after it was taken out of use

// What is entered stays as long as this lives. Readings may be nested: a key's own == may look something up.
class reading {
public:
    reading() : record_{std::exchange(my_record, nullptr)} {
        if (!record_) record_ = take_record();
    }
    reading(const reading&)            = delete;
    reading& operator=(const reading&) = delete;
    ~reading() {
        record_->reads.store(nullptr, std::memory_order_release);  // what was read was read before this
        if (my_record) give_back(record_);
        else my_record = record_;
    }

    template <class T>
    const T* enter(const std::atomic<T*>& where) noexcept {
        for (const T* p = where.load(std::memory_order_relaxed);;) {
            record_->reads.store(p, std::memory_order_seq_cst);
            const T* still = where.load(std::memory_order_seq_cst);
            if (still == p) return p;
            p = still;
        }
    }

private:
    reader_record* record_;
};

}  // namespace half::detail
