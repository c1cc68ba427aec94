// Who is present, and telling of it in order.
//
//   - A change is noted in an outbox, under the lock under which it is made: so the notes are in order.
//   - Then whoever changed something empties the outbox, without that lock, unless somebody is at it; and he tells of what
//     comes in meanwhile, too. So the diffs of a topic leave in order and one after the other, and nobody waits.
//   - What is told in one go is one diff for each topic. Of somebody who came and went in it, the going is told: who
//     listed in between has seen him.
#pragma once

#include <03_registry/detail/member_table.hpp>
#include <03_registry/pubsub.hpp>

#include <map>

namespace half {

template <class Meta>
struct present;
template <class Meta>
struct presence_changes;

namespace detail {

// What a process says of itself in one place. Never changed: an update puts another in its place.
template <class Meta>
struct said {
    std::string key;
    Meta        meta;
};

template <class Meta>
class presence_table final : public member_table<std::string, std::shared_ptr<const said<Meta>>> {
    static_assert(std::is_copy_constructible_v<Meta>,
                  "who lists gets a copy of what each says of itself: it must be copyable");

public:
    using tag = std::shared_ptr<const said<Meta>>;

    presence_table() : member_table<std::string, tag>{"present in"} {}

    pubsub<shared<presence_changes<Meta>>> diffs;

private:
    struct change {
        std::string topic;
        pid         who;
        tag         before, after;  // null: was not there; is no more

        const std::string& key() const { return (before ? before : after)->key; }
    };
    struct outbox {
        std::mutex          guard;
        std::vector<change> changes;
        bool                busy = false;  // somebody is telling
    };

    void changed(std::size_t part, const std::string& topic, pid who, const tag* before, const tag* after) override {
        auto&                 box = boxes_[part];
        const std::lock_guard lock{box.guard};
        box.changes.push_back({topic, who, before ? *before : tag{}, after ? *after : tag{}});
    }

    void told(std::size_t part) override {
        auto& box = boxes_[part];
        for (bool mine = false;; mine = true) {
            std::vector<change> changes;
            {
                const std::lock_guard lock{box.guard};
                if (box.busy && !mine) return;
                box.busy = !box.changes.empty();
                if (!box.busy) return;
                changes.swap(box.changes);
            }
            tell(std::move(changes));
        }
    }

    // Whose change it was may be somebody else: a Meta that cannot be copied is not told of, and that is all.
    void tell(std::vector<change> changes) noexcept {
        std::map<std::string, std::vector<change>> topics;
        for (auto& c : changes) topics[c.topic].push_back(std::move(c));
        for (const auto& [topic, news] : topics)
            first_failure{}.attempt([&] {
                if (diffs.subscribers(topic) > 0) diffs.broadcast(topic, diff_of(topic, news));
                return true;
            });
    }

    static shared<presence_changes<Meta>> diff_of(const std::string& topic, const std::vector<change>& changes) {
        auto diff   = std::make_shared<presence_changes<Meta>>();
        diff->topic = topic;
        for (const auto& c : sum_of(changes)) {
            if (c.before) diff->leaves[c.key()].push_back({c.who, c.before->meta});
            if (c.after) diff->joins[c.key()].push_back({c.who, c.after->meta});
        }
        return shared<presence_changes<Meta>>{std::move(diff)};
    }

    // One change for each process and key: what was there at first, and what is there at last.
    static std::vector<change> sum_of(const std::vector<change>& changes) {
        std::vector<change>                                sum;
        std::map<std::pair<std::string, pid>, std::size_t> places;
        for (const auto& c : changes) {
            const auto [place, first] = places.try_emplace({c.key(), c.who}, sum.size());
            if (first) {
                sum.push_back(c);
                continue;
            }
            auto& known = sum[place->second];
            known.after = c.after;
            if (!known.before && !known.after) known.before = c.before;
        }
        return sum;
    }

    std::array<outbox, member_table<std::string, tag>::parts> boxes_;
};

}  // namespace detail
}  // namespace half
