// A simulated runtime that remembers: what was sent to whom, what was answered and when, who crashed. When a check fails,
// the learner reads it, with what is still in the mail.
//
//     exercise::story day;                                       // or story{seed}
//     auto shop = day.start(bakery{});
//     auto anna = day.ask("Anna", shop, bakery::order{"anna"});  // a process of her own; nothing waits for it
//     day.advance(10min);
//     expect(anna == "a cake for anna", "Anna ordered ten minutes ago and has " + anna.told());
#pragma once

#include <01_gen_server/gen_server.hpp>

#include <exercise/expect.hpp>
#include <exercise/told.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace exercise {

using namespace std::chrono_literals;

// What somebody asked for, and what came of it.
template <class Reply>
class asked {
public:
    bool                       answered() const { return it_->answer && it_->answer->has_value(); }
    bool                       over() const { return it_->answer.has_value(); }  // answered, or there is no hope
    const half::answer<Reply>& answer() const { return it_->answer.value(); }
    half::duration             when() const { return it_->when; }
    std::string                told() const { return over() ? exercise::told(answer()) : "nothing yet"; }
    template <class Value>
    bool operator==(const Value& value) const {
        return answered() && *answer() == value;
    }

private:
    friend class story;
    struct state {
        std::optional<half::answer<Reply>> answer;
        half::duration                     when{};
    };
    std::shared_ptr<state> it_ = std::make_shared<state>();
};

class story {
public:
    explicit story(std::uint64_t seed = 1);
    ~story() { told_now_ = before_, story_so_far = before_ ? &tell_now : nullptr; }
    story(const story&) = delete;

    template <class Server>
    half::ref<Server> start(Server server);

    template <class Server, class Message>
    void cast(half::ref<Server> to, Message message);

    // Asks from a process of its own, as soon as that one has its turn.
    template <class Server, class Message>
    asked<typename Message::reply> ask(std::string who, half::ref<Server> whom, Message what,
                                       half::duration patience = half::forever);

    void settle() { sim_.settle(); }
    void advance(half::duration time);

    half::duration now() const { return sim_.now().time_since_epoch(); }
    half::runtime& runtime() { return sim_; }

    void        note(const std::string& line) { lines_.push_back(told(now()) + "  " + line); }
    std::string so_far();

private:
    template <class Server, class Message>
    struct asker;
    struct look_into_the_mail;

    static std::string tell_now() { return told_now_->so_far(); }

    static inline story* told_now_ = nullptr;

    struct player {
        half::pid   id;
        std::string name;
    };

    story*                   before_ = std::exchange(told_now_, this);
    std::uint64_t            seed_;
    std::vector<std::string> lines_;
    std::vector<player>      players_;
    half::runtime            sim_;  // last: what ends with it may still be noted
};

// -- How it works -------------------------------------------------------------------------------------------------

inline story::story(std::uint64_t seed)
    : seed_{seed}, sim_{half::simulated{.seed = seed, .on_report = [this](const half::report& r) {
                                            if (!r.remark.empty()) note(r.server + ": " + r.remark);
                                            else note(r.server + " ends: " + half::to_string(r.reason));
                                        }}} {
    story_so_far = &tell_now;
}

template <class Server>
half::ref<Server> story::start(Server server) {
    auto started = sim_.start(std::move(server));
    players_.push_back({started, name_of<Server>()});
    return started;
}

template <class Server, class Message>
void story::cast(half::ref<Server> to, Message message) {
    note(name_of<Server>() + " is sent " + told(message));
    (void)to.cast(std::move(message));
}

inline void story::advance(half::duration time) {
    sim_.settle();
    note(told(time) + " pass");
    sim_.advance(time);
}

template <class Server, class Message>
struct story::asker {
    using reply = typename Message::reply;

    story*            in;
    std::string       who;
    half::ref<Server> whom;
    Message           what;
    half::duration    patience;
    asked<reply>      result;

    half::task<> init(half::self<asker> self) {
        in->note(who + " asks " + name_of<Server>() + ": " + told(what));
        auto answer        = co_await whom.try_call(std::move(what), patience);
        result.it_->when   = self.now().time_since_epoch();
        result.it_->answer = std::move(answer);
        in->note(who + " gets " + result.told());
        self.stop();
    }
};

template <class Server, class Message>
asked<typename Message::reply> story::ask(std::string who, half::ref<Server> whom, Message what,
                                          half::duration patience) {
    asked<typename Message::reply> result;
    sim_.spawn(asker<Server, Message>{this, std::move(who), whom, std::move(what), patience, result});
    return result;
}

struct story::look_into_the_mail final : half::signal {
    std::string& to;

    explicit look_into_the_mail(std::string& t) : to{t} {}
    void arrive(half::detail::process& here) override {
        if (here.handler) to += " is in the middle of a handler";
        if (!here.last_mail) return;
        to += to.empty() ? " has in its mail:" : ", and has in its mail:";
        for (auto* letter = here.last_mail->next;; letter = letter->next) {
            const auto name = letter->kind->name;
            const auto at   = name.rfind("::");
            to += " " + std::string{at == name.npos ? name : name.substr(at + 2)};
            if (letter == here.last_mail) break;
        }
    }
};

inline std::string story::so_far() {
    std::string text = "(seed " + std::to_string(seed_) + ")\n";
    for (const auto& line : lines_) text += line + "\n";
    for (const auto& [id, name] : players_) {
        std::string mail;
        if (!half::alive(id)) {
            mail = " is dead";
        } else {
            half::send_signal(id, std::make_unique<look_into_the_mail>(mail));
            sim_.settle();
        }
        text += "now    " + name + (mail.empty() ? " has no mail" : mail) + "\n";
    }
    return text;
}

}  // namespace exercise
