// The table behind a persister: by key, the row that was kept last, and where it stands (dirty_list.hpp).
//
// What is at risk leaves it in batches (dirty_batch.hpp), and what is on disk comes in by a loading. Whichever of two states of a
// row is younger wins: a row that was kept or written since a loading began stays as it is, and one that was deleted since
// then stays away.
//
// Rows are copied, moved, hashed and compared under the lock, a few hundred at a time, and destroyed outside of it.
#pragma once

#include <04_persistence/detail/dirty_core.hpp>
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
        if (entry* one = find_entry(key)) dropped = leave(*one);
    }

    // False: it would be one too many.
    bool erase(const key_type& key) {
        Row gone{};
        boost::pfr::get<0>(gone) = key;
        change lock{*this};
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

    // -- for loading ----------------------------------------------------------------------------------------------
    // While it goes on, keys of rows that were deleted stay known: the rows that come may be from before.
    class loading {
    public:
        explicit loading(std::shared_ptr<dirty_table> into) : into_{std::move(into)}, began_{into_->begin_loading()} {}
        loading(const loading&)            = delete;
        loading& operator=(const loading&) = delete;
        ~loading() { into_->end_loading(); }

        // What was at risk, or is, since the loading began stays as it is. Returns the keys that are known now; nothing: they
        // were too many.
        std::optional<std::vector<key_type>> put(std::vector<Row> rows) const {
            return into_->put_loaded(rows, began_);
        }

    private:
        std::shared_ptr<dirty_table> into_;
        std::uint64_t                began_;
    };

private:
    friend class dirty_batch<Row>;

    struct entry : dirty_link {
        Row row;
        explicit entry(Row r) : row{std::move(r)} {}
    };
    // Finds an entry by its key.
    struct by_key {
        using is_transparent = void;
        static const key_type& key(const entry& one) { return table<Row>::key(one.row); }
        static const key_type& key(const key_type& one) { return one; }

        std::size_t operator()(const auto& one) const noexcept { return std::hash<key_type>{}(key(one)); }
        bool        operator()(const auto& a, const auto& b) const { return key(a) == key(b); }
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
        if (one.erased && loads_ > 0) return graves_.push_back(by_key::key(one)), node{};
        set_erased(one, false);
        set_rejected(one, false);
        --entries_;
        return all_.extract(all_.find(by_key::key(one)));
    }

    std::uint64_t begin_loading() {
        const std::lock_guard lock{guard_};
        ++loads_;
        return clock_.stamp();
    }

    std::optional<std::vector<key_type>> put_loaded(std::vector<Row>& rows, std::uint64_t began) {
        std::vector<key_type> keys;
        keys.reserve(rows.size());
        {
            const std::lock_guard lock{guard_};
            all_.reserve(std::min(all_.size() + rows.size(), options.at_most));
        }
        for (std::size_t i = 0; i < rows.size();) {
            const std::lock_guard lock{guard_};
            for (const auto part = std::min(rows.size(), i + at_a_time); i < part; ++i) {
                entry* one = find_entry(table<Row>::key(rows[i]));
                if (!one) {
                    if (all_.size() >= options.at_most) return {};
                    one        = &add(std::move(rows[i]));
                    one->since = began;
                } else if (!one->at_risk() && one->since < began) {
                    std::swap(one->row, rows[i]);
                    set_erased(*one, false);
                }
                one->leaving = false;
                if (!one->erased) keys.push_back(by_key::key(*one));
            }
        }
        return keys;
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
    std::vector<key_type> graves_;  // what was deleted while something is loaded
};

}  // namespace half::detail
