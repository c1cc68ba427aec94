# Stands for a test of the docs, where one of the programs that build them is missing.
if(DEFINED ENV{CI})
    message(FATAL_ERROR "node, doxygen, doxygen-awesome-css or graphviz is missing. What to do: ./workbook docs installs them.")
endif()
message("skipped: no node, no doxygen, no doxygen-awesome-css or no graphviz")
