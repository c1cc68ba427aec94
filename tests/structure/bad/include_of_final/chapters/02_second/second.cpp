#include "../../final/main.hpp"
