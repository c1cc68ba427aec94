# Wrong code that the chapter must refuse. Every tests/NN_name/refused/<case>.cpp begins with
#
#   // refused: <regex>
#
# and its test NN.refused.<case> passes when the compiler, run with the flags of the chapter's tests, refuses the file with a
# message that matches. What the compiler says is asked in the build, and again when a header of the house has changed; the
# test reads it. The files also belong to ch01_refused, a target that nobody builds: it carries the flags.

macro(half_chapter_refused)
    file(GLOB sources CONFIGURE_DEPENDS ${tests}/${folder}/refused/*.cpp)
    if(sources)
        add_library(${chapter}_refused OBJECT EXCLUDE_FROM_ALL ${sources})
        target_link_libraries(${chapter}_refused PRIVATE ${chapter})
        half_flags_file(${chapter}_refused ${CMAKE_CURRENT_BINARY_DIR}/refused.flags)
        file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/chapters/*/*.hpp ${PROJECT_SOURCE_DIR}/chapters/*/*/*.hpp)
        set(answers)
        foreach(source ${sources})
            cmake_path(GET source STEM stem)
            set(answer ${CMAKE_CURRENT_BINARY_DIR}/refused/${stem}.txt)
            list(APPEND answers ${answer})
            add_custom_command(OUTPUT ${answer}
                COMMAND ${CMAKE_COMMAND} -DCOMPILER=${CMAKE_CXX_COMPILER} -DSOURCE=${source} -DANSWER=${answer}
                        -DFLAGS=${CMAKE_CURRENT_BINARY_DIR}/refused.flags -P ${HALF_CMAKE_DIR}/ask_compiler.cmake
                DEPENDS ${source} ${headers} ${CMAKE_CURRENT_BINARY_DIR}/refused.flags ${HALF_CMAKE_DIR}/ask_compiler.cmake
                COMMENT "Asking the compiler to refuse ${folder}/refused/${stem}.cpp" VERBATIM)
            add_test(NAME ${NN}.refused.${stem}
                COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DANSWER=${answer} -P ${HALF_CMAKE_DIR}/run_refused.cmake)
            set_tests_properties(${NN}.refused.${stem} PROPERTIES
                LABELS "${chapter};refused" TIMEOUT ${HALF_TEST_TIMEOUT})
        endforeach()
        add_custom_target(${chapter}_refusals ALL DEPENDS ${answers})
        add_dependencies(${chapter}_checks ${chapter}_refusals)
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
