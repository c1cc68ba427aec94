// Two ways to run ready actors on an Asio io_context with two threads:
//   limit  an own run queue that the io_context's threads drain: the fastest we know how to write by hand
//   asio   one posted handler per activation: what one gets without an own queue
#pragma once

#include "run_queue.hpp"

#include <boost/asio/defer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <memory>
#include <string_view>

namespace limit {

namespace asio = boost::asio;

struct scheduler {
    static constexpr int threads = 2;
    static constexpr int slice   = 64;  // messages of one actor before the next one gets its turn

    asio::io_context context{threads};

    virtual ~scheduler()          = default;
    virtual void ready(actor* a)  = 0;  // it just became runnable
    virtual void behind(actor* a) = 0;  // it used up its slice
    void         start();

protected:
    void run_slice(actor* a);

private:
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

inline scheduler* the_scheduler = nullptr;

inline void send(actor* to, kind what, actor* from = nullptr, std::int64_t a = 0, std::int64_t b = 0) {
    message* m = pool.take();
    m->what    = what;
    m->from    = from;
    m->a       = a;
    m->b       = b;
    if (to->mail.push(m)) the_scheduler->ready(to);
}

class post_scheduler final : public scheduler {
public:
    void ready(actor* a) override {
        asio::post(context, [this, a] { run_slice(a); });
    }
    void behind(actor* a) override { ready(a); }
};

class queue_scheduler final : public scheduler {
public:
    void ready(actor* a) override;
    void behind(actor* a) override { to_ring(a); }

private:
    static constexpr int          backlog  = 4;  // a second worker is woken only for more than this
    static constexpr std::int64_t drain_ns = 50'000;

    std::array<worker_queue, threads>      queues;
    std::array<std::atomic<bool>, threads> draining{};
    std::atomic<int>                       active{0};
    injector                               from_outside;

    void   activate();
    void   to_ring(actor* a);
    void   spill(worker_queue& queue);
    actor* find(int me);
    actor* steal(int me);
    void   drain(int me);
    bool   anything_left();
};

std::unique_ptr<scheduler> make_scheduler(std::string_view name);

}  // namespace limit
