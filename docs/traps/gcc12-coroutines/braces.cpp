// co_await inside the braces of an aggregate. g++ 12 destroys what it has made twice.
#include "task.hpp"

struct account {
    tracked owner;
    tracked bank{2};
};

task<int> open() {
    account a{.owner = tracked{co_await hop()}};
    co_return a.owner.id;
}

int main() { return verdict(open); }
