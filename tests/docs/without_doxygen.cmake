# Stands for a test of the docs, where one of the programs that build them is missing.
if(DEFINED ENV{CI})
    message(FATAL_ERROR "node, doxygen or doxygen-awesome-css is missing. What to do: ./workbook docs installs them.")
endif()
message("skipped: no node, no doxygen or no doxygen-awesome-css")
