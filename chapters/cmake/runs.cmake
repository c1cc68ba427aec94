# half_runs(TEST "./workbook demo 01" ...) says that TEST runs these commands, or their parts with stand-ins around
# them. A block of commands in the text names a test, and may hold only what its test says so of (docs/writing.md).
# Call it where the test was added: CMake 3.25 sets properties of tests in their own folder only.
function(half_runs test)
    if(NOT TEST ${test})
        message(FATAL_ERROR "half_runs: there is no test ${test} in ${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    get_property(before TEST ${test} PROPERTY ENVIRONMENT)
    set(environment ${before})
    list(FILTER environment EXCLUDE REGEX "^HALF_RUNS=")
    list(FILTER before INCLUDE REGEX "^HALF_RUNS=")
    set(commands ${ARGN})
    if(before)
        string(REPLACE "HALF_RUNS=" "" before "${before}")
        list(PREPEND commands "${before}")
    endif()
    list(JOIN commands "\n" commands)
    set_property(TEST ${test} PROPERTY ENVIRONMENT ${environment} "HALF_RUNS=${commands}")
endfunction()
