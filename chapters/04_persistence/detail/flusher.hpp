// The process that writes what a persister keeps, and the bodies of persister.hpp.
//
// It looks when `every` has passed, when it is woken (enough rows wait, an owner has ended), and a while after something went
// wrong. It writes one batch at a look, and in between hears that it is to end. It knows nothing that is not in the table: when
// it is killed, the next one goes on.
#pragma once

#include <04_persistence/detail/dirty_batch.hpp>

#include <algorithm>
#include <chrono>
#include <exception>

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

    void init(self<flusher> me) {
        of_->flusher_lives(me.here(), of_);
        me.cast(look{});  // an earlier life may have left something
    }

    //! [look]
    task<> handle(look, self<flusher> me) {
        if (me.now() < pause_) co_return;
        co_await batch_over{*of_};
        if (me.now() >= next_) {
            of_->all_is_due();
            next_ = me.now() + std::clamp<duration>(of_->options.every, std::chrono::milliseconds{1}, longest_delay);
        }
        if (!of_->rests()) {
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

    task<stored<refusals>> write_batch(self<flusher> me) {
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
    time_point                        next_  = {};  // when all that is at risk is due
    time_point                        pause_ = {};  // until when nothing is tried
    timer                             alarm_ = {};
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

}  // namespace detail

template <class Row>
persister<Row>::persister(persister_options<Row> options)
    : table_{std::make_shared<detail::dirty_table<Row>>(std::move(options), [](pid flusher) {
          ref<detail::flusher<Row>>{flusher}.cast(typename detail::flusher<Row>::look{});
      })} {}

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
    const auto table   = table_;
    const auto loading = std::make_shared<typename detail::dirty_table<Row>::loading>(table);
    auto       rows = co_await table->options.to.query(table->options.table, std::move(condition), std::move(args)...);
    if (!rows) co_return std::unexpected{std::move(rows.error())};
    // A million rows are more than one turn of a process.
    auto put  = [loading, all = std::move(*rows)]() mutable { return loading->put(std::move(all)); };
    auto keys = co_await blocking(std::move(put));
    if (keys) co_return std::move(*keys);
    const auto at_most = table->options.at_most;
    co_return std::unexpected{store_error{store_error::too_much, fmt::format("more than {} rows", at_most), ""}};
}

template <class Row>
auto persister<Row>::load() const -> task<stored<std::vector<key_type>>> {
    return load<>("");
}

template <class Row>
task<stored<>> persister<Row>::flush() const {
    using flusher    = detail::flusher<Row>;
    const auto table = table_;
    const auto since = table->stamp();
    if (table->status().at_risk == 0) co_return stored<>{};
    auto answer = co_await ref<flusher>{table->flusher()}.try_call(typename flusher::write_all{since});
    if (answer) co_return std::move(*answer);
    co_return std::unexpected{store_error{
        store_error::unavailable,
        fmt::format("nobody writes the rows of {}: {}", table->options.table.name, to_string(answer.error())), ""}};
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
