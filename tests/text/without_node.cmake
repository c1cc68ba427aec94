# Stands for a test that needs node, where there is none.
if(DEFINED ENV{CI})
    message(FATAL_ERROR "There is no node here. What to do: install nodejs (./workbook install text).")
endif()
message("skipped: no node")
