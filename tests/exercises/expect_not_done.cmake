# Hands in TRY and passes when it is refused with what its first line says: // told: <regex>
# A folder of the same name holds what somebody has changed of the checks.
file(STRINGS ${TRY} first LIMIT_COUNT 1)
if(NOT first MATCHES "^// told: (.+)$")
    message(FATAL_ERROR "${TRY}:1: the first line must be\n  // told: <regex that the words to the learner match>")
endif()
set(words "${CMAKE_MATCH_1}")

# The first line is ours.
file(READ ${TRY} text)
string(FIND "${text}" "\n" end)
math(EXPR end "${end} + 1")
string(SUBSTRING "${text}" ${end} -1 text)
file(WRITE ${BUILD}/doubled.hpp "${text}")

file(REMOVE_RECURSE ${BUILD}/tree)
file(COPY ${ROOT}/ DESTINATION ${BUILD}/tree)
cmake_path(REMOVE_EXTENSION TRY OUTPUT_VARIABLE changed)
if(IS_DIRECTORY ${changed})
    # file(COPY) leaves a file that is as old as the new one, and in a fresh clone all are of one age.
    execute_process(COMMAND ${CMAKE_COMMAND} -E copy_directory ${changed} ${BUILD}/tree COMMAND_ERROR_IS_FATAL ANY)
endif()

execute_process(COMMAND ${EXERCISES} try 00_doubled ${BUILD}/doubled.hpp --root ${BUILD}/tree --kits ${KITS} --build ${BUILD}
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
message("${output}")
if(NOT result EQUAL 1)
    message(FATAL_ERROR "It ended with ${result}; this must be refused, with 1.")
elseif(NOT output MATCHES "${words}")
    message(FATAL_ERROR "Refused, but the learner is not told:\n  ${words}")
endif()
