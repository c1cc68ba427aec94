// What a check says when something is not as it should be: a sentence for the learner, and where in the check it was.
#pragma once

#include <gtest/gtest.h>

#include <source_location>
#include <string>

namespace exercise {

// What happened so far, for the report of a failure; a story (story.hpp) sets it while it lives.
inline std::string (*story_so_far)() = nullptr;

struct otherwise {
    std::string          text;
    std::source_location where;

    // NOLINTBEGIN(google-explicit-constructor): a sentence is all that a check writes
    otherwise(const char* says, std::source_location here = std::source_location::current())
        : text{says}, where{here} {}
    otherwise(std::string says, std::source_location here = std::source_location::current())
        : text{std::move(says)}, where{here} {}
    // NOLINTEND(google-explicit-constructor)
};

inline bool expect(bool holds, const otherwise& sentence) {
    if (!holds) ADD_FAILURE_AT(sentence.where.file_name(), static_cast<int>(sentence.where.line())) << sentence.text;
    return holds;
}

}  // namespace exercise
