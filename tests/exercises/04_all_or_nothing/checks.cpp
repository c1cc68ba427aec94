#include <02_supervisor/supervisor.hpp>

#include <exercise/market.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

// Buys when it begins, and can be asked what came of it.
struct buyer {
    struct outcome {
        using reply = std::string;
    };

    half::store db;
    std::string name, heard = "nothing yet";

    half::task<> init() {
        const auto bought = co_await buy(db, name, "lamp");
        heard             = bought ? "bought" : "not bought";
    }
    std::string handle(outcome) { return heard; }
};

struct market_day {
    half::memory_database disk;
    story                 day;
    half::store           db{disk, {.schema = market}};

    market_day() {
        day.runtime().start(half::supervisor{.children = {{.id = "db", .start = db}}});
        day.runtime().run(open_the_shop(db));
        disk.answer_after(10ms);
    }
    static half::task<> open_the_shop(half::store db) {
        for (const auto& [who, coins] : {std::pair{"shop", 0}, {"Ann", 10}, {"Bob", 5}, {"Eve", 10}})
            (co_await db.execute("insert into purses values ($1, $2)", who, coins)).or_throw();
        (co_await db.execute("insert into things values ('lamp', 7, 'shop')")).or_throw();
    }

    half::ref<buyer> sends(const std::string& who) {
        day.note(who + " wants the lamp");
        return day.runtime().spawn(buyer{db, who});
    }
    std::string outcome(half::ref<buyer> who) {
        const auto said = day.runtime().try_call(who, buyer::outcome{});
        return said ? *said : "crashed";
    }

    // "shop 0, Ann 10, Bob 5, Eve 10, lamp: shop", as somebody else sees it.
    std::string world() {
        half::store other{disk};
        day.runtime().start(half::supervisor{.children = {{.id = "db", .start = other}}});
        return day.runtime().run(look(other));
    }
    static half::task<std::string> look(half::store db) {
        std::string text;
        for (const char* who : {"shop", "Ann", "Bob", "Eve"}) {
            auto coins = (co_await db.query_one<int>("select coins from purses where name = $1", who)).or_throw();
            text += std::string{who} + " " + std::to_string(coins.value()) + ", ";
        }
        auto owner = (co_await db.query_one<std::string>("select owner from things where name = 'lamp'")).or_throw();
        co_return text + "lamp: " + owner.value();
    }
};

const std::string nothing_happened = "shop 0, Ann 10, Bob 5, Eve 10, lamp: shop";
const std::string ann_has_it       = "shop 7, Ann 3, Bob 5, Eve 10, lamp: Ann";
const std::string eve_has_it       = "shop 7, Ann 10, Bob 5, Eve 3, lamp: Eve";

TEST(AllOrNothing, WhoCannotPayGetsNothing) {
    market_day today;
    const auto bob = today.sends("Bob");
    today.day.advance(1s);
    expect(today.outcome(bob) == "not bought",
           "the lamp costs 7, Bob has 5, and what he heard is: " + today.outcome(bob));
    expect(today.world() == nothing_happened, "the lamp costs 7, and Bob has 5. Then the world is: " + today.world());
    const auto ann = today.sends("Ann");
    today.day.advance(1s);
    expect(today.outcome(ann) == "bought", "Ann has 10, and what she heard is: " + today.outcome(ann));
    expect(today.world() == ann_has_it,
           "Bob could not pay, and Ann bought the lamp. Then the world is: " + today.world());
}

TEST(AllOrNothing, TwoCannotBuyTheSameLamp) {
    market_day today;
    const auto ann = today.sends("Ann");
    const auto eve = today.sends("Eve");
    today.day.advance(1s);
    const auto ann_heard = today.outcome(ann), eve_heard = today.outcome(eve);
    expect((ann_heard == "bought") != (eve_heard == "bought"),
           "Ann and Eve want the lamp at the same moment. Ann heard: " + ann_heard + ", Eve heard: " + eve_heard);
    const auto& right = ann_heard == "bought" ? ann_has_it : eve_has_it;
    expect(today.world() == right,
           "Ann heard: " + ann_heard + ", Eve heard: " + eve_heard + ". Then the world is: " + today.world());
}

TEST(AllOrNothing, ADatabaseThatBreaksInBetween) {
    int bought = 0;
    for (half::duration after = 5ms; after < 80ms && !testing::Test::HasFailure(); after += 10ms) {
        market_day today;
        const auto ann = today.sends("Ann");
        today.day.advance(after);
        today.day.note("the database breaks all connections");
        today.disk.break_connections();
        today.day.advance(1min);
        const auto  heard = today.outcome(ann);
        const auto& right = heard == "bought" ? ann_has_it : nothing_happened;
        bought += heard == "bought";
        expect(today.world() == right, "Ann wanted the lamp; " + exercise::told(after)
                                           + " later all connections to the database broke. She heard: " + heard
                                           + ". Then the world is: " + today.world());
    }
    expect(testing::Test::HasFailure() || bought > 0,
           "the database broke long after the sale, and Ann still has no lamp");
}

}  // namespace
