# half_chapter(01 gen_server USES fmt half_boost) declares everything that chapters/01_gen_server and
# tests/01_gen_server hold, from what lies in the folders:
#
#   ch01, half::gen_server   the library: every .cpp of the chapter but demo.cpp and sketch/
#   ch01_demo                demo.cpp; test 01.demo compares its output with demo.out
#   ch01_sketch_<name>       sketch/<name>.cpp; half_sketch_test() says how it breaks
#   ch01_tests               tests/01_gen_server/*_test.cpp, each test of it as 01.Suite.Test
#   01.refused.<name>        tests/01_gen_server/refused/<name>.cpp, which must not compile
#   ch01_bench_<name>        tests/bench/01/<name>.cpp; bench01 builds them all
#   ch01_checks              whatever the tests of this chapter run
#   check01                  builds and runs the tests of chapters 01 to 01; check03: of 01 to 03
#
# USES names lower chapters by alias (half::gen_server), other libraries by the short names below.
# Every test carries the label ch01, and demo, sketch or refused where it is one: ctest -L ch01.
#
# The library of a chapter that was swapped (swap.cmake) is the learner's; all the rest stays ours.
include(GoogleTest)
set(HALF_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})
set(HALF_TEST_TIMEOUT 120 CACHE INTERNAL "Seconds that one test may take")

set(HALF_LIBRARY_fmt fmt::fmt)
set(HALF_LIBRARY_boost Boost::headers)
set(HALF_LIBRARY_threads Threads::Threads)
set(HALF_LIBRARY_pqxx half_pqxx)
set(HALF_LIBRARY_sqlite SQLite::SQLite3)

function(half_chapter NN name)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "USES")
    set(folder ${NN}_${name})
    set(chapter ch${NN})
    set(tests ${PROJECT_SOURCE_DIR}/tests)
    half_expect_folder(${folder})

    half_chapter_uses(uses ${arg_USES})
    half_chapter_library()
    half_chapter_checks()
    half_chapter_demo()
    half_chapter_sketches()
    half_chapter_tests()
    half_chapter_refused()
    half_chapter_bench()
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/swap.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/sketch.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/refused.cmake)

# -- How it works: macros, because each of them is a paragraph of half_chapter and sees its variables ----------

function(half_expect_folder folder)
    cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME here)
    if(NOT here STREQUAL folder)
        message(FATAL_ERROR "half_chapter: this folder is ${here}, but the chapter calls itself ${folder}; rename one.")
    endif()
endfunction()

function(half_chapter_uses out)
    set(found)
    foreach(use ${ARGN})
        if(DEFINED HALF_LIBRARY_${use})
            set(use ${HALF_LIBRARY_${use}})
        endif()
        if(NOT TARGET ${use})
            message(FATAL_ERROR "half_chapter: USES ${use}: no such library. Chapters are half::name and must come \
earlier in chapters/CMakeLists.txt; others are half_boost, fmt, boost, threads, pqxx, sqlite \
(chapters/cmake/half_chapter.cmake).")
        endif()
        list(APPEND found ${use})
    endforeach()
    set(${out} ${found} PARENT_SCOPE)
endfunction()

# The include root has one entry, the chapter's folder: <03_registry/registry.hpp> is found only by who links chapter
# 03, and a header that is not there is an error and never someone else's header of that name.
macro(half_chapter_library)
    half_chapter_source(source ${NN})
    set(root ${PROJECT_BINARY_DIR}/roots/${NN})
    file(MAKE_DIRECTORY ${root})
    file(CREATE_LINK ${source} ${root}/${folder} SYMBOLIC)

    # */ is detail/ and one level of named rooms
    file(GLOB sources CONFIGURE_DEPENDS ${source}/*.cpp ${source}/*/*.cpp)
    list(FILTER sources EXCLUDE REGEX "/demo\\.cpp$|/sketch/")
    if(sources)
        add_library(${chapter} STATIC ${sources})
        set(scope PUBLIC)
    else()
        add_library(${chapter} INTERFACE)
        set(scope INTERFACE)
    endif()
    add_library(half::${name} ALIAS ${chapter})
    target_include_directories(${chapter} ${scope} ${root})
    target_link_libraries(${chapter} ${scope} half_flags Threads::Threads ${uses})
    if(NOT source STREQUAL CMAKE_CURRENT_SOURCE_DIR)
        target_include_directories(${chapter} ${scope} ${tests}/exercises)  # <exercise/todo.hpp>, for what is still to write
    endif()
endmacro()

macro(half_chapter_checks)
    add_custom_target(${chapter}_checks)
    if(NOT TARGET chapter_checks)
        add_custom_target(chapter_checks COMMENT "Everything the tests of all chapters run")
    endif()
    add_dependencies(chapter_checks ${chapter}_checks)
    set_property(GLOBAL APPEND PROPERTY HALF_CHAPTERS ${NN})
    get_property(so_far GLOBAL PROPERTY HALF_CHAPTERS)
    list(JOIN so_far "|" numbers)
    add_custom_target(check${NN}
        COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${PROJECT_BINARY_DIR} -L "^ch(${numbers})$"
                --output-on-failure --no-tests=error
        USES_TERMINAL VERBATIM)
    foreach(lower ${so_far})
        add_dependencies(check${NN} ch${lower}_checks)
    endforeach()
endmacro()

macro(half_chapter_demo)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/demo.cpp)
        add_executable(${chapter}_demo demo.cpp)
        target_link_libraries(${chapter}_demo PRIVATE ${chapter})
        add_dependencies(${chapter}_checks ${chapter}_demo)
        add_test(NAME ${NN}.demo
            COMMAND ${CMAKE_COMMAND} -DDEMO=$<TARGET_FILE:${chapter}_demo> -DEXPECTED=${CMAKE_CURRENT_SOURCE_DIR}/demo.out
                    -DACTUAL=${CMAKE_CURRENT_BINARY_DIR}/demo.actual -DNN=${NN} -P ${HALF_CMAKE_DIR}/run_demo.cmake)
        set_tests_properties(${NN}.demo PROPERTIES LABELS "${chapter};demo" TIMEOUT ${HALF_TEST_TIMEOUT})
    endif()
endmacro()

macro(half_chapter_tests)
    file(GLOB sources CONFIGURE_DEPENDS ${tests}/${folder}/*_test.cpp)
    if(sources)
        add_executable(${chapter}_tests ${sources})
        target_link_libraries(${chapter}_tests PRIVATE ${chapter} half_test_main)
        # What the tests test is optimised as the preset says; the tests themselves compile in half the time without,
        # and in a third of it under a sanitizer.
        target_compile_options(${chapter}_tests PRIVATE $<$<CONFIG:Debug>:-O0;-g1>)
        add_dependencies(${chapter}_checks ${chapter}_tests)
        # PRE_TEST: the list of tests is read when ctest runs, so a build never runs what it built.
        gtest_discover_tests(${chapter}_tests
            TEST_PREFIX "${NN}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
            PROPERTIES LABELS ${chapter} TIMEOUT ${HALF_TEST_TIMEOUT})
    endif()
endmacro()

# A bench is built by `workbook bench`, in the release preset, beside the runner that finds it.
macro(half_chapter_bench)
    file(GLOB sources CONFIGURE_DEPENDS ${tests}/bench/${NN}/*.cpp)
    add_custom_target(bench${NN})
    foreach(source ${sources})
        cmake_path(GET source STEM stem)
        add_executable(${chapter}_bench_${stem} EXCLUDE_FROM_ALL ${source})
        target_link_libraries(${chapter}_bench_${stem} PRIVATE ${chapter})
        set_target_properties(${chapter}_bench_${stem} PROPERTIES
            RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/bench)
        add_dependencies(bench${NN} ${chapter}_bench_${stem})
    endforeach()
    add_dependencies(bench${NN} bench_runner peers)              # declared in tests/bench
endmacro()
