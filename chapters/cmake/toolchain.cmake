# Which compilers may build the workbook, and half_flags: the options that every target of the house shares.

function(half_refuse_compiler reason)
    message(FATAL_ERROR
        "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER}) cannot build this workbook: ${reason}\n"
        "What to do: install clang++-19 (./workbook doctor says how), unset CXX, remove the build folder, configure again.")
endfunction()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    half_refuse_compiler("g++ below 14 destroys temporaries twice in everyday co_await code, and the program \
corrupts its memory without a word from the compiler. docs/traps/gcc12-coroutines/README.md shows it.")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
    half_refuse_compiler("clang++ below 19 lacks parts of C++23 that the chapters use.")
elseif(NOT CMAKE_CXX_COMPILER_ID MATCHES "^(GNU|Clang)$")
    half_refuse_compiler("only clang++ 19 (tested) and g++ 14 or later (should work) are known to.")
endif()

add_library(half_flags INTERFACE)

# The code is C++23. 2c is for one thing: a static_assert whose message is computed, so that a wrong program is
# refused in words. It is an option and not CMAKE_CXX_STANDARD, because CMake 3.25 does not know 26.
target_compile_options(half_flags INTERFACE
    -std=c++2c
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    $<$<BOOL:${HALF_WARNINGS_AS_ERRORS}>:-Werror>)

if(HALF_SANITIZE)
    # The first report ends the program: a test that goes on after one proves nothing.
    target_compile_options(half_flags INTERFACE
        -fsanitize=${HALF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(half_flags INTERFACE -fsanitize=${HALF_SANITIZE})
endif()

find_program(HALF_LLD NAMES ld.lld-19 ld.lld)
if(HALF_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_link_options(half_flags INTERFACE -fuse-ld=lld)
endif()

find_program(HALF_CCACHE_PROGRAM NAMES ccache)
if(HALF_CCACHE AND HALF_CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${HALF_CCACHE_PROGRAM}" CACHE STRING "From HALF_CCACHE")
endif()
