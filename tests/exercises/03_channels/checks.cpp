#include <03_registry/pubsub.hpp>

#include <exercise/channel_test.hpp>
#include <exercise/expect.hpp>

namespace {

using exercise::expect;

// A right channel stands on the chapter's. Each of the others differs in one thing.

struct right_channel {
    half::pubsub<news> inner = {};

    template <class Server>
    void subscribe(half::self<Server> me, const std::string& topic) const {
        inner.subscribe(me, topic);
    }
    template <class Server>
    void unsubscribe(half::self<Server> me, const std::string& topic) const {
        inner.unsubscribe(me, topic);
    }
    void broadcast(const std::string& topic, const news& n) const { inner.broadcast(topic, n); }
    void broadcast_from(half::pid but, const std::string& topic, const news& n) const {
        inner.broadcast_from(but, topic, n);
    }
};

struct forgets_the_last : right_channel {
    std::shared_ptr<half::pid> last = std::make_shared<half::pid>();

    template <class Server>
    void subscribe(half::self<Server> me, const std::string& topic) const {
        inner.subscribe(me, topic);
        if (topic == "cats" || inner.subscribers(topic) > 1) *last = me;
    }
    void broadcast(const std::string& topic, const news& n) const { inner.broadcast_from(*last, topic, n); }
};

struct tells_the_sender_too : right_channel {
    void broadcast_from(half::pid, const std::string& topic, const news& n) const { inner.broadcast(topic, n); }
};

struct mixes_topics : right_channel {
    template <class Server>
    void subscribe(half::self<Server> me, const std::string&) const {
        inner.subscribe(me, "everything");
    }
    template <class Server>
    void unsubscribe(half::self<Server> me, const std::string&) const {
        inner.unsubscribe(me, "everything");
    }
    void broadcast(const std::string&, const news& n) const { inner.broadcast("everything", n); }
    void broadcast_from(half::pid but, const std::string&, const news& n) const {
        inner.broadcast_from(but, "everything", n);
    }
};

struct cannot_be_left : right_channel {
    template <class Server>
    void unsubscribe(half::self<Server>, const std::string&) const {}
};

template <class Channel>
bool accepts() {
    half::runtime sim{half::simulated{}};
    return holds(sim, Channel{});
}

TEST(Channels, AcceptsTheRightChannel) {
    expect(accepts<right_channel>(), "your test refuses a channel that keeps all promises");
}

TEST(Channels, RefusesOneThatForgetsTheLastWhoCame) {
    expect(!accepts<forgets_the_last>(), "your test accepts a channel that never tells the last who has subscribed");
}

TEST(Channels, RefusesOneThatTellsTheSenderToo) {
    expect(!accepts<tells_the_sender_too>(), "your test accepts a channel whose broadcast_from leaves nobody out");
}

TEST(Channels, RefusesOneThatMixesTopics) {
    expect(!accepts<mixes_topics>(), "your test accepts a channel that tells everybody everything, whatever the topic");
}

TEST(Channels, RefusesOneThatCannotBeLeft) {
    expect(!accepts<cannot_be_left>(), "your test accepts a channel that goes on telling who has unsubscribed");
}

}  // namespace
