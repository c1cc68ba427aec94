// refused: a const char\* is a place and no text: let the key be a std::string
// Two texts that say the same, in two places.
#include <03_registry/groups.hpp>

struct guest {
    void handle(int) {}
};

half::groups<guest, const char*> tables;
