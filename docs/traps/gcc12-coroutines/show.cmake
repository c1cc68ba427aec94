# Compiles SOURCE with COMPILER into PROGRAM, runs it, and passes when its verdict is EXPECTED: ok, or broken (anything else,
# a crash too).
if(NOT COMPILER)
    message("skipped: there is no g++-12 here to show the fault with (apt install g++-12)")
    return()
endif()

execute_process(COMMAND ${COMPILER} -std=c++20 -O1 -o ${PROGRAM} ${SOURCE} ERROR_VARIABLE errors RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${COMPILER} did not compile ${SOURCE}:\n${errors}")
endif()
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE output RESULT_VARIABLE result TIMEOUT 10)
string(STRIP "${output}" output)
message("${COMPILER}: ${output} (ended with ${result})")

if(result STREQUAL "0" AND output STREQUAL "ok")
    set(verdict ok)
else()
    set(verdict broken)
endif()
if(NOT verdict STREQUAL EXPECTED)
    message(FATAL_ERROR "${SOURCE}: expected ${EXPECTED}")
endif()
