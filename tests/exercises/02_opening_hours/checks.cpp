#include <algorithm>
#include <exercise/opening_hours.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;

struct OpeningHours : testing::Test {
    story                       day;
    half::ref<half::supervisor> root;

    OpeningHours() {
        diary.clear();
        root = day.start(shop());
        day.settle();
    }

    template <class Server>
    half::ref<Server> find(const std::string& id) {
        return day.runtime().run(half::find_child<Server>(root, id));
    }
    bool open() const { return half::alive(root); }

    void sell(int cents) {
        day.cast(find<till>("till"), till::sold{cents});
        day.cast(find<drawer>("drawer"), drawer::put{cents});
        day.settle();
    }

    bool agree(const std::string& when) {
        const auto says = day.runtime().try_call(find<till>("till"), till::total{});
        const auto has  = day.runtime().try_call(find<drawer>("drawer"), drawer::count{});
        return expect(says && has && *says == *has, when + " the till says " + exercise::told(says)
                                                        + ", and in the drawer is " + exercise::told(has));
    }
};

auto count(const std::string& what) { return std::ranges::count(diary, what); }

TEST_F(OpeningHours, TheDoorOpensWhenAllIsReady) {
    const std::vector<std::string> right{"drawer", "till", "door", "delivery"};
    expect(diary == right, "the shop should open in the order " + testing::PrintToString(right) + "; it was "
                               + testing::PrintToString(diary));
}

TEST_F(OpeningHours, TillAndDrawerAgree) {
    sell(300);
    if (!agree("before anything crashed")) return;
    day.cast(find<drawer>("drawer"), drawer::jam{});
    day.advance(1min);
    sell(50);
    if (!agree("300 were sold, the drawer crashed, and 50 were sold;")) return;
    day.cast(find<till>("till"), till::jam{});
    day.advance(1min);
    sell(7);
    agree("then the till crashed, and 7 were sold;");
    expect(count("door") == 3,
           "drawer and till began again twice; the door should have been opened three times, and was "
               + std::to_string(count("door")) + " times");
}

TEST_F(OpeningHours, TheDeliveryComesOnce) {
    day.cast(find<delivery>("delivery"), delivery::slip{});
    day.advance(5min);
    if (!expect(count("delivery") == 2, "the bread lay on the floor, so a second delivery should have come; there were "
                                            + std::to_string(count("delivery"))))
        return;
    day.advance(2h);
    expect(count("delivery") == 2, "the second delivery was unloaded, and two hours later there have been "
                                       + std::to_string(count("delivery")));
    expect(open(), "the shop has given up");
}

TEST_F(OpeningHours, TheSumIsPrintedAtTheEnd) {
    sell(300);
    half::exit(root, half::exit_reason::shutdown("closing time"));
    day.advance(5min);
    expect(!open(), "it was told to close five minutes ago, and is open");
    expect(count("sum") == 1, "the shop has closed, and the sum was not printed");
}

}  // namespace
