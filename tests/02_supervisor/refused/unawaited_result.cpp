// refused: co_await the result
// A result that is asked for and not awaited.
#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/async.hpp>

#pragma clang diagnostic error "-Wunused-result"

void ask(half::job<int>& job) { job.try_result(); }
