#pragma once
#include <02_second/second.hpp>
