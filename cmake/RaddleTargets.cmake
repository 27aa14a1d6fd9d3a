# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# How raddle's own targets are made: raddle_library, raddle_test.

add_library(raddle_flags INTERFACE)
target_include_directories(raddle_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_include_directories(raddle_flags SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_compile_options(raddle_flags INTERFACE
  -Wall -Wextra -Werror -Wno-unused-parameter
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
target_compile_definitions(raddle_flags INTERFACE
  RADDLE_VERSION="${PROJECT_VERSION}")

# raddle_library(name SOURCES... [LINK targets...])
# A static library that needs no Clang headers.
function(raddle_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC raddle_flags ${ARG_LINK})
endfunction()

# raddle_test(name SOURCES... [LINK targets...])
# A GoogleTest program; its tests are known to CTest one by one.
function(raddle_test name)
  if(NOT RADDLE_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE raddle_flags ${ARG_LINK} GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
