#include <01_gen_server/detail/blocking_pool.hpp>

namespace half::detail {

void blocking_pool::submit(std::shared_ptr<blocking_job> job) {
    auto&           all = *all_;
    std::lock_guard lock{all.guard};
    if (all.line.size() >= line_at_most_) throw blocking_pool_full{all.at_work.size(), all.line.size()};
    all.line.push_back(std::move(job));
    if (all.idle >= all.line.size()) return all.work.notify_one();
    if (all.threads == threads_at_most_) return;
    ++all.threads;
    std::thread{&blocking_pool::serve, all_}.detach();  // stop() waits for it; what never returns is left behind
}

void blocking_pool::serve(std::shared_ptr<shared> all) {
    std::unique_lock lock{all->guard};
    while (true) {
        ++all->idle;
        all->work.wait(lock, [&] { return all->stopping || !all->line.empty(); });
        --all->idle;
        if (all->stopping) break;
        auto job = std::move(all->line.front());
        all->line.pop_front();
        // The user's code, and what it owns, never runs or ends under our lock.
        const bool wanted = !job->cancelled.stop_requested();  // otherwise its process is gone
        if (wanted) all->at_work.push_back(job);
        lock.unlock();
        if (wanted) job->run();
        lock.lock();
        if (wanted) std::erase(all->at_work, job);
        ++(wanted ? all->done : all->dropped);
        lock.unlock();
        if (wanted) job->answer();
        job.reset();
        lock.lock();
    }
    --all->threads;
    all->over.notify_all();
}

bool blocking_pool::stop(std::chrono::steady_clock::time_point deadline) {
    std::deque<std::shared_ptr<blocking_job>> dropped;
    std::unique_lock                          lock{all_->guard};
    all_->stopping = true;
    all_->dropped += all_->line.size();
    dropped.swap(all_->line);
    all_->work.notify_all();
    const auto at_work = all_->at_work;
    lock.unlock();
    dropped.clear();
    for (auto& job : at_work) job->cancelled.request_stop();
    lock.lock();
    return all_->over.wait_until(lock, deadline, [&] { return all_->threads == 0; });
}

void blocking_pool::count(statistics& into) const {
    std::lock_guard lock{all_->guard};
    into.blocking_running = all_->at_work.size();
    into.blocking_waiting = all_->line.size();
    into.blocking_done    = all_->done;
    into.blocking_dropped = all_->dropped;
}

}  // namespace half::detail
