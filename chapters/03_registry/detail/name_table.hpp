// All names of a registry: sixteen parts by the name's hash (name_part.hpp), and by process the names that it has.
//
//     names_        a name   -> its entry                   a lock for each part, which readers do not take
//     holders_      a process -> its entries, newest first  a lock for each part
//
// Who takes both locks takes the holder's first. An entry is in both or in neither.
//
// A process that ends loses its names first, in its hook, while it still lives for everybody else. With one that the
// watchdog leaves behind it is the other way round: it is dead, and loses its names a moment later, and may be adding one
// on a thread of its own just then. So a name whose process is dead leads to nobody, and whoever wants it takes all names
// of that process away, in the hook's place. A name that was added too late goes at once: on_exit() runs its hook then
// and there. And since a pid may change under a process that is left behind, each function below reads it once.
#pragma once

#include <01_gen_server/detail/slots.hpp>
#include <01_gen_server/messages.hpp>
#include <03_registry/detail/name_part.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace half::detail {

template <class Key>
concept can_be_a_name = requires(const Key& key) {
    { std::hash<Key>{}(key) } -> std::convertible_to<std::size_t>;
    { key == key } -> std::convertible_to<bool>;
};

template <class Key, class Like>
constexpr complaint not_like_a_name() {
    complaint c;
    c += type_name<Like>();
    c += " is no name here: the names of this registry are of type ";
    c += type_name<Key>();
    return c;
}

// What somebody looks for, as something that has a hash equal to the name's. Nothing is copied for text or for a Key.
template <class Key, class Like>
decltype(auto) as_name(const Like& name) {
    constexpr bool text =
        std::is_convertible_v<const Like&, std::string_view> && std::is_constructible_v<Key, const Like&>;
    static_assert(std::is_convertible_v<const Like&, Key> || text, not_like_a_name<Key, Like>());
    if constexpr (std::same_as<Key, std::string>) return std::string_view{name};
    else if constexpr (std::same_as<Key, Like>) return static_cast<const Key&>(name);
    else return static_cast<Key>(name);
}

// 32 bits out of all of them: std::hash of a number is often the number.
template <class Name>
std::uint32_t hash_of(const Name& name) {
    auto h = static_cast<std::uint64_t>(std::hash<Name>{}(name));
    return static_cast<std::uint32_t>(((h ^ h >> 32) * 0x9E3779B97F4A7C15u) >> 32);
}

template <class Key>
std::string text_of_name(const Key& key) {
    if constexpr (std::is_convertible_v<const Key&, std::string_view>) return std::string{std::string_view{key}};
    else if constexpr (fmt::is_formattable<Key>::value) return fmt::format("{}", key);
    else return std::string{type_name<Key>()};
}

// What a hook needs of a table.
class name_holders {
public:
    virtual ~name_holders()                                   = default;
    virtual void                     forget(pid who) noexcept = 0;  // takes all its names away
    virtual std::vector<std::string> words(pid who) const     = 0;  // its names as text
};

// A process that has names in a table has one of these for that table.
class names_hook final : public exit_hook {
public:
    explicit names_hook(std::shared_ptr<name_holders> table) : table_{std::move(table)} {}

    bool        forgets() const override { return true; }
    void        exited(pid who, const exit_reason&) noexcept override { table_->forget(who); }
    std::string describe() const override;

private:
    std::shared_ptr<name_holders> table_;
};

template <class Key, class Value>
class name_table final : public name_holders, public std::enable_shared_from_this<name_table<Key, Value>> {
    static_assert(can_be_a_name<Key>, "a name needs std::hash<Key> and ==");
    static_assert(!std::is_same_v<Key, const char*>,
                  "a const char* is a place and no text: let the key be a std::string");

public:
    using entry = name_entry<Key, Value>;

    // -- from any thread, without a lock ----------------------------------------------------------------------------
    // Runs f(entry), if a process that lives has that name.
    template <class Like, class F>
    void with(const Like& name, F&& f) const {
        const auto   hash = hash_of(name);
        reading      here;
        const auto*  all   = names_of(hash).enter(here);
        const entry* found = all ? all->find(hash, name) : nullptr;
        if (found && process::find(found->who())) f(*found);
    }

    template <class F>
    void each(F&& f) const {
        for (const auto& part : names_) {
            reading here;
            if (const auto* all = part.enter(here))
                all->each([&](const entry* found) {
                    if (process::find(found->who())) f(*found);
                });
        }
    }

    std::size_t count() const noexcept {
        std::size_t sum = 0;
        for (const auto& part : names_) sum += part.count();
        return sum;
    }

    // -- in the turn of the process ---------------------------------------------------------------------------------
    // Nobody: the name is ours. Else it is theirs, and `name` is still what it was. (Who was left behind is told that it has
    // the name itself.)
    pid add(process& here, Key& name, Value value) {
        const pid me = here.id();
        if (!process::find(me)) return me;
        const auto hash  = hash_of(as_name<Key>(name));
        auto       fresh = make_entry(std::move(name), std::move(value), hash, me);
        for (;;) {
            const auto [taken_by, first] = try_add(*fresh, me);
            if (!taken_by) {
                fresh.release();
                if (first) here.on_exit(std::unique_ptr<exit_hook>{first});
                return {};
            }
            if (taken_by == me) return {};
            if (process::find(taken_by)) {
                name = std::move(fresh->key);
                return taken_by;
            }
            forget(taken_by);
        }
    }

    template <class Like>
    bool remove(process& here, const Like& name) {
        const pid  me        = here.id();
        const auto hash      = hash_of(name);
        exit_hook* no_longer = nullptr;
        {
            auto&                 mine = holder_of(me);
            auto&                 part = names_of(hash);
            const std::lock_guard first{mine.guard};
            const std::lock_guard second{part.guard};
            auto*                 found = part.find(hash, name);
            if (!found || found->who() != me) return false;
            const auto held = mine.all.find(me);
            unlink(held->second, *found);
            part.take_out(found);
            if (!held->second.newest) {
                no_longer = held->second.hook;
                mine.all.erase(held);
            }
        }
        if (no_longer) (void)here.forget(*no_longer);  // who has no name has no hook
        return true;
    }

    // `change` works on a copy and without a lock; it may do what it likes.
    template <class Like, class F>
    bool update(process& here, const Like& name, F& change) {
        const pid  me    = here.id();
        const auto hash  = hash_of(name);
        auto&      mine  = holder_of(me);
        auto&      part  = names_of(hash);
        auto       fresh = std::unique_ptr<entry, give_up>{};
        {
            const std::lock_guard lock{part.guard};
            const auto*           found = part.find(hash, name);
            if (!found || found->who() != me) return false;
            fresh = make_entry(found->key, found->value, hash, me);
        }
        change(fresh->value);
        const std::lock_guard first{mine.guard};
        const std::lock_guard second{part.guard};
        auto*                 found = part.find(hash, name);
        if (!found || found->who() != me) return false;
        auto& held = mine.all.find(me)->second;
        take_place(held, *found, *fresh);
        part.replace(found, fresh.release());
        return true;
    }

    // -- from any thread --------------------------------------------------------------------------------------------
    void forget(pid who) noexcept override {
        auto&                 theirs = holder_of(who);
        const std::lock_guard lock{theirs.guard};
        const auto            found = theirs.all.find(who);
        if (found == theirs.all.end()) return;
        for (auto* each = found->second.newest; each;) {
            auto* name = std::exchange(each, each->older);
            auto& part = names_of(name->hash);

            const std::lock_guard second{part.guard};
            part.take_out(name);
        }
        theirs.all.erase(found);
    }

    std::vector<Key> keys(pid of) const {
        std::vector<Key>      found;
        auto&                 theirs = holder_of(of);
        const std::lock_guard lock{theirs.guard};
        if (const auto at = theirs.all.find(of); at != theirs.all.end())
            for (auto* each = at->second.newest; each; each = each->older) found.push_back(each->key);
        std::ranges::reverse(found);
        return found;
    }

    std::vector<std::string> words(pid who) const override {
        std::vector<std::string> found;
        for (const auto& key : keys(who)) found.push_back(text_of_name(key));
        return found;
    }

private:
    static constexpr std::size_t parts = 16;  // the same on each machine, so that a simulation is too

    struct holder {
        entry*     newest = nullptr;
        exit_hook* hook   = nullptr;
    };
    struct alignas(64) holders {
        std::mutex                      guard;
        std::unordered_map<pid, holder> all;
    };
    struct give_up {
        void operator()(entry* unused) const noexcept { pool_delete(unused); }
    };

    // Threads that look up the same name share no line that they write to; the parts are told apart by bits that do not
    // say where in an array a name begins.
    name_part<Key, Value>&       names_of(std::uint32_t hash) noexcept { return names_[hash >> 28]; }
    const name_part<Key, Value>& names_of(std::uint32_t hash) const noexcept { return names_[hash >> 28]; }
    holders&                     holder_of(pid who) const noexcept { return holders_[who.slot % parts]; }

    static std::unique_ptr<entry, give_up> make_entry(Key key, Value value, std::uint32_t hash, pid me) {
        return std::unique_ptr<entry, give_up>{
            pool_new<entry>(std::move(key), std::move(value), hash, me.slot, me.generation)};
    }

    struct outcome {
        pid        taken_by;
        exit_hook* first;  // it is the process's first name: the hook that it needs
    };
    outcome try_add(entry& fresh, pid me) {
        auto&                 mine = holder_of(me);
        auto&                 part = names_of(fresh.hash);
        const std::lock_guard first{mine.guard};
        const std::lock_guard second{part.guard};
        if (const auto* there = part.find(fresh.hash, fresh.key)) return {there->who(), nullptr};
        std::unique_ptr<exit_hook> hook;
        if (!mine.all.contains(me)) hook = std::make_unique<names_hook>(this->shared_from_this());
        part.make_room();
        auto& held = mine.all[me];  // from here on nothing throws
        if (hook) held.hook = hook.get();
        fresh.older = held.newest;
        if (held.newest) held.newest->newer = &fresh;
        held.newest = &fresh;
        part.put(&fresh);
        return {{}, hook.release()};
    }

    static void unlink(holder& from, entry& gone) noexcept {
        (gone.newer ? gone.newer->older : from.newest) = gone.older;
        if (gone.older) gone.older->newer = gone.newer;
    }
    static void take_place(holder& in, entry& before, entry& after) noexcept {
        after.older                                    = before.older;
        after.newer                                    = before.newer;
        (after.newer ? after.newer->older : in.newest) = &after;
        if (after.older) after.older->newer = &after;
    }

    std::array<name_part<Key, Value>, parts> names_;
    mutable std::array<holders, parts>       holders_;
};

}  // namespace half::detail
