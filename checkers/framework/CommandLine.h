// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a compile command, as a build system wrote it for gcc or clang, to
// arguments that Clang's driver accepts.
#ifndef RADDLE_CHECKERS_FRAMEWORK_COMMANDLINE_H
#define RADDLE_CHECKERS_FRAMEWORK_COMMANDLINE_H

#include "checkers/framework/FrontendRun.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace raddle::checkers {

/// Expands response files, drops launchers (ccache...), outputs, precompiled
/// headers and whatever Clang's driver does not know, and adds the resource
/// directory. The result starts with the compiler.
llvm::Expected<std::vector<std::string>>
driverArguments(const CompileCommand &Command, const FrontendOptions &Options,
                llvm::vfs::FileSystem &Files);

/// Clang's own headers (stddef.h and the like): below the installed tool, else
/// those of the LLVM installation. Empty if there are none.
std::string resourceDirectory();

} // namespace raddle::checkers

#endif
