// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All that depends on the version of LLVM.
#ifndef RADDLE_CHECKERS_FRAMEWORK_LLVMCOMPAT_H
#define RADDLE_CHECKERS_FRAMEWORK_LLVMCOMPAT_H

#include "clang/AST/PrettyPrinter.h"
#include "clang/Basic/Version.h"
#include "llvm/Option/OptTable.h"
#if CLANG_VERSION_MAJOR >= 22
#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Options/Options.h"
#else
#include "clang/Driver/Options.h"
#include "clang/Frontend/Utils.h"
#endif

namespace raddle::checkers::compat {

inline const llvm::opt::OptTable &driverOptions() {
#if CLANG_VERSION_MAJOR >= 22
  return clang::getDriverOptTable();
#else
  return clang::driver::getDriverOptTable();
#endif
}

inline unsigned driverVisibility() {
#if CLANG_VERSION_MAJOR >= 22
  return clang::options::ClangOption;
#else
  return clang::driver::options::ClangOption;
#endif
}

/// Unnamed types print without the place, and so without the path, of their
/// declaration.
inline void hidePlaces(clang::PrintingPolicy &Policy) {
  Policy.AnonymousTagLocations = false;
}

} // namespace raddle::checkers::compat

#endif
