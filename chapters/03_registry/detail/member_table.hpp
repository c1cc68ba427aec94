// Who stands under a key, in the order in which they came. All of this chapter but the registry itself stands on it.
//
//   - The keys are split into parts, each with a lock. Under a key is an array of its members. Who goes leaves a gap;
//     when more than half of an array is gaps, it is closed up. A key without members is gone.
//   - A process has one exit hook for each table that it stands in, and its places hang in it. So its end costs as much
//     as it has places; nobody looks for it.
//   - Who reads takes a handful of members under the lock, and uses them without it. Members are numbered as they come,
//     so the next handful is found whatever happened meanwhile. Who came after the reader began, or has gone, is not read.
//   - No user code runs under a lock, but for what a key does: hash, compare, move, copy for keys(). A key must not come
//     back into its own table there; a debug build checks it.
//   - A process that the watchdog left behind may be in the middle of a change while its hooks are told on another thread.
//     process::change_hooks() decides who was first. Locks are taken in this order: a part's, then the process's.
#pragma once

#include <01_gen_server/detail/slots.hpp>
#include <01_gen_server/detail/worker.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace half::detail {

// A member as it is read. The tag is what the table keeps with it: copied under the lock, so a pointer or nothing.
template <class Tag>
struct member {
    pid                       who;
    [[no_unique_address]] Tag tag;
};

template <class Key, class Tag>
class member_table : public std::enable_shared_from_this<member_table<Key, Tag>> {
    static_assert(requires(const Key& key) { std::hash<Key>{}(key), key == key; }, "a key needs std::hash<Key> and ==");
    static_assert(!std::is_same_v<Key, const char*>,
                  "a const char* is a place and no text: let the key be a std::string");

public:
    // What a member is, in words: "member of", "subscribed to".
    explicit member_table(std::string_view relation) : relation_{relation} {}
    virtual ~member_table()                      = default;
    member_table(const member_table&)            = delete;
    member_table& operator=(const member_table&) = delete;

    // -- what a process does for itself, in its turn --------------------------------------------------------------
    // False when it stands there already, with a tag that is the same: `same(tag)`.
    template <class Same>
    bool add(process& here, Key key, Tag tag, Same same);
    // How many of its places went: those of which `which(tag)` says so.
    template <class Which>
    std::size_t      remove(process& here, const Key& key, Which which);
    std::size_t      remove_all(process& here);           // how many there were
    std::vector<Tag> own(process& here, const Key& key);  // the tags of its places, oldest first
    // Puts another tag in the place of one of its own; false when that is not there.
    bool exchange(process& here, const Key& key, const Tag& before, Tag after);

    // -- what anybody may do --------------------------------------------------------------------------------------
    // Calls `f(pid, tag)` for each, without a lock.
    template <class F>
    void                     each(const Key& key, F f) const;
    std::vector<member<Tag>> all(const Key& key) const;  // at one moment
    std::size_t              count(const Key& key) const;
    std::size_t              count() const;
    std::vector<Key>         keys(pid of) const;  // looks at everything

protected:
    static constexpr std::size_t parts = 16;

    // A change, told under the lock of its part, so in order. A tag that is null: it was not there, or is no more.
    virtual void changed(std::size_t part, const Key& key, pid who, const Tag* before, const Tag* after) {
        (void)part, (void)key, (void)who, (void)before, (void)after;
    }
    // After a change, without the lock.
    virtual void told(std::size_t part) { (void)part; }

private:
    struct place;
    struct entry {
        std::uint32_t             slot = 0, generation = 0;
        std::uint64_t             number = 0;
        place*                    owner  = nullptr;  // null: a gap
        [[no_unique_address]] Tag tag;

        pid who() const { return {0, slot, generation}; }
    };
    struct row {
        std::vector<entry> entries;
        std::size_t        gaps = 0;
    };
    using rows = std::unordered_map<Key, row>;
    using node = typename rows::value_type;

    // The other end of an entry. It belongs to the process; `where` and `at` to whoever holds the lock of the part.
    struct place {
        place*        next   = nullptr;
        place*        before = nullptr;
        node*         where  = nullptr;  // null: its process has ended
        std::uint32_t at     = 0;
        std::uint32_t part   = 0;
    };

    struct alignas(64) part_of_keys {
        mutable std::mutex guard;
        rows               by_key;
        std::size_t        members = 0;
    };

    class locked;
    class stay;

    std::size_t part_of(const Key& key) const { return std::hash<Key>{}(key) * 0x9E3779B97F4A7C15u >> 60; }
    stay*       stay_of(process& here) const noexcept;  // null: it has none
    stay*       make_stay(process& here);               // null: the process was left behind
    template <class F>
    void        each_own(node& at, std::size_t part, process& here, const stay& mine, F f);
    Tag         vacate(place& left);
    void        close_up(part_of_keys& part, node& at);
    void        forget(place* first) noexcept;
    std::string describe(const place* first, std::size_t count) const;
    std::size_t read(const Key& key, std::uint64_t& from, std::uint64_t& until, std::span<member<Tag>> into) const;

    std::array<part_of_keys, parts> parts_;
    std::atomic<std::uint64_t>      numbers_{1};
    std::string_view                relation_;
};

// -- locks --------------------------------------------------------------------------------------------------------

#ifndef NDEBUG
inline constinit thread_local const void* locked_on_this_thread = nullptr;
#endif

template <class Key, class Tag>
class member_table<Key, Tag>::locked {
public:
    explicit locked(const part_of_keys& part) : guard_{part.guard} {
#ifndef NDEBUG
        assert(locked_on_this_thread != &part && "a key must not use its own table while it is hashed or compared");
        before_ = std::exchange(locked_on_this_thread, &part);
#endif
        guard_.lock();
    }
    ~locked() {
        guard_.unlock();
#ifndef NDEBUG
        locked_on_this_thread = before_;
#endif
    }
    locked(const locked&)            = delete;
    locked& operator=(const locked&) = delete;

private:
    std::mutex& guard_;
#ifndef NDEBUG
    const void* before_ = nullptr;
#endif
};

// -- the hook: all places of one process --------------------------------------------------------------------------

template <class Key, class Tag>
class member_table<Key, Tag>::stay final : public exit_hook {
public:
    explicit stay(std::shared_ptr<member_table> in) : table_{std::move(in)} {}
    ~stay() override {
        while (first_) pool_delete(std::exchange(first_, first_->next));
    }
    stay(const stay&)            = delete;
    stay& operator=(const stay&) = delete;

    bool        forgets() const override { return true; }
    void        exited(pid, const exit_reason&) noexcept override { table_->forget(first_); }
    std::string describe() const override { return table_->describe(first_, count_); }

    bool        in(const member_table* table) const { return table_.get() == table; }
    place*      first() const { return first_; }
    std::size_t count() const { return count_; }

    // Both within process::change_hooks().
    void link(place& p) noexcept {
        p.before                       = last_;
        (last_ ? last_->next : first_) = &p;
        last_                          = &p;
        ++count_;
    }
    void unlink(place& p) noexcept {
        (p.before ? p.before->next : first_) = p.next;
        (p.next ? p.next->before : last_)    = p.before;
        --count_;
    }

private:
    std::shared_ptr<member_table> table_;
    place*                        first_ = nullptr;  // the oldest
    place*                        last_  = nullptr;
    std::size_t                   count_ = 0;
};

template <class Key, class Tag>
auto member_table<Key, Tag>::stay_of(process& here) const noexcept -> stay* {
    auto* rare = here.extra.load(std::memory_order_relaxed);
    for (auto* hook = rare ? rare->hooks.get() : nullptr; hook; hook = hook->next.get())
        if (auto* found = dynamic_cast<stay*>(hook); found && found->in(this)) return found;
    return nullptr;
}

template <class Key, class Tag>
auto member_table<Key, Tag>::make_stay(process& here) -> stay* {
    here.on_exit(std::make_unique<stay>(this->shared_from_this()));
    return stay_of(here);
}

// -- changes ------------------------------------------------------------------------------------------------------

template <class Key, class Tag>
template <class Same>
bool member_table<Key, Tag>::add(process& here, Key key, Tag tag, Same same) {
    auto* mine = stay_of(here);
    if (!mine) mine = make_stay(here);
    if (!mine) return false;

    const auto number = part_of(key);
    auto&      part   = parts_[number];
    bool       added  = true;
    {
        const locked lock{part};
        auto&        at = *part.by_key.try_emplace(std::move(key)).first;
        each_own(at, number, here, *mine, [&](entry& e) { added = added && !same(std::as_const(e.tag)); });
        if (added) {
            auto&      entries = at.second.entries;
            const auto me      = here.id();
            auto*      fresh   = pool_new<place>(nullptr, nullptr, &at, static_cast<std::uint32_t>(entries.size()),
                                                 static_cast<std::uint32_t>(number));
            added              = here.change_hooks([&] { mine->link(*fresh); });
            if (added) {
                entries.push_back(
                    {me.slot, me.generation, numbers_.fetch_add(1, std::memory_order_relaxed), fresh, std::move(tag)});
                ++part.members;
                changed(number, at.first, me, nullptr, &entries.back().tag);
            } else {
                pool_delete(fresh);
                close_up(part, at);
            }
        }
    }
    if (added) told(number);
    return added;
}

template <class Key, class Tag>
template <class Which>
std::size_t member_table<Key, Tag>::remove(process& here, const Key& key, Which which) {
    auto* mine = stay_of(here);
    if (!mine) return 0;

    const auto       number = part_of(key);
    auto&            part   = parts_[number];
    std::vector<Tag> gone;  // destroyed without the lock
    {
        const locked lock{part};
        const auto   found = part.by_key.find(key);
        if (found == part.by_key.end()) return 0;
        each_own(*found, number, here, *mine, [&](entry& e) {
            auto* left = e.owner;
            if (!which(std::as_const(e.tag)) || !here.change_hooks([&] { mine->unlink(*left); })) return;
            gone.push_back(vacate(*left));
            pool_delete(left);
        });
        if (!gone.empty()) close_up(part, *found);
    }
    if (gone.empty()) return 0;
    if (mine->count() == 0) here.forget(*mine);
    told(number);
    return gone.size();
}

template <class Key, class Tag>
std::size_t member_table<Key, Tag>::remove_all(process& here) {
    auto*      mine = stay_of(here);
    const auto hook = mine ? here.forget(*mine) : nullptr;
    if (!hook) return 0;
    forget(mine->first());
    return mine->count();
}

template <class Key, class Tag>
std::vector<Tag> member_table<Key, Tag>::own(process& here, const Key& key) {
    std::vector<Tag> tags;
    const auto       number = part_of(key);
    if (auto* mine = stay_of(here)) {
        const locked lock{parts_[number]};
        const auto   found = parts_[number].by_key.find(key);
        if (found != parts_[number].by_key.end())
            each_own(*found, number, here, *mine, [&](entry& e) { tags.push_back(e.tag); });
    }
    return tags;
}

template <class Key, class Tag>
bool member_table<Key, Tag>::exchange(process& here, const Key& key, const Tag& before, Tag after) {
    auto* mine = stay_of(here);
    if (!mine) return false;

    const auto number = part_of(key);
    bool       done   = false;
    {
        const locked lock{parts_[number]};
        const auto   found = parts_[number].by_key.find(key);
        if (found == parts_[number].by_key.end()) return false;
        each_own(*found, number, here, *mine, [&](entry& e) {
            if (done || e.tag != before) return;
            done = true;
            std::swap(e.tag, after);
            changed(number, found->first, e.who(), &after, &e.tag);
        });
    }
    if (done) told(number);
    return done;
}

// Under the lock: the entries of a process at a key, oldest first. It looks among the places of the process or among the
// members of the key, whichever are fewer.
template <class Key, class Tag>
template <class F>
void member_table<Key, Tag>::each_own(node& at, std::size_t part, process& here, const stay& mine, F f) {
    auto& entries = at.second.entries;
    if (mine.count() < entries.size()) {
        for (auto *p = mine.first(), *next = p; p; p = next) {
            next = p->next;
            if (p->part == part && p->where == &at) f(entries[p->at]);
        }
    } else {
        for (auto& e : entries)
            if (e.owner && e.who() == here.id()) f(e);
    }
}

// Under the lock: leaves a gap.
template <class Key, class Tag>
Tag member_table<Key, Tag>::vacate(place& left) {
    auto& at = *left.where;
    auto& e  = at.second.entries[left.at];
    changed(left.part, at.first, e.who(), &e.tag, nullptr);
    e.owner    = nullptr;
    left.where = nullptr;
    ++at.second.gaps;
    --parts_[left.part].members;
    return std::exchange(e.tag, Tag{});
}

// Under the lock.
template <class Key, class Tag>
void member_table<Key, Tag>::close_up(part_of_keys& part, node& at) {
    auto& [entries, gaps] = at.second;
    if (gaps == entries.size()) {
        part.by_key.erase(part.by_key.find(at.first));
    } else if (gaps > entries.size() / 2) {
        std::erase_if(entries, [](const entry& e) { return !e.owner; });
        for (std::uint32_t i = 0; i < entries.size(); ++i) entries[i].owner->at = i;
        gaps = 0;
        if (entries.capacity() > 4 * entries.size()) entries.shrink_to_fit();
    }
}

// Empties all places of a process that has ended, or was left behind (and may be looking at them at this moment), or has
// given up its hook.
template <class Key, class Tag>
void member_table<Key, Tag>::forget(place* first) noexcept {
    std::array<bool, parts> touched{};
    for (auto* p = first; p; p = p->next) {
        Tag          gone;  // destroyed without the lock
        const locked lock{parts_[p->part]};
        auto&        at = *p->where;
        gone            = vacate(*p);
        close_up(parts_[p->part], at);
        touched[p->part] = true;
    }
    for (std::size_t i = 0; i < parts; ++i)
        if (touched[i]) told(i);
}

// -- reading ------------------------------------------------------------------------------------------------------

template <class Key, class Tag>
std::size_t member_table<Key, Tag>::read(const Key& key, std::uint64_t& from, std::uint64_t& until,
                                         std::span<member<Tag>> into) const {
    const auto&  part = parts_[part_of(key)];
    const locked lock{part};
    if (!until) until = numbers_.load(std::memory_order_relaxed);
    const auto found = part.by_key.find(key);
    if (found == part.by_key.end()) return 0;
    const auto& entries = found->second.entries;
    std::size_t n       = 0;
    for (auto e = std::ranges::lower_bound(entries, from, {}, &entry::number);
         e != entries.end() && e->number < until && n < into.size(); ++e) {
        from = e->number + 1;
        if (e->owner) into[n++] = {e->who(), e->tag};
    }
    return n;
}

template <class Key, class Tag>
template <class F>
void member_table<Key, Tag>::each(const Key& key, F f) const {
    std::array<member<Tag>, 128> some;
    std::uint64_t                from = 0, until = 0;
    for (std::size_t n = some.size(); n == some.size();) {
        n = read(key, from, until, some);
        // Each of them will be sent to: that their mailboxes are far from this core should cost once, and not n times.
        for (std::size_t i = 0; i < n; ++i) __builtin_prefetch(slot_table::at(some[i].who.slot), 1);
        for (std::size_t i = 0; i < n; ++i) f(some[i].who, std::as_const(some[i].tag));
    }
}

template <class Key, class Tag>
std::vector<member<Tag>> member_table<Key, Tag>::all(const Key& key) const {
    std::vector<member<Tag>> members;
    const auto&              part = parts_[part_of(key)];
    const locked             lock{part};
    if (const auto found = part.by_key.find(key); found != part.by_key.end()) {
        members.reserve(found->second.entries.size());
        for (const auto& e : found->second.entries)
            if (e.owner) members.push_back({e.who(), e.tag});
    }
    return members;
}

template <class Key, class Tag>
std::size_t member_table<Key, Tag>::count(const Key& key) const {
    const auto&  part = parts_[part_of(key)];
    const locked lock{part};
    const auto   found = part.by_key.find(key);
    return found == part.by_key.end() ? 0 : found->second.entries.size() - found->second.gaps;
}

template <class Key, class Tag>
std::size_t member_table<Key, Tag>::count() const {
    std::size_t sum = 0;
    for (const auto& part : parts_) {
        const locked lock{part};
        sum += part.members;
    }
    return sum;
}

template <class Key, class Tag>
std::vector<Key> member_table<Key, Tag>::keys(pid of) const {
    std::vector<std::pair<std::uint64_t, Key>> found;
    for (const auto& part : parts_) {
        const locked lock{part};
        for (const auto& [key, at] : part.by_key) {
            const auto e = std::ranges::find_if(at.entries, [&](const entry& x) { return x.owner && x.who() == of; });
            if (e != at.entries.end()) found.emplace_back(e->number, key);
        }
    }
    std::ranges::sort(found, {}, &std::pair<std::uint64_t, Key>::first);
    std::vector<Key> keys;
    for (auto& [number, key] : found) keys.push_back(std::move(key));
    return keys;
}

template <class Key, class Tag>
std::string member_table<Key, Tag>::describe(const place* first, std::size_t count) const {
    constexpr std::size_t shown = 3, longest = 40;
    std::string           text{relation_};
    std::size_t           named = 0;
    if constexpr (fmt::is_formattable<Key>::value) {
        for (auto* p = first; p && named < shown; p = p->next) {
            std::optional<Key> key;
            {
                const locked lock{parts_[p->part]};
                if (!p->where) continue;
                key = p->where->first;
            }
            auto word = fmt::format("{}", *key);
            if (word.size() > longest) word = word.substr(0, longest) + "...";
            text += (named++ ? ", " : " ") + word;
        }
    }
    if (named == 0) return fmt::format("{} {} keys", text, count);
    if (count > named) text += fmt::format(" and {} more", count - named);
    return text;
}

}  // namespace half::detail
