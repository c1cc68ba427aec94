// The process that writes what a persister keeps, and the bodies of persister.hpp.
//
// It looks when `every` has passed, when it is woken (enough rows wait, an owner has ended), and a while after something went
// wrong. It writes one batch at a look, and in between hears that it is to end. It knows nothing that is not in the table: when
// it is killed, the next one goes on.
#pragma once

#include <04_persistence/detail/dirty_batch.hpp>
#include <04_persistence/detail/spill.hpp>
#include <04_persistence/persister.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <tuple>

namespace half {
namespace detail {

// co_await it: until no batch is under way. None is, but that of a flusher that was killed.
struct batch_over {
    using waits_in_a_process = void;

    dirty_core&      of;
    reply_wait<void> wait = {};

    bool await_ready() const { return !of.writing(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) {
        process& me = *waiter.promise().home;
        me.expect(wait, waiter, &reply_kind<void>, 0);
        of.tell_when_over(from<void>{ticket{me.id(), wait.question}});
    }
    void await_resume() const noexcept {}
};

template <class Row>
class flusher {
public:
    struct look {};
    struct write_all {
        std::uint64_t since;  // what is at risk since then
        using reply                        = stored<>;
        static constexpr duration patience = forever;
    };

    explicit flusher(std::shared_ptr<dirty_table<Row>> of) : of_{std::move(of)} {}

    task<> init(self<flusher> me) {
        of_->flusher_lives(me.here(), of_);
        me.cast(look{});  // an earlier life may have left something
        of_->spilled = !of_->simulated(me.here()) && unwritten().there();
        // If it fails, nothing is loaded or written until it has been done.
        if (of_->spilled) std::ignore = co_await bring_spilled(me);
    }

    //! [look]
    task<> handle(look, self<flusher> me) {
        if (me.now() < pause_) co_return;
        co_await batch_over{*of_};
        if (me.now() >= next_) {
            of_->all_is_due();
            if (++rounds_ % 10 == 0) of_->try_refused_again();
            next_ = me.now() + std::clamp<duration>(of_->options.every, std::chrono::milliseconds{1}, longest_delay);
        }
        if (of_->spilled || !of_->rests()) {
            const auto written = co_await write_batch(me);
            if (written) co_return me.cast(look{});  // there may be more
            pause_ = std::min(next_, me.now() + std::chrono::seconds{1});
        }
        me.cancel(alarm_);
        alarm_ = me.send_after((me.now() < pause_ ? pause_ : next_) - me.now(), look{});
    }
    //! [look]

    task<stored<>> handle(write_all asked, self<flusher> me) { return write_since(asked.since, me); }

    // Trapped, so that it comes between two batches, and terminate() is called.
    void handle(exit_signal asked, self<flusher> me) { me.stop(std::move(asked.reason)); }

    task<> terminate(exit_reason why, self<flusher> me) {
        if (!why.expected()) co_return;  // the next one goes on
        const auto all     = of_->stamp();
        const auto give_up = me.now() + std::min(of_->options.last_attempt, longest_delay);
        for (auto done = co_await write_since(all, me); !done && me.now() < give_up;
             done      = co_await write_since(all, me)) {
            if (done.error() == store_error::refused) break;
            co_await sleep(std::min<duration>(std::chrono::milliseconds{100}, give_up - me.now()));
        }
        if (!of_->options.spill.empty() && !of_->simulated(me.here())) co_await save_elsewhere(me);
    }

    std::string describe() const { return to_string(of_->status()); }

private:
    task<stored<>> write_since(std::uint64_t stamp, self<flusher> me) {
        std::optional<store_error> refused;
        co_await batch_over{*of_};
        of_->all_is_due();
        of_->try_refused_again();
        while (of_->waits_since(stamp)) {
            auto written = co_await write_batch(me);
            if (!written) co_return std::unexpected{std::move(written.error())};
            if (!refused) refused = std::move(written->first);
        }
        if (refused) co_return std::unexpected{std::move(*refused)};
        co_return stored<>{};
    }

    spill<Row> unwritten() const { return {of_->options.spill, of_->options.table}; }

    // What an earlier run could not write.
    task<stored<>> bring_spilled(self<flusher> me) {
        auto bring = [from = unwritten()](connection& on) { return from.bring(on); };
        auto done  = co_await on_connection(of_->options.to.core(), access::writes, std::move(bring));
        if (!done) {
            of_->failed(to_string(done.error()));
            co_return std::unexpected{std::move(done.error())};
        }
        of_->spilled = false;
        if (!done->empty())
            of_->tell(me.here(),
                      fmt::format("changes of {0} that an earlier run could not write, and that the database "
                                  "now refuses: {1}; rows are kept in {2}, in the table {0}_refused; the "
                                  "first: {3}",
                                  of_->options.table.name, done->size(), of_->options.spill, done->front().error.what));
        co_return stored<>{};
    }

    task<> save_elsewhere(self<flusher> me) {
        auto       all  = of_->at_risk();
        const auto rows = all.first.size() + all.second.size();
        if (rows == 0) co_return;
        auto save = [to = unwritten(), all = std::move(all)] { to.save(all.first, all.second); };
        try {
            co_await blocking(std::move(save));
        } catch (const std::exception& e) {
            co_return of_->tell(me.here(), fmt::format("{} cannot be written: {}", of_->options.spill, e.what()));
        }
        of_->saved_elsewhere(rows);
        of_->tell(me.here(), fmt::format("rows of {} that could not be written: {}; they are in {}, and are written at "
                                         "the next start",
                                         of_->options.table.name, rows, of_->options.spill));
    }

    task<stored<refusals>> write_batch(self<flusher> me) {
        if (of_->spilled) {
            if (auto brought = co_await bring_spilled(me); !brought)
                co_return std::unexpected{std::move(brought.error())};
        }
        const auto began  = me.now();
        const auto batch  = std::make_shared<dirty_batch<Row>>(of_);
        auto       answer = co_await attempt(batch);
        if (!answer) {
            of_->failed(to_string(answer.error()));
            co_return std::unexpected{std::move(answer.error())};
        }
        const auto rows    = batch->size();
        auto       refused = batch->settle(*answer);
        if (refused.news > 0) of_->tell(me.here(), refused.report(of_->options.table.name));
        if (rows > 0 && of_->options.on_batch) of_->options.on_batch(rows, refused.all, me.now() - began);
        co_return refused;
    }

    task<stored<batch_written>> attempt(std::shared_ptr<dirty_batch<Row>> batch) {
        auto write = [batch = std::move(batch)](connection& on) { return batch->write(on); };
        try {
            co_return co_await on_connection(of_->options.to.core(), access::writes, std::move(write));
        } catch (const std::exception& e) {  // a row that cannot be copied
            co_return std::unexpected{store_error{store_error::wrong, e.what(), ""}};
        }
    }

    std::shared_ptr<dirty_table<Row>> of_;
    time_point                        next_   = {};  // when all that is at risk is due
    time_point                        pause_  = {};  // until when nothing is tried
    timer                             alarm_  = {};
    unsigned                          rounds_ = 0;
};

// Tells the table that the owner of a row has ended. With a key of eight bytes it fills a block of 32.
template <class Row>
class owner_life final : public exit_hook {
public:
    using key_type = typename table<Row>::key_type;

    owner_life(const std::shared_ptr<dirty_table<Row>>& of, key_type key) : of_{of.get()}, key_{std::move(key)} {
        of->hold(of);
    }
    ~owner_life() override { of_->let_go(); }

    bool forgets() const override { return true; }
    void exited(pid who, const exit_reason& why) noexcept override {
        of_->owner_ended(key_, who, why.why == exit_reason::kind::normal);
    }
    std::string describe() const override {
        return fmt::format("owns '{}' of {}", text_of_name(key_), of_->options.table.name);
    }

private:
    dirty_table<Row>* of_;
    key_type          key_;
};

// By pages, so that a big table is nowhere twice.
template <class Row, class... Args>
auto load_rows(std::shared_ptr<dirty_table<Row>> into, std::string condition, Args... args)
    -> task<stored<std::vector<typename table<Row>::key_type>>> {
    using key_type = typename table<Row>::key_type;
    if (into->spilled)
        co_return std::unexpected{store_error{store_error::unavailable,
                                              "rows that an earlier run could not write are to be written first", ""}};
    constexpr std::size_t page  = 50'000;
    const auto&           from  = into->options.table;
    const auto            what  = select_from(view_of(from), condition);
    const auto            key   = fmt::format(R"("{}")", from.columns[0]);
    const auto            first = fmt::format("select * from ({}) as page order by {} limit {}", what, key, page);
    const auto others = fmt::format("select * from ({}) as page where {} > ${} order by {} limit {}", what, key,
                                    sizeof...(Args) + 1, key, page);

    const auto loading = std::make_shared<typename dirty_table<Row>::loading>(into);
    auto       keys    = std::make_shared<std::vector<key_type>>();
    const auto db      = into->options.to;
    auto       rows    = co_await db.template query<Row, Args...>(trusted_sql{first}, args...);
    while (rows) {
        const bool last = rows->size() < page;
        if (last && rows->empty()) break;
        const key_type reached = table<Row>::key(rows->back());
        auto           put     = [=, all = std::move(*rows)]() mutable { return loading->put(std::move(all), *keys); };
        const bool     fits    = co_await blocking(std::move(put));
        if (!fits) {
            const auto why = fmt::format("more than {} rows of {}", into->options.at_most, from.name);
            co_return std::unexpected{store_error{store_error::too_much, why, ""}};
        }
        if (last) break;
        rows = co_await db.template query<Row, Args..., key_type>(trusted_sql{others}, args..., reached);
    }
    if (!rows) co_return std::unexpected{std::move(rows.error())};
    co_return std::move(*keys);
}

template <class Row>
task<stored<>> flush_rows(std::shared_ptr<dirty_table<Row>> of) {
    const auto since = of->stamp();
    if (of->status().at_risk == 0) co_return stored<>{};
    const auto writer = ref<flusher<Row>>{of->flusher()};
    auto       answer = co_await writer.try_call(typename flusher<Row>::write_all{since});
    if (answer) co_return std::move(*answer);
    const auto why = fmt::format("nobody writes the rows of {}: {}", of->options.table.name, to_string(answer.error()));
    co_return std::unexpected{store_error{store_error::unavailable, why, ""}};
}

}  // namespace detail

template <class Row>
persister<Row>::persister(persister_options<Row> options)
    : table_{std::make_shared<detail::dirty_table<Row>>(std::move(options), [](pid flusher) {
          ref<detail::flusher<Row>>{flusher}.cast(typename detail::flusher<Row>::look{});
      })} {
    table_->spilled = detail::spill<Row>{table_->options.spill, table_->options.table}.there();
}

template <class Row>
void persister<Row>::keep(Row row) const {
    if (!table_->keep(std::move(row))) throw too_many_states{table_->options.at_most};
}

template <class Row>
std::expected<void, overloaded> persister<Row>::try_keep(Row row) const {
    if (!table_->keep(std::move(row))) return std::unexpected{overloaded{}};
    return {};
}

template <class Row>
std::optional<Row> persister<Row>::find(const key_type& key) const {
    return table_->find(key);
}

template <class Row>
Row persister<Row>::at(const key_type& key) const {
    auto found = table_->find(key);
    if (!found)
        throw std::out_of_range{
            fmt::format("no row '{}' of {} is kept", detail::text_of_name(key), table_->options.table.name)};
    return std::move(*found);
}

template <class Row>
template <class Server>
void persister<Row>::own(const self<Server>& me, const key_type& key) const {
    if (table_->owned(key, me.id())) me.here().on_exit(std::make_unique<detail::owner_life<Row>>(table_, key));
}

template <class Row>
void persister<Row>::forget(const key_type& key) const {
    table_->forget(key);
}

template <class Row>
void persister<Row>::erase(const key_type& key) const {
    if (!table_->erase(key)) throw too_many_states{table_->options.at_most};
}

template <class Row>
template <class... Args>
auto persister<Row>::load(statement<Args...> condition, Args... args) const -> task<stored<std::vector<key_type>>> {
    return detail::load_rows<Row, detail::owned<Args>...>(table_, std::string{condition.text()},
                                                          detail::owned<Args>(std::move(args))...);
}

template <class Row>
auto persister<Row>::load() const -> task<stored<std::vector<key_type>>> {
    return detail::load_rows<Row>(table_, "");
}

template <class Row>
task<stored<>> persister<Row>::flush() const {
    return detail::flush_rows<Row>(table_);
}

template <class Row>
persister_status persister<Row>::status() const {
    return table_->status();
}

template <class Row>
detail::flusher<Row> persister<Row>::operator()() const {
    return detail::flusher<Row>{table_};
}

}  // namespace half
