# half_exercise(01_bakery) declares the tests of exercises/01_bakery, whose checks are in tests/exercises/01_bakery:
#
#   exercises.01_bakery.prove   its starter passes no check, its solution all of them, and no wrong answer does
#   exercise_01_bakery          compiles the checks with the solution, so that an editor and clang-tidy know how
#   exercise_checks             whatever these tests run; the learner's loop needs no more
#
# They carry the labels exercises and ex01. A check program of chapter 01 is compiled by the program `exercises` itself,
# at once, with what half_exercise_kit(01) writes into the build folder (exercises/runner/kit.hpp): flags, libraries and
# one precompiled header.

function(half_exercise slug)
    string(SUBSTRING ${slug} 0 2 NN)
    half_exercise_kit(${NN})
    half_prove(exercises.${slug}.prove ${slug} ${PROJECT_SOURCE_DIR} --if-chosen)
    set_tests_properties(exercises.${slug}.prove PROPERTIES LABELS "exercises;ex${NN}")

    set(checks ${PROJECT_SOURCE_DIR}/tests/exercises/${slug}/checks.cpp)
    if(EXISTS ${checks})
        set(to ${HALF_EXERCISES_BUILT}/${slug})
        file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/exercises/${slug}/*.hpp)
        add_custom_command(OUTPUT ${to}/cut
            COMMAND exercises cut ${slug} ${to} --root ${PROJECT_SOURCE_DIR}
            COMMAND ${CMAKE_COMMAND} -E touch ${to}/cut
            DEPENDS exercises ${sources} ${PROJECT_SOURCE_DIR}/exercises/${slug}/exercise.txt
            COMMENT "Cutting exercise ${slug}" VERBATIM)
        add_custom_target(exercise_${slug}_cut DEPENDS ${to}/cut)
        add_dependencies(exercise_checks exercise_${slug}_cut)

        add_library(exercise_${slug} OBJECT EXCLUDE_FROM_ALL ${checks})
        target_include_directories(exercise_${slug} PRIVATE ${to}/solution)
        target_link_libraries(exercise_${slug} PRIVATE exercise_with_${NN})
        add_dependencies(exercise_${slug} exercise_${slug}_cut)
    else()
        half_swap_exercise(${slug})
    endif()
endfunction()

# The checks of a swap are tests of its chapter. exercise_01_mailbox is a program of these, linked with what stands in the
# chapter's place; the test exercises.01_mailbox.swap puts an identical copy there, in a build folder of its own.
function(half_swap_exercise slug)
    file(STRINGS ${PROJECT_SOURCE_DIR}/exercises/${slug}/exercise.txt lines REGEX "^(tests|checks) ")
    set(tests)
    set(names)
    foreach(line ${lines})
        string(REGEX MATCH "^(tests|checks) +([^ ]+)" _ "${line}")
        if(CMAKE_MATCH_1 STREQUAL "tests")
            list(APPEND tests ${PROJECT_SOURCE_DIR}/${CMAKE_MATCH_2})
        else()
            list(APPEND names ${CMAKE_MATCH_2})
        endif()
    endforeach()
    add_executable(exercise_${slug} EXCLUDE_FROM_ALL ${tests})
    target_link_libraries(exercise_${slug} PRIVATE exercise_with_${NN} half_test_main)
    set_target_properties(exercise_${slug} PROPERTIES UNITY_BUILD OFF)

    if(NOT HALF_SWAP AND NOT HALF_SANITIZE)
        list(JOIN names ":" filter)
        add_test(NAME exercises.${slug}.swap
            COMMAND ${CMAKE_COMMAND} -DEXERCISES=$<TARGET_FILE:exercises> -DROOT=${PROJECT_SOURCE_DIR} -DNN=${NN} -DSLUG=${slug}
                    -DTO=${HALF_EXERCISES_BUILT}/${slug}/swap -DFILTER=${filter} -P ${HALF_EXERCISE_HEADERS}/swap_copy.cmake)
        set_tests_properties(exercises.${slug}.swap PROPERTIES
            LABELS "exercises;ex${NN}" TIMEOUT 900 PROCESSORS 2 SKIP_REGULAR_EXPRESSION "^skipped:")
    endif()
endfunction()

# A test that proves an exercise of the tree `root`; under a sanitizer, its solution only.
function(half_prove test slug root)
    if(HALF_SANITIZE)
        list(APPEND ARGN --only-solution)
    endif()
    add_test(NAME ${test} COMMAND exercises prove ${slug} --root ${root} --build ${PROJECT_BINARY_DIR} ${ARGN})
    set_tests_properties(${test} PROPERTIES TIMEOUT 900 SKIP_REGULAR_EXPRESSION "^skipped:")
endfunction()

# Everything that check programs of chapter NN have in common; NN 00 is for those that need no chapter.
#
#   exercise_kit_01        builds what a learner's save needs: libraries, listener, kits
#   exercises/01.kit, 01_sanitized.kit
function(half_exercise_kit NN)
    if(TARGET exercise_kit_${NN})
        return()
    endif()
    set(header ${HALF_EXERCISE_HEADERS}/exercise/expect.hpp)
    set(chapter)
    if(TARGET ch${NN})
        set(header ${HALF_EXERCISE_HEADERS}/exercise/story.hpp)
        set(chapter ch${NN})
    endif()

    # What a check program is linked with, and so compiled as.
    add_library(exercise_with_${NN} INTERFACE)
    target_include_directories(exercise_with_${NN} INTERFACE ${HALF_EXERCISE_HEADERS})
    target_link_libraries(exercise_with_${NN} INTERFACE half_flags GTest::gtest ${chapter})
    target_compile_options(exercise_with_${NN} INTERFACE -O0 -g1 -D_GLIBCXX_ASSERTIONS)
    add_library(exercise_flags_${NN} OBJECT EXCLUDE_FROM_ALL ${HALF_EXERCISE_HEADERS}/report.cpp)
    target_link_libraries(exercise_flags_${NN} PRIVATE exercise_with_${NN})

    add_custom_target(exercise_kit_${NN} DEPENDS exercises exercise_report ${chapter})
    half_write_kit(${NN} "")
    # For the learner, who has one build folder: only what they wrote is sanitized, and nearly all of it is. It shares the
    # chapter's heap (detail/pool.hpp).
    if(NOT HALF_SANITIZE)
        half_write_kit(${NN}_sanitized
            "-fsanitize=address,undefined;-fno-sanitize-recover=all;-fno-omit-frame-pointer;-DHALF_POOLED")
    endif()
    add_dependencies(exercise_checks exercise_kit_${NN})
endfunction()

function(half_write_kit name more)
    set(kit ${HALF_EXERCISES_BUILT}/${name})
    half_flags_file(exercise_flags_${NN} ${kit}.flags)
    add_custom_command(OUTPUT ${kit}.pch
        COMMAND ${CMAKE_CXX_COMPILER} @${kit}.flags ${more} -x c++-header ${header} -o ${kit}.pch
                -Xclang -fno-pch-timestamp -MD -MT ${kit}.pch -MF ${kit}.pch.d
        DEPENDS ${header} ${kit}.flags DEPFILE ${kit}.pch.d
        COMMENT "Precompiling what exercises include (${name})" VERBATIM)
    add_custom_target(exercise_pch_${name} DEPENDS ${kit}.pch)
    add_dependencies(exercise_kit_${NN} exercise_pch_${name})

    set(libraries)
    set(link ${CMAKE_EXE_LINKER_FLAGS} ${more})
    half_link_words(exercise_with_${NN} libraries link)
    set(content)
    foreach(line "compiler ${CMAKE_CXX_COMPILER}" "launcher ${CMAKE_CXX_COMPILER_LAUNCHER}" "flags ${kit}.flags"
            "pch ${kit}.pch" "header ${header}" "root -I${PROJECT_BINARY_DIR}/roots/${NN}")
        string(APPEND content "${line}\n")
    endforeach()
    foreach(word ${more})
        string(APPEND content "flag ${word}\n")
    endforeach()
    foreach(word ${link})
        string(APPEND content "link ${word}\n")
    endforeach()
    foreach(library $<TARGET_OBJECTS:exercise_report> $<TARGET_FILE:GTest::gtest_main> ${libraries})
        string(APPEND content "library ${library}\n")
    endforeach()
    if(chapter)
        string(APPEND content "chapter $<TARGET_FILE:${chapter}>\n")
    endif()
    file(GENERATE OUTPUT ${kit}.kit CONTENT "${content}")
endfunction()

# All that a target is linked with, in order; a library may be there twice, after whoever needs it.
function(half_link_words target out_libraries out_link)
    get_target_property(aliased ${target} ALIASED_TARGET)
    if(aliased)
        set(target ${aliased})
    endif()
    get_target_property(type ${target} TYPE)
    set(files ${${out_libraries}})
    set(options ${${out_link}})
    if(NOT type STREQUAL INTERFACE_LIBRARY)
        list(APPEND files $<TARGET_FILE:${target}>)
    endif()
    get_target_property(more ${target} INTERFACE_LINK_OPTIONS)
    if(more)
        list(APPEND options ${more})
    endif()
    get_target_property(uses ${target} INTERFACE_LINK_LIBRARIES)
    foreach(use ${uses})
        string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" use "${use}")
        if(TARGET ${use})
            half_link_words(${use} files options)
        elseif(use AND NOT use MATCHES "NOTFOUND$")
            list(APPEND files ${use})
        endif()
    endforeach()
    list(REMOVE_DUPLICATES options)
    set(${out_libraries} ${files} PARENT_SCOPE)
    set(${out_link} ${options} PARENT_SCOPE)
endfunction()

set(HALF_EXERCISES_BUILT ${PROJECT_BINARY_DIR}/exercises)
set(HALF_EXERCISE_HEADERS ${PROJECT_SOURCE_DIR}/tests/exercises)
