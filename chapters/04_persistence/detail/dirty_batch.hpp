// Rows on their way to the disk.
//
// A batch takes copies of rows that are due, the oldest first, and then knows them to be written, or puts them back where they
// stood. What makes it safe
//
//   - A row that is kept while it is in a batch is at risk anew, with the state that came last. The batch speaks for the state
//     that it took, and for no other.
//   - A batch that ends and does not know what became of it puts its rows back. To write a row twice does no harm.
//   - It ends when nobody can write it any more: the function that writes owns it, and its destructor says that it is over. The
//     next one begins after that. So a flusher may be killed at any moment, and no older state comes to the disk after a newer.
#pragma once

#include <04_persistence/detail/bulk.hpp>
#include <04_persistence/detail/dirty_table.hpp>

#include <string>

namespace half::detail {

// The rows of a batch that the database refused.
struct refusals {
    std::size_t                all = 0, news = 0;  // news: it took them the last time
    std::vector<std::string>   told  = {};         // the first of the news: "7 (UNIQUE constraint failed)"
    std::optional<store_error> first = {};

    std::string report(std::string_view table) const;
};

template <class Row>
class dirty_batch {
public:
    using key_type = typename table<Row>::key_type;

    // The one before is over: see dirty_core::tell_when_over().
    explicit dirty_batch(std::shared_ptr<dirty_table<Row>> of) : of_{std::move(of)} { of_->begin_batch(); }
    dirty_batch(const dirty_batch&)            = delete;
    dirty_batch& operator=(const dirty_batch&) = delete;
    ~dirty_batch() {
        put_back();
        of_->end_batch();
    }

    // Takes what is due, and more if as much waits as a batch may have. Asked again, it has taken already.
    void take();

    //! [write]
    batch_written write(connection& on) {
        take();
        return write_batch(on, of_->options.table, erases_, puts_);
    }
    //! [write]
    std::size_t size() const { return taken_.size(); }

    // It was committed, and this is what came of it.
    refusals settle(const batch_written& answer);

private:
    using entry = typename dirty_table<Row>::entry;
    using node  = typename dirty_table<Row>::node;

    // How a row stood, and where in `puts_` or `erases_` it is now.
    struct taken {
        std::uint64_t since;
        std::uint32_t at;
        bool          erased, urgent;
    };

    const key_type& key(const taken& one) const {
        return one.erased ? erases_[one.at] : table<Row>::key(puts_[one.at]);
    }
    void take(entry& one);
    void put_back() noexcept;
    void add(refusals& to, const taken& one, const store_error& why, bool known);

    std::shared_ptr<dirty_table<Row>> of_;
    std::vector<Row>                  puts_;
    std::vector<key_type>             erases_;
    std::vector<taken> taken_;  // in the order of the table; empty again when it is known what became of them
};

// -- How it works -------------------------------------------------------------------------------------------------

template <class Row>
void dirty_batch<Row>::take() {
    if (!taken_.empty()) return;
    bool enough = false;
    {
        const std::lock_guard lock{of_->guard_};
        enough = of_->enough_wait();
    }
    for (bool more = true; more;) {
        const std::lock_guard lock{of_->guard_};
        for (std::size_t i = 0; more && i < of_->at_a_time; ++i) {
            auto* next = taken_.size() < of_->batch_ ? of_->next_to_write(enough) : nullptr;
            if (next) take(static_cast<entry&>(*next));
            else more = false;
        }
    }
}

template <class Row>
void dirty_batch<Row>::take(entry& one) {
    const auto at = one.erased ? erases_.size() : puts_.size();
    taken_.push_back({one.since, static_cast<std::uint32_t>(at), one.erased, one.stands == standing::urgent});
    try {
        if (one.erased) erases_.push_back(table<Row>::key(one.row));
        else puts_.push_back(one.row);
    } catch (...) {
        taken_.pop_back();
        throw;
    }
    of_->put_into_batch(one);
}

template <class Row>
void dirty_batch<Row>::put_back() noexcept {
    while (!taken_.empty()) {
        const std::lock_guard lock{of_->guard_};
        for (std::size_t i = 0; i < of_->at_a_time && !taken_.empty(); ++i, taken_.pop_back()) {
            const taken& one = taken_.back();
            of_->put_back(*of_->find_entry(key(one)), one.since, one.urgent);
        }
    }
}

template <class Row>
refusals dirty_batch<Row>::settle(const batch_written& answer) {
    std::vector<const store_error*> no_to_put(puts_.size()), no_to_erase(erases_.size());
    for (auto& each : answer.put.refused) no_to_put[each.row] = &each.error;
    for (auto& each : answer.erased.refused) no_to_erase[each.row] = &each.error;

    refusals found;
    for (auto one = taken_.begin(); one != taken_.end();) {
        std::vector<node>     dropped;
        const std::lock_guard lock{of_->guard_};
        for (std::size_t i = 0; i < of_->at_a_time && one != taken_.end(); ++i, ++one) {
            const auto* no    = (one->erased ? no_to_erase : no_to_put)[one->at];
            entry&      stood = *of_->find_entry(key(*one));
            const bool  same  = stood.stands == standing::writing;  // else it has been kept since
            if (no) add(found, *one, *no, stood.rejected);
            of_->set_rejected(stood, no != nullptr);
            if (no) {
                stood.since = one->since;
                of_->lists_.move(stood, same ? standing::refused : standing::mended);
            } else if (same) {
                of_->lists_.move(stood, standing::on_disk);
                if (stood.erased || stood.leaving) dropped.push_back(of_->take_out(stood));
            }
        }
    }
    of_->batch_was_written(taken_.size() - found.all);
    taken_.clear();
    return found;
}

template <class Row>
void dirty_batch<Row>::add(refusals& to, const taken& one, const store_error& why, bool known) {
    constexpr std::size_t told = 3;
    ++to.all;
    if (!to.first) to.first = why;
    if (known) return;
    ++to.news;
    if (to.told.size() < told) to.told.push_back(fmt::format("{} ({})", text_of_name(key(one)), why.what));
}

}  // namespace half::detail
