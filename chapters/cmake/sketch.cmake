# A sketch is the naive first attempt, and the chapter's own CMakeLists.txt says how it breaks:
#
#   half_sketch_test(01 race EXPECTS "lost [0-9]+ updates")       run sketch/race.cpp, its output must match
#   half_sketch_test(01 race TSAN EXPECTS "data race")            run a copy built with ThreadSanitizer
#
# Every regex after EXPECTS must match what the sketch printed (both streams); its exit code does not count, because
# a sketch breaks. The TSan copy is built with -fsanitize=thread in every preset but asan, where the two cannot meet.
# Sketches are compiled with -O0: an optimiser hides a race by doing a loop at once, and loses lines.
#
# The TSan copy links third-party libraries only (header-only Asio): code that TSan did not compile would make it cry wolf.

macro(half_chapter_sketches)
    file(GLOB sources CONFIGURE_DEPENDS sketch/*.cpp)
    foreach(source ${sources})
        cmake_path(GET source STEM stem)
        add_executable(${chapter}_sketch_${stem} ${source})
        target_compile_options(${chapter}_sketch_${stem} PRIVATE -O0 -g)
        target_link_libraries(${chapter}_sketch_${stem} PRIVATE half_flags Threads::Threads ${uses})
        add_dependencies(${chapter}_checks ${chapter}_sketch_${stem})
    endforeach()
endmacro()

function(half_sketch_test NN name)
    cmake_parse_arguments(PARSE_ARGV 2 arg "TSAN" "" "EXPECTS")
    if(NOT arg_EXPECTS)
        message(FATAL_ERROR "half_sketch_test(${NN} ${name} ...): EXPECTS \"regex\" is missing: how does the sketch break?")
    endif()
    set(target ch${NN}_sketch_${name})
    set(test ${NN}.sketch.${name})
    if(arg_TSAN)
        if(HALF_SANITIZE MATCHES "address")
            return()
        endif()
        add_executable(${target}_tsan sketch/${name}.cpp)
        target_compile_options(${target}_tsan PRIVATE -O0 -g -fsanitize=thread)
        target_link_options(${target}_tsan PRIVATE -fsanitize=thread)
        target_link_libraries(${target}_tsan PRIVATE half_flags Threads::Threads Boost::headers fmt::fmt)
        add_dependencies(ch${NN}_checks ${target}_tsan)
        set(target ${target}_tsan)
        set(test ${test}.tsan)
    endif()

    set(expects)
    set(count 0)
    foreach(regex IN LISTS arg_EXPECTS)
        list(APPEND expects "-DEXPECT_${count}=${regex}")
        math(EXPR count "${count} + 1")
    endforeach()
    add_test(NAME ${test}
        COMMAND ${CMAKE_COMMAND} -DSKETCH=$<TARGET_FILE:${target}> -DEXPECTS=${count} ${expects}
                -P ${HALF_CMAKE_DIR}/run_sketch.cmake)
    set_tests_properties(${test} PROPERTIES LABELS "ch${NN};sketch" TIMEOUT ${HALF_TEST_TIMEOUT})
endfunction()
