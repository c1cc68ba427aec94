// The first attempt: one object that listens to events, and two events at once.
//
// A subscriber is told that a model has changed, and tells the people who follow it. Saving and telling both need the
// model, so it is kept in a member. With one event after another nothing is wrong with that.
#include <fmt/format.h>

#include <barrier>
#include <string>
#include <thread>

//! [subscriber]
struct model {
    std::string name;
};

class subscriber {
public:
    //! [changed]
    void changed(const model& what) {
        current_ = &what;
        save();
        tell(what.name);
    }
    //! [changed]

private:
    void save() { database_.arrive_and_wait(); }

    void tell(const std::string& asked_for) { fmt::print("asked for {}, told about {}\n", asked_for, current_->name); }

    const model*   current_ = nullptr;  // the event that is being handled. Which one?
    std::barrier<> database_{2};        // slow enough that two events always meet in it
};
//! [subscriber]

int main() {
    //! [events]
    const model cat{"cat"};
    const model dog{"dog"};
    subscriber  follower;

    std::jthread one{[&] { follower.changed(cat); }};
    std::jthread two{[&] { follower.changed(dog); }};
    //! [events]
}
