#include <exercise/key_value.hpp>
#include <exercise/story.hpp>

namespace {

using exercise::expect;
using exercise::story;
using namespace std::chrono_literals;

struct KeyValue : testing::Test {
    story                day;
    half::ref<key_value> store = day.start(key_value{});

    void put(std::string key, std::string value, half::duration keep = half::forever) {
        day.cast(store, key_value::put{std::move(key), std::move(value), keep});
        day.settle();
    }

    // At what is expected of a key now; "" is nothing.
    void holds(const std::string& key, const std::string& value, const std::string& because) {
        const auto got = day.ask("somebody", store, key_value::get{key});
        day.settle();
        const bool right = got.answered() && got.answer()->value_or("") == value;
        expect(right, because + ", so \"" + key + "\" should be " + (value.empty() ? "nothing" : "\"" + value + "\"")
                          + "; the answer is " + got.told());
    }

    void has_size(std::size_t n, const std::string& because) {
        const auto got = day.ask("somebody", store, key_value::size{});
        day.settle();
        expect(got == n, because + ", so the size should be " + std::to_string(n) + "; the answer is " + got.told());
    }

    void erases(const std::string& key, bool was_there) {
        const auto got = day.ask("somebody", store, key_value::erase{key});
        day.settle();
        expect(got == was_there, std::string{"erase should say whether there was something, here: "}
                                     + (was_there ? "true" : "false") + "; the answer is " + got.told());
    }
};

TEST_F(KeyValue, AnswersWhatWasPut) {
    put("cat", "Felix");
    put("dog", "Rex");
    holds("cat", "Felix", "it was put");
    holds("dog", "Rex", "it was put");
    put("cat", "Tom");
    holds("cat", "Tom", "it was put again");
    has_size(2, "there are a cat and a dog");
}

TEST_F(KeyValue, AnswersNothingForAKeyThatIsNotThere) {
    holds("cat", "", "nothing was put");
    has_size(0, "to look for a key does not make one");
    put("dog", "Rex");
    holds("cat", "", "only a dog was put");
}

TEST_F(KeyValue, ErasesAndSaysWhetherThereWasSomething) {
    erases("cat", false);
    put("cat", "Felix");
    erases("cat", true);
    holds("cat", "", "it was erased");
    erases("cat", false);
    has_size(0, "the only one was erased");
}

TEST_F(KeyValue, ForgetsWhatHasHadItsTime) {
    put("cat", "Felix", 10s);
    put("dog", "Rex");
    day.advance(9s);
    holds("cat", "Felix", "it was put for 10 s, 9 s ago");
    day.advance(1s);
    holds("cat", "", "it was put for 10 s, 10 s ago");
    has_size(1, "the cat is gone and the dog was put for ever");
    day.advance(1h);
    holds("dog", "Rex", "it was put for ever");
}

TEST_F(KeyValue, ANewValueDoesNotGoWithTheOld) {
    put("cat", "Felix", 10s);
    put("dog", "Rex", 10s);
    day.advance(5s);
    put("cat", "Tom", 10s);
    put("dog", "Bello");
    day.advance(5s);
    holds("cat", "Tom", "Felix has had his 10 s, but Tom came 5 s ago, for 10 s");
    holds("dog", "Bello", "Rex has had his 10 s, but Bello was put for ever");
    day.advance(5s);
    holds("cat", "", "Tom has had his 10 s");
    holds("dog", "Bello", "it was put for ever");
}

TEST_F(KeyValue, AValueThatWasErasedTakesNothingWithIt) {
    put("cat", "Felix", 10s);
    erases("cat", true);
    put("cat", "Tom");
    day.advance(10s);
    holds("cat", "Tom", "Felix was erased long ago, and Tom was put for ever");
    put("dog", "Rex", 10s);
    erases("dog", true);
    day.advance(10s);
    holds("dog", "", "it was erased");
}

}  // namespace
