#pragma once
#include <01_first/first.hpp>
