# Writes into ANSWER what COMPILER says of SOURCE: its exit code, and its words. FLAGS is a response file.
execute_process(COMMAND ${COMPILER} @${FLAGS} -fsyntax-only ${SOURCE}
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
file(WRITE ${ANSWER} "${result}\n${output}")
