// Senders send casts and then call, which is answered when the mailbox is empty: first a million in one go, then eight
// senders that take turns of 64, to one server and to one each.
#include "../measure.hpp"

#include <01_gen_server/gen_server.hpp>

#include <latch>

namespace {

struct counter {
    struct add {
        std::int64_t by;
    };
    struct get {
        using reply = std::int64_t;
    };

    std::int64_t count = 0;

    void         handle(add m) { count += m.by; }
    std::int64_t handle(get) { return count; }
};

struct sender {
    struct go {
        std::int64_t casts;
        std::latch*  done;
    };
    struct more {};

    half::ref<counter> receiver;
    std::int64_t       batch;  // that many, then the others' turn
    std::int64_t       left = 0;
    std::latch*        done = nullptr;

    void handle(go m, half::self<sender> self) {
        left = m.casts;
        done = m.done;
        self.cast(more{});
    }

    half::task<> handle(more, half::self<sender> self) {
        auto now = std::min(batch, left);
        left -= now;
        for (; now > 0; --now) receiver.cast(counter::add{1});
        if (left > 0) {
            self.cast(more{});  // behind whoever else wants to run
        } else {
            co_await receiver.call(counter::get{}, half::forever);
            done->count_down();
        }
    }
};

void measure(const char* name, const std::vector<half::ref<sender>>& senders, int rounds, std::int64_t casts) {
    auto all = [&](std::int64_t n) {
        std::latch done{std::ssize(senders)};
        for (auto each : senders) each.cast(sender::go{n, &done});
        done.wait();
    };
    all(bench::scaled(20'000));
    const bench::stopwatch watch;
    for (int round = 0; round < rounds; ++round) all(casts);
    watch.report_rate(name, rounds * casts * std::ssize(senders), "cast");
}

}  // namespace

int main() {
    half::runtime runtime;
    const auto    million = bench::scaled(1'000'000);
    measure("cast_1x1", {runtime.start(sender{runtime.start(counter{}), million})}, 5, million);

    const auto                     crowded = runtime.start(counter{});
    std::vector<half::ref<sender>> eight_to_one, eight_to_eight;
    for (int i = 0; i < 8; ++i) {
        eight_to_one.push_back(runtime.start(sender{crowded, 64}));
        eight_to_eight.push_back(runtime.start(sender{runtime.start(counter{}), 64}));
    }
    measure("cast_8x1", eight_to_one, 1, million);
    measure("cast_8x8", eight_to_eight, 1, million);
    bench::leave();
}
