# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What is installed besides the targets: a tree that works under any prefix.

# Clang's own headers. They belong to the version that raddle-frontend is
# linked with, and the machine may have no other part of Clang. The program
# looks for them at this place relative to itself.
set(clang_resources
  "${LLVM_LIBRARY_DIRS}/clang/${LLVM_VERSION_MAJOR}/include")
get_filename_component(clang_resources "${clang_resources}" REALPATH)
if(NOT EXISTS "${clang_resources}/stddef.h")
  message(FATAL_ERROR "'${clang_resources}' has no stddef.h; install "
    "libclang-common-${LLVM_VERSION_MAJOR}-dev")
endif()
install(DIRECTORY "${clang_resources}"
  DESTINATION "lib/raddle/clang/${LLVM_VERSION_MAJOR}")

# What programs and tests may tell the runtime.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/leak_tracker/include/raddle"
  DESTINATION include FILES_MATCHING PATTERN "*.h")

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Raddle")
file(RELATIVE_PATH RADDLE_TO_PREFIX "/${package_dir}" "/")
configure_file("${PROJECT_SOURCE_DIR}/cli/cmake/RaddleConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/RaddleConfig.cmake" @ONLY)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/RaddleConfigVersion.cmake"
  COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/RaddleConfig.cmake"
  "${PROJECT_BINARY_DIR}/RaddleConfigVersion.cmake"
  DESTINATION "${package_dir}")
