#include <01_gen_server/answer.hpp>
#include <01_gen_server/birth.hpp>
#include <01_gen_server/exit_reason.hpp>

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <array>

namespace half {

std::string to_string(const exit_reason& reason) {
    constexpr std::array names{"normal", "shutdown", "killed", "noproc", "crash", "other"};
    const std::string    name = names[static_cast<std::size_t>(reason.why)];
    if (reason.why == exit_reason::kind::other) return reason.what;
    return reason.what.empty() ? name : name + ": " + reason.what;
}

leave::leave(exit_reason r) : reason{std::move(r)}, text_{"left with reason " + to_string(reason)} {}

exit_reason reason_of(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const leave& chosen) {
        return chosen.reason;
    } catch (const boost::system::system_error& e) {
        return exit_reason::crash(
            e.code().message());  // its what() also names a place in our source: no news to a user
    } catch (const std::exception& e) {
        return exit_reason::crash(e.what());
    } catch (...) {
        return exit_reason::crash("something was thrown that is not a std::exception");
    }
}

std::string to_string(const no_answer& none) {
    switch (none.why) {
    case no_answer::timed_out: return "no answer in time";
    case no_answer::no_such_process: return "no such process";
    case no_answer::died: return "the server ended first (" + to_string(none.reason) + ")";
    case no_answer::overloaded: return "its mailbox is full";
    case no_answer::unanswered: return "the server dropped the question";
    case no_answer::calling_itself: return "a process that calls itself would wait for ever";
    }
    return "?";
}

call_failed::call_failed(pid s, std::string_view message, no_answer w)
    : runtime_error{fmt::format("call of {} to {} failed: {}", message, s, to_string(w))},
      server{s},
      why{std::move(w)} {}

start_failed::start_failed(std::string_view server, exit_reason why)
    : runtime_error{fmt::format("{} did not start: {}", server, why)}, reason{std::move(why)} {}

too_many_processes::too_many_processes(std::size_t limit)
    : runtime_error{
          fmt::format("{} processes live already, and no more are allowed (runtime_options::max_processes)", limit)} {}

}  // namespace half
