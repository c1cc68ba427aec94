# Runs before project(): takes clang++-19 unless the user chose a compiler (CMAKE_CXX_COMPILER or CXX).
if(NOT DEFINED CMAKE_CXX_COMPILER AND NOT DEFINED ENV{CXX} AND NOT DEFINED CMAKE_TOOLCHAIN_FILE)
    find_program(HALF_CLANG NAMES clang++-19 DOC "The compiler this workbook is tested with")
    if(HALF_CLANG)
        set(CMAKE_CXX_COMPILER "${HALF_CLANG}" CACHE FILEPATH "Chosen because nothing else was asked for")
    endif()
endif()
