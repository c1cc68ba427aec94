// Whether bytes are text.
#pragma once

#include <string_view>

namespace half::detail {

// As Unicode has it: shortest forms only, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace half::detail
