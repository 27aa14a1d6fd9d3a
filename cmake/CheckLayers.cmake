# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# cmake -DROOT=<sources> -P cmake/CheckLayers.cmake
# Who may include whom. The first rule whose folder a file is in decides.
cmake_minimum_required(VERSION 3.25)

set(rules "")
# rule(folder allowed...): files below it include only these of raddle.
macro(rule folder)
  list(APPEND rules "${folder}")
  string(MAKE_C_IDENTIFIER "${folder}" id)
  set(allowed_${id} "${ARGN}")
endmacro()

# Makes findings; knows neither how they were got nor how they are shown.
rule(cli/findings cli/findings lockorder/model lockorder/link lockorder/graph
     lockorder/observed/Observed.h)
rule(cli/output cli/output cli/findings lockorder/model lockorder/link
     lockorder/observed/Observed.h checkers/framework/CheckCard.h)
rule(cli cli checkers lockorder leak_tracker stress runtime)
# The plugin links one file by itself, and so does the check it adds.
rule(checkers/plugin checkers lockorder/model lockorder/link lockorder/graph)
rule(checkers/framework checkers lockorder/model lockorder/link
     lockorder/graph)
rule(checkers checkers lockorder/model)
rule(lockorder/model lockorder/model)
rule(lockorder/graph lockorder/graph lockorder/model)
rule(lockorder/recorder lockorder/recorder runtime)
# Reads the trace's enums; the runtime's code is another process's.
rule(lockorder/observed lockorder runtime/trace/TraceFormat.h)
rule(lockorder lockorder)
rule(leak_tracker leak_tracker runtime)
# What the runner and the runtime share.
rule(stress/log stress/log)
rule(stress/runner stress/runner stress/log runtime/trace/TraceFormat.h)
rule(stress stress runtime)
rule(runtime runtime)
set(parts cli checkers lockorder leak_tracker stress runtime)

# Loaded into other people's processes: libc only.
set(preloaded lockorder/recorder leak_tracker/track leak_tracker/coroutine
    stress/inject stress/schedule stress/access stress/log runtime)

set(errors "")

function(below path folder result)
  if(path STREQUAL folder)
    set(${result} TRUE PARENT_SCOPE)
    return()
  endif()
  string(FIND "${path}" "${folder}/" at)
  if(at EQUAL 0)
    set(${result} TRUE PARENT_SCOPE)
  else()
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

set(count 0)
foreach(part IN LISTS parts)
  file(GLOB_RECURSE files RELATIVE "${ROOT}"
    "${ROOT}/${part}/*.h" "${ROOT}/${part}/*.c" "${ROOT}/${part}/*.cpp")
  foreach(file IN LISTS files)
    if(file MATCHES "/node_modules/")
      continue()
    endif()
    math(EXPR count "${count} + 1")
    set(folder "")
    foreach(candidate IN LISTS rules)
      below("${file}" "${candidate}" inside)
      if(inside)
        set(folder "${candidate}")
        break()
      endif()
    endforeach()
    string(MAKE_C_IDENTIFIER "${folder}" id)
    set(is_preloaded FALSE)
    foreach(candidate IN LISTS preloaded)
      below("${file}" "${candidate}" inside)
      if(inside AND NOT file MATCHES "Test\\.cpp$")
        set(is_preloaded TRUE)
      endif()
    endforeach()

    file(STRINGS "${ROOT}/${file}" includes REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS includes)
      if(NOT line MATCHES "include[ \t]*[<\"]([^>\"]+)[>\"]")
        continue()
      endif()
      set(name "${CMAKE_MATCH_1}")
      if(name MATCHES "^clang(-tidy)?/" AND NOT part STREQUAL "checkers")
        string(APPEND errors "${file}: includes ${name}; only checkers/ may "
          "know Clang\n")
      endif()
      if(name MATCHES "^CLI/" AND NOT file MATCHES "^cli/(commands/|main)")
        string(APPEND errors "${file}: includes ${name}; only the commands "
          "parse the command line\n")
      endif()
      if(is_preloaded AND name MATCHES "^(llvm/|iostream$|sstream$|fstream$)")
        string(APPEND errors "${file}: includes ${name}; what is preloaded "
          "into other processes stands on libc alone\n")
      endif()
      string(REGEX MATCH "^[^/]+" first "${name}")
      if(NOT first IN_LIST parts OR NOT name MATCHES "/")
        continue()
      endif()
      set(fine FALSE)
      foreach(allowed IN LISTS allowed_${id})
        below("${name}" "${allowed}" inside)
        if(inside)
          set(fine TRUE)
        endif()
      endforeach()
      if(NOT fine)
        list(JOIN allowed_${id} ", " list)
        string(APPEND errors "${file}: includes ${name}; ${folder}/ may "
          "include only ${list}\n")
      endif()
    endforeach()
  endforeach()
endforeach()
if(count EQUAL 0)
  message(FATAL_ERROR "no sources below '${ROOT}'")
endif()
if(errors)
  message(FATAL_ERROR "${errors}")
endif()
message(STATUS "${count} files include only what they may")
