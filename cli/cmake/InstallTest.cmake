# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# cmake -DBUILD=... -DWORK=... -DCOMPILER=... -P InstallTest.cmake
# Installs the build under a fresh prefix and uses it from there: by hand, as
# CMake's compile step, and through find_package.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${WORK}")
set(prefix "${WORK}/pre fix")

# run(expected exit code, regex the output must match, command...)
function(run code regex)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result
    OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT result STREQUAL code OR NOT out MATCHES "${regex}")
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}, expected ${code} "
      "and an output that matches '${regex}':\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

run(0 "" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")
file(GLOB_RECURSE installed RELATIVE "${prefix}" "${prefix}/*")
foreach(name bin/raddle libexec/raddle/raddle-frontend raddle_tidy_plugin.so
    lib/raddle/clang/[0-9]+/include/stddef.h RaddleConfig.cmake lint.md LICENSE
    lib/raddle/libraddle_rt.so lib/raddle/libraddle_stress.so include/raddle/raddle.h include/raddle/task.h
    include/raddle/gtest_listener.h include/raddle/catch2_listener.h)
  if(NOT installed MATCHES "${name}(;|$)")
    message(FATAL_ERROR "${name} is not installed")
  endif()
endforeach()
set(raddle "${prefix}/bin/raddle")
run(0 "raddle [0-9]+" "${raddle}" --version)
run(0 "raddle-busy-spin" "${raddle}" checks)

# A project that is configured, linted file by file while it is built, and
# linted as a whole by a target.
file(WRITE "${WORK}/project/CMakeLists.txt" [[
cmake_minimum_required(VERSION 3.25)
project(small LANGUAGES CXX)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_package(Threads REQUIRED)
find_package(Raddle 0.1 REQUIRED)
if(STEP)
  set(CMAKE_CXX_CLANG_TIDY ${Raddle_EXECUTABLE} lint --quiet)
endif()
add_executable(small main.cpp)
set_property(TARGET small PROPERTY CXX_STANDARD 17)
target_link_libraries(small PRIVATE Threads::Threads raddle::raddle)
# The library's objects and the program's both call raddle at each access.
add_library(counter STATIC EXCLUDE_FROM_ALL counter.cpp)
add_executable(counting EXCLUDE_FROM_ALL counting.cpp)
target_link_libraries(counting PRIVATE counter Threads::Threads)
raddle_stress_target(counter)
raddle_stress_target(counting)
raddle_add_lint(lint ARGS -o report.html --fail-on error)
]])
file(WRITE "${WORK}/project/main.cpp" [[
#include <cstddef>
#include <mutex>
#include <raddle/task.h>
std::mutex first;
raddle::Task none;
void inner() { std::lock_guard<std::mutex> lock(first); }
int main() {
  std::lock_guard<std::mutex> lock(first);
  inner();
}
]])
file(WRITE "${WORK}/project/counter.cpp" [[
#include <atomic>
std::atomic<int> counted{0};
void count() { counted += 21; }
]])
file(WRITE "${WORK}/project/counting.cpp" [[
#include <atomic>
#include <cstdio>
#include <dlfcn.h>
#include <thread>
extern std::atomic<int> counted;
void count();
int main() {
  std::thread t(count);
  count();
  t.join();
  Dl_info where = {};
  dladdr(dlsym(RTLD_DEFAULT, "__tsan_init"), &where);
  std::printf("%d by %s\n", counted.load(), where.dli_fname);
}
]])
set(configure "${CMAKE_COMMAND}" -G Ninja -S "${WORK}/project"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_PREFIX_PATH=${prefix}")
run(0 "" ${configure} -B "${WORK}/step" -DSTEP=ON)
run(1 "main.cpp:[0-9]+:[0-9]+: error: .*raddle-double-lock"
  "${CMAKE_COMMAND}" --build "${WORK}/step")
run(0 "" ${configure} -B "${WORK}/whole")
run(0 "" "${CMAKE_COMMAND}" --build "${WORK}/whole")
run(1 "raddle-double-lock" "${CMAKE_COMMAND}" --build "${WORK}/whole"
  --target lint)
if(EXISTS "${prefix}/share/raddle/viewer/report.html" AND
    NOT EXISTS "${WORK}/whole/report.html")
  message(FATAL_ERROR "the target wrote no report")
endif()
run(0 "" "${CMAKE_COMMAND}" --build "${WORK}/whole" --target counting)
run(0 "42 by .*/libraddle_stress.so" "${WORK}/whole/counting")
# What is meant to be installed is all that is needed: no file of the build or
# of the sources.
run(1 "0 parsed, 3 from cache" "${raddle}" lint -p "${WORK}/whole")
