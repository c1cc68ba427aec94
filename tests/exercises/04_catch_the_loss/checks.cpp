#include <algorithm>
#include <exercise/expect.hpp>
#include <exercise/slate_test.hpp>

namespace {

using exercise::expect;

// Two are right; each of the others differs from the first in one thing.
enum class kind {
    right,
    writes_at_once,
    says_done_before_it_is_written,
    forgets_what_changed_meanwhile,
    loses_what_could_not_be_written,
    writes_the_first,
    counts_as_safe_what_is_on_its_way,
    saves_without_the_last_notes,
};
using enum kind;

using tabs = std::map<std::string, int>;

template <kind Kind>
struct slate {
    struct beat {};
    struct written {
        bool well;
    };

    struct boy {
        half::ref<book>  cellar;
        half::ref<slate> bar;
        tabs             carries;

        half::task<> init(half::self<boy> self) {
            const bool well = co_await cellar.call(book::write{carries});
            bar.cast(written{well});
            self.stop();
        }
    };

    half::ref<book>               cellar;
    tabs                          waiting = {}, carried = {};
    std::vector<half::from<void>> saving = {};

    void init(half::self<slate> self) { self.send_every(5s, beat{}); }
    void handle(beat, half::self<slate> self) { send_the_boy(self); }

    void handle(note n, half::self<slate> self) {
        if constexpr (Kind == writes_the_first) waiting.try_emplace(n.guest, n.coins);
        else waiting[n.guest] = n.coins;
        if constexpr (Kind == writes_at_once) send_the_boy(self);
    }

    std::size_t handle(at_risk) {
        if constexpr (Kind != counts_as_safe_what_is_on_its_way) return waiting.size();
        return std::size_t(std::ranges::count_if(waiting, [&](auto& tab) { return !carried.contains(tab.first); }));
    }

    void handle(save, half::from<void> who, half::self<slate> self) {
        send_the_boy(self);
        if (Kind == says_done_before_it_is_written || waiting.empty()) who.reply();
        else saving.push_back(std::move(who));
    }

    void handle(written w, half::self<slate> self) {
        for (const auto& [guest, coins] : carried)
            if (may_forget(guest, coins, w.well)) waiting.erase(guest);
        carried.clear();
        if (waiting.empty() || (Kind == saves_without_the_last_notes && w.well)) {
            for (auto& who : saving) who.reply();
            saving.clear();
        }
        if (w.well && (Kind == writes_at_once || !saving.empty())) send_the_boy(self);
    }

    bool may_forget(const std::string& guest, int coins, bool well) {
        if constexpr (Kind == loses_what_could_not_be_written) well = true;
        if constexpr (Kind == forgets_what_changed_meanwhile) return well;
        return well && waiting[guest] == coins;
    }

    void send_the_boy(half::self<slate> self) {
        if (!carried.empty() || waiting.empty()) return;
        carried = waiting;
        self.spawn(boy{cellar, self, carried});
    }
};

template <kind Kind>
bool accepts() {
    half::runtime sim{half::simulated{}};
    const auto    cellar = sim.start(book{});
    return holds(sim, sim.start(slate<Kind>{cellar}), cellar);
}

TEST(CatchTheLoss, AcceptsTheRightSlate) {
    expect(accepts<right>(), "your test refuses a slate that keeps all promises, and sends the boy every five seconds");
}

TEST(CatchTheLoss, AcceptsARightSlateThatWritesAtOnce) {
    expect(accepts<writes_at_once>(),
           "your test refuses a slate that keeps all promises, and sends the boy at each note");
}

TEST(CatchTheLoss, RefusesOneThatSaysDoneBeforeItIsWritten) {
    expect(!accepts<says_done_before_it_is_written>(),
           "your test accepts a slate that answers save as soon as the boy has gone, before he has written");
}

TEST(CatchTheLoss, RefusesOneThatForgetsWhatChangedMeanwhile) {
    expect(!accepts<forgets_what_changed_meanwhile>(),
           "your test accepts a slate that wipes out what the boy carried, though it changed while he was down there");
}

TEST(CatchTheLoss, RefusesOneThatLosesWhatCouldNotBeWritten) {
    expect(!accepts<loses_what_could_not_be_written>(),
           "your test accepts a slate that wipes out what the boy carried, though it was dark and he wrote nothing");
}

TEST(CatchTheLoss, RefusesOneThatWritesTheFirstAndNotTheLatest) {
    expect(!accepts<writes_the_first>(),
           "your test accepts a slate that writes the first of several notes for a guest, and not the latest");
}

TEST(CatchTheLoss, RefusesOneThatCountsAsSafeWhatIsOnItsWay) {
    expect(!accepts<counts_as_safe_what_is_on_its_way>(),
           "your test accepts a slate that counts nothing at risk while the boy is down there");
}

TEST(CatchTheLoss, RefusesOneThatSavesWithoutTheLastNotes) {
    expect(!accepts<saves_without_the_last_notes>(),
           "your test accepts a slate that answers save when the boy is back, though more was noted since he went");
}

}  // namespace
