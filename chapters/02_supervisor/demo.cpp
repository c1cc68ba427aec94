// to write: in one line what this program shows
//
//     ./workbook demo 02
#include <02_supervisor/supervisor.hpp>

int main() {
    // to write: the code that the lesson walks through
}
