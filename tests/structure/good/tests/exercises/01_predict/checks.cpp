#include <exercise/answer.hpp>
