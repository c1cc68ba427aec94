// What there is to read about an exercise.
#pragma once

#include "picture.hpp"

#include <exercises/runner/manifest.hpp>

namespace exercises {

picture task(const manifest& m);        // its README.md
picture lesson(const manifest& m);      // the section of the chapter that it is about
picture comparison(const manifest& m);  // the learner's file and ours, by lines
picture solution(const manifest& m);

}  // namespace exercises
