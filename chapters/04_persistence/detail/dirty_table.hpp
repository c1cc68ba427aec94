// The table behind a persister: by key, the row that was kept last, and where it stands (dirty_list.hpp).
//
// What is at risk leaves it in batches (dirty_batch.hpp), and what is on disk comes in by a loading. A loading only adds: it
// changes no row that is here, and a row that was forgotten or deleted while it goes on stays away, since what it brings may
// have been read before.
//
// Rows are copied, moved, hashed and compared under the lock, a few hundred at a time, and destroyed outside of it.
#pragma once

#include <04_persistence/detail/dirty_core.hpp>
#include <04_persistence/detail/left_behind.hpp>
#include <04_persistence/row.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace half {
template <class Row>
struct persister_options;
}

namespace half::detail {

template <class Row>
class dirty_batch;

template <class Row>
class dirty_table : public dirty_core {
public:
    using key_type = typename table<Row>::key_type;

    dirty_table(persister_options<Row> o, void (*wake)(pid))
        : dirty_core{o.table.name, o.batch, wake}, options{std::move(o)} {}

    const persister_options<Row> options;

    // False: it would be one too many.
    bool keep(Row row) {
        change lock{*this};
        if (left_behind()) return true;
        entry* one = find_entry(table<Row>::key(row));
        if (!one) {
            if (all_.size() >= options.at_most) return false;
            one = &add(std::move(row));
        } else {
            std::swap(one->row, row);
            set_erased(*one, false);
            one->leaving = false;
        }
        put_at_risk(*one);
        return true;
    }

    std::optional<Row> find(const key_type& key) const {
        const std::lock_guard lock{guard_};
        const entry*          one = find_entry(key);
        return one && !one->erased ? std::optional<Row>{one->row} : std::nullopt;
    }

    void forget(const key_type& key) {
        node   dropped;
        change lock{*this};
        if (entry* one = find_entry(key); one && !left_behind()) dropped = leave(*one);
    }

    // False: it would be one too many.
    bool erase(const key_type& key) {
        Row gone{};
        boost::pfr::get<0>(gone) = key;
        change lock{*this};
        if (left_behind()) return true;
        entry* one = find_entry(key);
        if (!one) {
            if (all_.size() >= options.at_most) return false;
            one = &add(std::move(gone));
        } else {
            std::swap(one->row, gone);
        }
        set_erased(*one, true);
        put_at_risk(*one);
        return true;
    }

    // False: it has said so before.
    bool owned(const key_type& key, pid by) {
        const std::lock_guard lock{guard_};
        entry*                one = find_entry(key);
        return !one || std::exchange(one->owner, by) != by;
    }

    void owner_ended(const key_type& key, pid who, bool done) {
        node   dropped;
        change lock{*this};
        entry* one = find_entry(key);
        if (!one || (one->owner && one->owner != who)) return;
        one->owner = {};
        if (one->stands == standing::waiting) lists_.move(*one, standing::urgent);
        if (done) dropped = leave(*one);
    }

    // What is at risk: rows, and keys of those that are to be deleted.
    std::pair<std::vector<Row>, std::vector<key_type>> at_risk() const {
        std::pair<std::vector<Row>, std::vector<key_type>> all;
        const std::lock_guard                              lock{guard_};
        for (const auto& one : all_) {
            if (!one.at_risk()) continue;
            if (one.erased) all.second.push_back(key_of(one));
            else all.first.push_back(one.row);
        }
        return all;
    }

    // While one lives, the keys of rows that go stay known.
    class loading {
    public:
        explicit loading(std::shared_ptr<dirty_table> into) : into_{std::move(into)} { into_->begin_loading(); }
        loading(const loading&)            = delete;
        loading& operator=(const loading&) = delete;
        ~loading() { into_->end_loading(); }

        // Adds the keys that are known now. False: they were too many.
        bool put(std::vector<Row> rows, std::vector<key_type>& keys) const { return into_->put_loaded(rows, keys); }

    private:
        std::shared_ptr<dirty_table> into_;
    };

private:
    friend class dirty_batch<Row>;

    struct entry : dirty_link {
        Row row;
        explicit entry(Row r) : row{std::move(r)} {}
    };
    static const key_type& key_of(const entry& one) { return table<Row>::key(one.row); }

    // Finds an entry by its key.
    struct by_key {
        using is_transparent = void;

        std::size_t operator()(const key_type& key) const noexcept { return std::hash<key_type>{}(key); }
        std::size_t operator()(const entry& one) const noexcept { return (*this)(key_of(one)); }
        bool        operator()(const key_type& a, const entry& b) const { return a == key_of(b); }
        bool        operator()(const entry& a, const key_type& b) const { return key_of(a) == b; }
        bool        operator()(const entry& a, const entry& b) const { return key_of(a) == key_of(b); }
    };
    using entries = std::unordered_set<entry, by_key, by_key>;
    using node    = typename entries::node_type;

    // All of it is changed but the key.
    entry* find_entry(const key_type& key) const {
        const auto found = all_.find(key);
        return found == all_.end() ? nullptr : const_cast<entry*>(&*found);
    }
    entry& add(Row row) {
        auto& added = const_cast<entry&>(*all_.emplace(std::move(row)).first);
        ++entries_;
        return added;
    }

    // Now, or when it is written.
    node leave(entry& one) noexcept {
        one.leaving = true;
        return one.at_risk() ? node{} : take_out(one);
    }
    node take_out(entry& one) noexcept {
        set_rejected(one, false);
        one.leaving = false;
        set_erased(one, loads_ > 0);
        if (one.erased) return graves_.push_back(key_of(one)), node{};
        --entries_;
        return all_.extract(all_.find(key_of(one)));
    }

    void begin_loading() {
        const std::lock_guard lock{guard_};
        ++loads_;
    }

    bool put_loaded(std::vector<Row>& rows, std::vector<key_type>& keys) {
        for (std::size_t i = 0; i < rows.size();) {
            const std::lock_guard lock{guard_};
            for (const auto part = std::min(rows.size(), i + at_a_time); i < part; ++i) {
                entry* one = find_entry(table<Row>::key(rows[i]));
                if (!one && all_.size() >= options.at_most) return false;
                if (!one) one = &add(std::move(rows[i]));
                if (one->erased) continue;
                one->leaving = false;
                keys.push_back(key_of(*one));
            }
        }
        return true;
    }

    void end_loading() {
        std::vector<node>     dropped;
        const std::lock_guard lock{guard_};
        if (--loads_ > 0) return;
        for (const auto& key : std::exchange(graves_, {}))
            if (entry* one = find_entry(key); one && one->erased && !one->at_risk()) dropped.push_back(take_out(*one));
    }

    entries               all_;
    std::size_t           loads_ = 0;
    std::vector<key_type> graves_;  // what went while something is loaded
};

}  // namespace half::detail
