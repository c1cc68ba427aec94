# Runs SKETCH and passes when its output matches EXPECT_0, EXPECT_1, ... (EXPECTS of them).
set(ENV{TSAN_OPTIONS} "")
execute_process(COMMAND ${SKETCH} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result TIMEOUT 60)

math(EXPR last "${EXPECTS} - 1")
foreach(i RANGE ${last})
    if(NOT output MATCHES "${EXPECT_${i}}")
        message("${output}")
        message(FATAL_ERROR
            "The sketch did not break as its chapter says (it ended with ${result}, its output is above).\n"
            "  expected to match: ${EXPECT_${i}}\n"
            "What to do: if the sketch changed, change EXPECTS in the chapter's CMakeLists.txt and the lesson with it.")
    endif()
endforeach()
message("${output}")
