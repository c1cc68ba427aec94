// refused: ignoring return value
// A cast that a bounded mailbox may refuse, and nobody looks whether it did.
#include <01_gen_server/gen_server.hpp>

#pragma clang diagnostic error "-Wunused-result"

struct inbox {
    using mailbox = half::bounded<10, half::overload::reject>;
    struct letter {};
    void handle(letter) {}
};

void write(half::ref<inbox> to) { to.cast(inbox::letter{}); }
