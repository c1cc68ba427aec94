# Runs DEMO, compares what it prints with the file EXPECTED, and prints it. ACTUAL keeps it for a closer look.
execute_process(COMMAND ${DEMO} OUTPUT_FILE ${ACTUAL} ERROR_VARIABLE errors RESULT_VARIABLE result TIMEOUT 100)
if(NOT result EQUAL 0)
    file(READ ${ACTUAL} output)
    message(FATAL_ERROR "The demo ended with ${result}.\n${errors}\nIts output:\n${output}")
endif()

file(SIZE ${ACTUAL} printed)
if(printed EQUAL 0)
    cmake_path(REPLACE_FILENAME EXPECTED demo.cpp OUTPUT_VARIABLE source)
    message(FATAL_ERROR "${source}:1: the demo prints nothing.\nWhat to do: write a demo that shows what the chapter is for.")
elseif(NOT EXISTS ${EXPECTED})
    message(FATAL_ERROR "${EXPECTED} is not there.\n"
        "What to do: ./workbook demo ${NN} --update writes it; read it before you keep it.")
endif()

execute_process(COMMAND diff -u --label "demo.out (expected)" --label "what the demo printed" ${EXPECTED} ${ACTUAL}
    OUTPUT_VARIABLE difference ERROR_VARIABLE difference RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message("${difference}")
    message(FATAL_ERROR
        "The demo no longer prints what demo.out says.\n"
        "What to do: if the new output is right, run ./workbook demo ${NN} --update, and read the change before you keep it.")
endif()
file(READ ${ACTUAL} output)
message("${output}")
