// What does each of them hear? The program is in README.md. "nobody" when the call cannot be answered.
#pragma once

#include <string>

//@todo 1 what do you hear, who asks the ref that you kept: "1", "2" or "nobody"?
inline const std::string by_the_ref = "nobody";
//@instead
// inline const std::string by_the_ref = "2";
//@end

//@todo 2 what do you hear, who asks by name: "1", "2" or "nobody"?
inline const std::string by_the_name = "2";
//@instead
// inline const std::string by_the_name = "1";
//@end

//@todo 3 the third clerk wants the name "window" after all that: does he get it, "yes" or "no"?
inline const std::string third_gets_the_name = "no";
//@instead
// inline const std::string third_gets_the_name = "yes";
//@end
