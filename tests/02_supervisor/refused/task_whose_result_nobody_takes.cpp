// refused: nobody would look at what it returns
// A task that is started for what it returns, where nobody can have it.
#include <01_gen_server/gen_server.hpp>
#include <02_supervisor/async.hpp>

half::task<int> count() { co_return 1; }

void start(half::ref<half::task_supervisor> helpers) { half::start_task(helpers, count); }
