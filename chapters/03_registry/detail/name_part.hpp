// One part of a table of names. Its writers hold its lock; its readers hold nothing.
//
// The names are in an array with open addressing: the hash says where to begin, and a name is in the first slots from
// there on. Readers walk from slot to slot until they meet the name or a slot that was never used. What makes it safe
//
//   - An entry is not changed while readers can see it. A new value for a name is a new entry in the same slot.
//   - A name never moves within an array. Where it was taken out the slot says so, so that walks go on past it; the next
//     name that comes that way may use the slot.
//   - An entry lives as long as an array that it was ever in. What is taken out lies in the array's grave until then.
//   - When the array is half used, or has more graves than names, another is made of the names that are left and takes
//     its place. Readers say which array they are in (readers.hpp); the old one goes when nobody is in it any more.
//
// So a reader that stands still in the middle of a look-up keeps one array and what was ever in it: about two entries for
// each name there was, and none that came later. Arrays out of use are looked at each time that one more takes its place.
// A key or value that was taken out is therefore destroyed a little later, by whoever changes that part.
#pragma once

#include <01_gen_server/detail/pool.hpp>
#include <01_gen_server/pid.hpp>
#include <03_registry/detail/readers.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>

namespace half::detail {

// For a name of up to 15 letters without a value: 64 bytes, one line.
template <class Key, class Value>
struct name_entry {
    Key                         key;
    [[no_unique_address]] Value value;
    std::uint32_t               hash;
    std::uint32_t               slot, generation;  // of the process whose name it is

    std::uint32_t arrays = 0;        // how many it is in; under the part's lock
    name_entry*   older  = nullptr;  // the other names of its process, under that lock (name_table.hpp);
    name_entry*   newer  = nullptr;  // in a grave, `older` is the next in there

    pid who() const noexcept { return {0, slot, generation}; }
};

template <class Entry>
struct name_array {
    using position = std::atomic<Entry*>;

    const std::uint32_t               mask;
    const std::unique_ptr<position[]> slots;
    std::uint32_t live = 0, used = 0, dead = 0;  // names; slots that were ever used; entries in the grave
    Entry*        grave = nullptr;
    name_array*   older = nullptr;  // the next that is out of use

    // An address that no entry has.
    static Entry* taken_out() noexcept { return reinterpret_cast<Entry*>(&nobody); }
    alignas(Entry) static inline std::byte nobody{};

    name_array(std::uint32_t size, std::unique_ptr<position[]> all) : mask{size - 1}, slots{std::move(all)} {}

    position& at(std::uint32_t i) const noexcept { return slots[i & mask]; }

    // Null: there is no such name. It comes to an end, since half of the slots at least were never used.
    template <class Like>
    Entry* find(std::uint32_t hash, const Like& name) const {
        for (auto i = hash;; ++i) {
            Entry* there = at(i).load(std::memory_order_acquire);
            if (!there) return nullptr;
            if (there != taken_out() && there->hash == hash && there->key == name) return there;
        }
    }

    template <class F>
    void each(F&& f) const {
        for (std::uint32_t i = 0; i <= mask; ++i)
            if (Entry* there = at(i).load(std::memory_order_acquire); there && there != taken_out()) f(there);
    }

    // The slot of an entry that is here.
    position& of(const Entry* entry) const noexcept {
        for (auto i = entry->hash;; ++i)
            if (at(i).load(std::memory_order_relaxed) == entry) return at(i);
    }

    void put(Entry* entry) noexcept {
        for (auto i = entry->hash;; ++i) {
            Entry* there = at(i).load(std::memory_order_relaxed);
            if (there && there != taken_out()) continue;
            used += !there;
            ++live;
            ++entry->arrays;
            return at(i).store(entry, std::memory_order_release);
        }
    }

    void bury(Entry* entry) noexcept {
        entry->older = std::exchange(grave, entry);
        ++dead;
    }
};

template <class Key, class Value>
class name_part {
public:
    using entry = name_entry<Key, Value>;
    using array = name_array<entry>;

    name_part()                            = default;
    name_part(const name_part&)            = delete;
    name_part& operator=(const name_part&) = delete;
    ~name_part() {  // nobody reads any more
        if (auto* last = now_.load(std::memory_order_relaxed)) free(last);
        while (unused_) free(std::exchange(unused_, unused_->older));
    }

    // -- for anybody ----------------------------------------------------------------------------------------------
    const array* enter(reading& here) const noexcept { return here.enter(now_); }  // null: there never was a name
    std::size_t  count() const noexcept { return count_.load(std::memory_order_relaxed); }

    // -- for who holds its lock -----------------------------------------------------------------------------------
    std::mutex guard;

    template <class Like>
    entry* find(std::uint32_t hash, const Like& name) const {
        auto* all = now_.load(std::memory_order_relaxed);
        return all ? all->find(hash, name) : nullptr;
    }

    // Makes room for one more; may throw, and then nothing has changed.
    void make_room() {
        auto* all = now_.load(std::memory_order_relaxed);
        if (all && (all->used + 1) * 2 <= all->mask + 1) return;
        if (!renew(all ? all->live + 1 : 1)) throw std::bad_alloc{};
    }
    // A name that is not here; there is room.
    void put(entry* added) noexcept {
        now_.load(std::memory_order_relaxed)->put(added);
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    void take_out(entry* removed) noexcept {
        auto* all = now_.load(std::memory_order_relaxed);
        all->of(removed).store(array::taken_out(), std::memory_order_release);
        --all->live;
        count_.fetch_sub(1, std::memory_order_relaxed);
        bury(removed);
    }
    // The same name with another value.
    void replace(entry* before, entry* after) noexcept {
        ++after->arrays;
        now_.load(std::memory_order_relaxed)->of(before).store(after, std::memory_order_release);
        bury(before);
    }

private:
    void bury(entry* removed) noexcept {
        auto* all = now_.load(std::memory_order_relaxed);
        all->bury(removed);
        if (all->dead > 8 && all->dead > all->live) renew(all->live);  // without memory: another time
    }

    // Another array takes the place of this one, with room for so many names.
    bool renew(std::uint32_t names) noexcept {
        std::uint32_t size = 8;
        while (std::uint64_t{names} * 8 > std::uint64_t{size} * 3) size *= 2;
        std::unique_ptr<typename array::position[]> slots{new (std::nothrow) typename array::position[size]{}};
        auto* fresh = slots ? new (std::nothrow) array{size, std::move(slots)} : nullptr;
        if (!fresh) return false;

        auto* before = now_.load(std::memory_order_relaxed);
        if (before) before->each([&](entry* each) { fresh->put(each); });
        now_.store(fresh, std::memory_order_seq_cst);
        if (before) before->older = std::exchange(unused_, before);
        free_unused();
        return true;
    }

    void free_unused() noexcept {
        for (auto** link = &unused_; *link;) {
            auto* old = *link;
            if (anybody_reads(old)) {
                link = &old->older;
                continue;
            }
            *link = old->older;
            free(old);
        }
    }

    static void free(array* old) noexcept {
        auto let_go = [](entry* each) {
            if (--each->arrays == 0) pool_delete(each);
        };
        for (auto* dead = old->grave; dead;) let_go(std::exchange(dead, dead->older));
        old->each(let_go);
        delete old;
    }

    // Readers look here; what writers write is on lines of its own.
    alignas(64) std::atomic<array*> now_{nullptr};

    alignas(64) array* unused_ = nullptr;  // out of use, and perhaps still read
    std::atomic<std::size_t> count_{0};
};

}  // namespace half::detail
