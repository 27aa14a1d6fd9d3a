# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# cmake -DSCRIPT=checkers/new_check -DWORK=dir -P NewCheckTest.cmake
# new_check writes four files, and does not write over files that exist.
file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}/checkers")
file(COPY "${SCRIPT}" DESTINATION "${WORK}/checkers")
set(arguments some-thing "A thing is \"wrong\" in {braces}.")
execute_process(COMMAND "${WORK}/checkers/new_check" ${arguments}
  RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "new_check failed: ${out}${err}")
endif()
foreach(name checkers/checks/SomeThingCheck.cpp checkers/checks/some-thing.md
        testdata/checks/some-thing.cpp docs/changes/some-thing.md)
  if(NOT EXISTS "${WORK}/${name}")
    message(FATAL_ERROR "new_check did not write ${name}")
  endif()
endforeach()
file(READ "${WORK}/testdata/checks/some-thing.cpp" fixture)
if(NOT fixture MATCHES "expect: raddle-some-thing")
  message(FATAL_ERROR "the fixture expects nothing: ${fixture}")
endif()
execute_process(COMMAND "${WORK}/checkers/new_check" ${arguments}
  RESULT_VARIABLE code OUTPUT_QUIET ERROR_VARIABLE err)
if(code EQUAL 0 OR NOT err MATCHES "exists already")
  message(FATAL_ERROR "new_check wrote over its files")
endif()
execute_process(COMMAND "${WORK}/checkers/new_check" Some_Thing "x"
  RESULT_VARIABLE code OUTPUT_QUIET ERROR_VARIABLE err)
if(code EQUAL 0 OR NOT err MATCHES "lower case")
  message(FATAL_ERROR "new_check took a name that is none")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" "-DOUT=${WORK}/pages.cpp"
  "-DFOLDER=${WORK}/checkers/checks" -P "${CMAKE_CURRENT_LIST_DIR}/EmbedPages.cmake"
  RESULT_VARIABLE code ERROR_VARIABLE err)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the new page cannot be embedded: ${err}")
endif()
