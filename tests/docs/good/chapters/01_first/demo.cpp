#include <01_first/first.hpp>

int main() {
    //! [use]
    int n = half::one();
    //! [use]
    return n - 1;
}
