# Wrong code that the chapter must refuse. Every tests/NN_name/refused/<case>.cpp begins with
#
#   // refused: <regex>
#
# and its test NN.refused.<case> passes when the compiler, run with the flags of the chapter's tests, refuses the file with a
# message that matches. The files also belong to ch01_refused, a target that nobody builds: it carries the flags.

macro(half_chapter_refused)
    file(GLOB sources CONFIGURE_DEPENDS ${tests}/${folder}/refused/*.cpp)
    if(sources)
        add_library(${chapter}_refused OBJECT EXCLUDE_FROM_ALL ${sources})
        target_link_libraries(${chapter}_refused PRIVATE ${chapter})
        half_flags_file(${chapter}_refused ${CMAKE_CURRENT_BINARY_DIR}/refused.flags)
        foreach(source ${sources})
            cmake_path(GET source STEM stem)
            add_test(NAME ${NN}.refused.${stem}
                COMMAND ${CMAKE_COMMAND} -DCOMPILER=${CMAKE_CXX_COMPILER} -DSOURCE=${source}
                        -DFLAGS=${CMAKE_CURRENT_BINARY_DIR}/refused.flags -P ${HALF_CMAKE_DIR}/run_refused.cmake)
            set_tests_properties(${NN}.refused.${stem} PROPERTIES
                LABELS "${chapter};refused" TIMEOUT ${HALF_TEST_TIMEOUT})
        endforeach()
    endif()
endmacro()

# Writes the compile flags of a target as a response file: @file on the compiler's command line.
function(half_flags_file target file)
    set(content)
    foreach(pair "-I:INCLUDE_DIRECTORIES" "-D:COMPILE_DEFINITIONS" ":COMPILE_OPTIONS")
        string(REGEX MATCH "^([^:]*):(.*)$" _ ${pair})
        set(values "$<TARGET_PROPERTY:${target},${CMAKE_MATCH_2}>")
        string(APPEND content "$<$<BOOL:${values}>:${CMAKE_MATCH_1}$<JOIN:${values},\n${CMAKE_MATCH_1}>>\n")
    endforeach()
    file(GENERATE OUTPUT ${file} CONTENT "${content}" TARGET ${target})
endfunction()
