// One message to many: a copy for each, or one form that they share.
#pragma once

#include <01_gen_server/detail/letters.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace half::detail {

// Sends to one after the other. Who gets ready by it is handed to the scheduler with others in a chain, which costs one
// look at its queues instead of many. What is sent has arrived when flush() returns, or the destructor.
class volley {
public:
    volley() = default;
    ~volley() { flush(); }
    volley(const volley&)            = delete;
    volley& operator=(const volley&) = delete;

    // Sends a copy; false when it was refused, or nobody is there any more.
    template <class Server, class Message>
    bool copy(pid to, const Message& message) {
        static_assert(std::is_copy_constructible_v<Message>,
                      "each receiver gets a copy of this message, and it cannot be copied: let it hold a half::shared");
        if (!process::find(to)) return false;
        auto* letter = seal<Server>(Message{message});
        if constexpr (bounded_server<Server>) return send_bounded(to, letter);
        else return send(to, letter), true;
    }
    void flush() noexcept;

private:
    void send(pid to, envelope* sealed) noexcept;

    process* first_ = nullptr;
    process* last_  = nullptr;
    int      count_ = 0;
};

// The first exception of many attempts, for when all have been made.
class first_failure {
public:
    template <class F>
    bool attempt(F&& f) noexcept {
        try {
            return f();
        } catch (...) {
            if (!thrown_) thrown_ = std::current_exception();
            return false;
        }
    }
    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    std::exception_ptr thrown_;
};

// The forms of one message that somebody wants, each made once.
class forms {
public:
    // Null when it was tried before and could not be made.
    template <auto Encode, class Message>
    auto get(const Message& message) {
        using form = std::remove_cvref_t<std::invoke_result_t<decltype(Encode), const Message&>>;
        for (const auto& [name, made] : made_)
            if (name == &name_of<Encode>) return std::static_pointer_cast<const form>(made);
        made_.emplace_back(&name_of<Encode>, nullptr);  // it stays so when this throws
        auto made           = std::make_shared<const form>(std::invoke(Encode, message));
        made_.back().second = made;
        return std::shared_ptr<const form>{std::move(made)};
    }

private:
    template <auto Encode>
    static constinit inline char name_of = 0;

    std::vector<std::pair<const void*, std::shared_ptr<const void>>> made_;
};

}  // namespace half::detail
