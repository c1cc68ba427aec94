# Passes when COMPILER refuses SOURCE for the reason in its first line. FLAGS is a response file.
file(STRINGS ${SOURCE} first LIMIT_COUNT 1)
if(NOT first MATCHES "^// refused: (.+)$")
    message(FATAL_ERROR "${SOURCE}:1: the first line must be\n  // refused: <regex that the compiler's message matches>")
endif()
set(reason "${CMAKE_MATCH_1}")

execute_process(COMMAND ${COMPILER} @${FLAGS} -fsyntax-only ${SOURCE}
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)

if(result EQUAL 0)
    message(FATAL_ERROR "${SOURCE}:1: this compiles, and should be refused with: ${reason}")
elseif(output MATCHES "fatal error: [^\n]*(file not found|No such file)[^\n]*")
    message(FATAL_ERROR "${SOURCE}: the compiler did not get as far as the wrong line. ${CMAKE_MATCH_0}")
elseif(NOT output MATCHES "${reason}")
    string(SUBSTRING "${output}" 0 4000 output)
    message("${output}")
    message(FATAL_ERROR "${SOURCE}:1: refused, but in other words (above).\n  expected to match: ${reason}")
endif()
