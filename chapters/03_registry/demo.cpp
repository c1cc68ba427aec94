// to write: in one line what this program shows
//
//     ./workbook demo 03
#include <03_registry/registry.hpp>

int main() {
    // to write: the code that the lesson walks through
}
