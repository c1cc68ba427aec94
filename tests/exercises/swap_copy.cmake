# Swaps chapter NN for a copy of itself, in a build folder of its own, and passes when that is what is built and tested. Then
# the copy loses a header, and must not compile: never a mixture of two chapters.
execute_process(COMMAND ${EXERCISES} chosen ${SLUG} --root ${ROOT} OUTPUT_VARIABLE output RESULT_VARIABLE result)
message("${output}")
if(NOT result EQUAL 0)
    return()
endif()

function(step what)
    execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
    set(output "${output}" PARENT_SCOPE)
    set(result "${result}" PARENT_SCOPE)
    if(what AND NOT result EQUAL 0)
        message(FATAL_ERROR "${output}\n${what} failed")
    endif()
endfunction()

file(GLOB chapter LIST_DIRECTORIES true ${ROOT}/chapters/${NN}_*)
cmake_path(GET chapter FILENAME folder)
file(REMOVE_RECURSE ${TO}/my)
file(MAKE_DIRECTORY ${TO}/my)
file(COPY ${chapter}/ DESTINATION ${TO}/my/${SLUG})
# All but identical: what a learner is given includes this one, for what is still to write.
file(GLOB sources ${TO}/my/${SLUG}/*.cpp)
list(GET sources 0 source)
file(APPEND ${source} "#include <exercise/todo.hpp>\n")

# As fast as can be: the library is one file.
step("to configure" ${CMAKE_COMMAND} -S ${ROOT} -B ${TO}/build -G Ninja -DHALF_SWAP=${NN} -DHALF_MY=${TO}/my
    -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1 -D_GLIBCXX_ASSERTIONS"
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0)
file(REAL_PATH ${TO}/build/roots/${NN}/${folder} included)
file(REAL_PATH ${TO}/my/${SLUG} copy)
if(NOT included STREQUAL copy)
    message(FATAL_ERROR "<${folder}/...> is ${included}, and not the copy")
endif()

step("to build" ${CMAKE_COMMAND} --build ${TO}/build --target exercise_${SLUG})
file(GLOB_RECURSE program ${TO}/build/tests/exercises/exercise_${SLUG})
step("the chapter's tests on the copy" ${program} --gtest_filter=${FILTER} --gtest_brief=1)
message("${output}")

# A header that the library itself includes: the last will do, the first may be one for users only.
file(GLOB headers ${copy}/*.hpp)
list(GET headers -1 header)
file(REMOVE ${header})
cmake_path(GET header FILENAME name)
step("" ${CMAKE_COMMAND} --build ${TO}/build --target ch${NN})
if(result EQUAL 0)
    message(FATAL_ERROR "${name} is not in the copy, and yet it compiles: with whose?")
elseif(NOT output MATCHES "${folder}/${name}' file not found")
    message(FATAL_ERROR "${output}\nIt does not compile, but not because ${name} is not there")
endif()
