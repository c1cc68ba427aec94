// Asks a tree level by level: all processes of one level at the same time.
#include <01_gen_server/signal.hpp>
#include <01_gen_server/sys.hpp>
#include <02_supervisor/detail/family.hpp>
#include <02_supervisor/tree.hpp>

#include <deque>

namespace half {
namespace {

using detail::process;

// What a process says of itself.
struct view {
    std::string             server;
    std::string             strategy;  // empty: it is no supervisor
    std::uint64_t           mail = 0;
    std::size_t             size = 0;
    std::vector<child_info> first;
};

class look final : public signal {
public:
    look(detail::ticket asker, std::size_t at_most) : asker_{asker}, at_most_{at_most} {}

    void arrive(process& here) override {
        view seen;
        seen.server = here.kind()->name;
        seen.mail   = backlog(here.id()).length;
        if (auto* mine = here.hook<detail::family>()) {
            seen.strategy = mine->strategy();
            seen.size     = mine->size();
            if (at_most_) seen.first = mine->first(at_most_);
        }
        asker_.reply(std::move(seen));
    }

private:
    from<view>  asker_;
    std::size_t at_most_;
};

// Awaited, it asks all of them and goes on when each has answered, or is not there, or is late.
class looking {
public:
    using waits_in_a_process = void;

    looking(const std::vector<tree_node*>& whom, std::size_t children, duration patience)
        : whom_{whom}, children_{children}, patience_{patience} {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        process&   me       = *waiter.promise().home;
        const auto deadline = detail::deadline_in(me, patience_);
        for (auto* node : whom_) {
            auto& answer = answers_.emplace_back();
            me.expect_part(all_, answer, &detail::reply_kind<view>, deadline);
            send_signal(node->child.pid, std::make_unique<look>(detail::ticket{me.id(), answer.question}, children_));
        }
        return me.expect_all(all_, waiter);
    }
    void await_resume() {
        for (std::size_t i = 0; i < whom_.size(); ++i) note(*whom_[i], *answers_[i].result);
    }

private:
    static void note(tree_node& node, answer<view>& told) {
        if (!told) {
            node.busy = told.error() == no_answer::timed_out && alive(node.child.pid);
            node.gone = !node.busy;
            if (node.busy) node.mail = backlog(node.child.pid).length;
            return;
        }
        node.child.server     = std::move(told->server);
        node.child.supervisor = !told->strategy.empty();
        node.strategy         = std::move(told->strategy);
        node.mail             = told->mail;
        node.more             = told->size - told->first.size();
        for (auto& each : told->first) node.children.push_back({.child = std::move(each)});
    }

    const std::vector<tree_node*>&       whom_;
    std::size_t                          children_;
    duration                             patience_;
    std::deque<detail::reply_wait<view>> answers_;
    detail::wait_for_all                 all_;
};

}  // namespace

task<tree_node> look_at(pid root, tree_limits limits) {
    tree_node tree;
    tree.child.id  = "root";
    tree.child.pid = root;
    tree.child.now = child_info::status::running;

    std::vector<tree_node*> level{&tree};
    for (std::size_t depth = 0; !level.empty(); ++depth) {
        co_await looking{level, depth < limits.depth ? limits.children : 0, limits.patience};
        std::vector<tree_node*> next;
        for (auto* node : level)
            for (auto& each : node->children)
                if (each.child.pid) next.push_back(&each);
        level = std::move(next);
    }
    co_return tree;
}

}  // namespace half
