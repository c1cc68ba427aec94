# HALF_SWAP=01;03 puts the learner's own modules in the place of chapters 01 and 03. The source of the library and its
# include root are then exercises/my/01_mailbox, the folder of the chapter's exercise of the kind swap. Tests, demos and
# later chapters stay as they are, and run on it. ./workbook swap 01 on does this, in a build folder of its own.
set(HALF_SWAP "" CACHE STRING "Chapters whose module is the learner's own")
set(HALF_MY ${PROJECT_SOURCE_DIR}/exercises/my CACHE PATH "Where the learner's own files are")

function(half_chapter_source out NN)
    set(${out} ${CMAKE_CURRENT_SOURCE_DIR} PARENT_SCOPE)
    if(NOT NN IN_LIST HALF_SWAP)
        return()
    endif()
    file(GLOB manifests ${PROJECT_SOURCE_DIR}/exercises/${NN}_*/exercise.txt)
    foreach(manifest ${manifests})
        file(STRINGS ${manifest} swap REGEX "^kind +swap *$")
        cmake_path(GET manifest PARENT_PATH folder)
        cmake_path(GET folder FILENAME slug)
        if(swap)
            if(NOT IS_DIRECTORY ${HALF_MY}/${slug})
                message(FATAL_ERROR "HALF_SWAP: ${HALF_MY}/${slug} is not there.\n"
                    "What to do: begin the exercise (./workbook goto ${slug}), or take ${NN} out of HALF_SWAP.")
            endif()
            message(STATUS "Chapter ${NN} is ${HALF_MY}/${slug}")
            set(${out} ${HALF_MY}/${slug} PARENT_SCOPE)
            return()
        endif()
    endforeach()
    message(FATAL_ERROR "HALF_SWAP: chapter ${NN} has no exercise of the kind swap.\nWhat to do: take ${NN} out of HALF_SWAP.")
endfunction()
