// A name, used like a ref.
//
//     half::via lobby{rooms, "lobby"};
//     lobby.cast(room::say{"hello"});                          // to whoever is the lobby at this moment
//     auto who = co_await lobby.call(room::who{});             // no_such_process when nobody is
//     half::monitor(self, lobby.who());                        // for all else: who is it now?
//
// It looks the name up each time it is used. So it stays right over restarts, and two messages sent through it may reach
// two lives. Where they must reach the same one, look up once: `auto now = rooms.find("lobby");`.
#pragma once

#include <03_registry/registry.hpp>

namespace half {

/// What has names: a `find` that gives a ref. The registry of this chapter, and those of chapters to come.
template <class Names, class Key>
concept naming = requires(const Names& names, const Key& key) {
    typename Names::server_type;
    { names.find(key) } -> std::same_as<ref<typename Names::server_type>>;
};

/// A name, used like a ref.
///
/// @snippet 03_registry/demo.cpp via
template <class Names>
    requires naming<Names, typename Names::key_type>
class via {
public:
    using server_type = typename Names::server_type;  ///< What lives there.
    using key_type    = typename Names::key_type;     ///< What names are.

    /// Looks nothing up yet.
    via(Names names, key_type name) : names_{std::move(names)}, name_{std::move(name)} {}

    ref<server_type> who() const { return names_.find(name_); }  ///< Who has the name now; nobody, when it is free.

    /// As ref::cast. To nobody it is lost.
    template <class Message>
        requires(!may_refuse<server_type>)
    void cast(Message message) const {
        who().cast(std::move(message));
    }
    /// As ref::cast, to a mailbox that may refuse it: look at the value.
    template <class Message>
        requires may_refuse<server_type>
    [[nodiscard("the mailbox may have refused it")]] std::expected<void, overloaded> cast(Message message) const {
        return who().cast(std::move(message));
    }
    /// As ref::call: `co_await` it.
    template <class Message>
    auto call(Message message, duration timeout = patience_of<Message>) const {
        return who().call(std::move(message), timeout);
    }
    /// As ref::try_call.
    template <class Message>
    auto try_call(Message message, duration timeout = patience_of<Message>) const {
        return who().try_call(std::move(message), timeout);
    }
    void stop(exit_reason reason = {}) const { who().stop(std::move(reason)); }  ///< As ref::stop.

private:
    Names    names_;
    key_type name_;
};

}  // namespace half
