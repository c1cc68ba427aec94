#include <02_second/second.hpp>
