// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The file checks of one frontend run: clang-tidy's machinery without its
// driver, on the AST that extraction reads too.
#ifndef RADDLE_CHECKERS_FRAMEWORK_FILECHECKS_H
#define RADDLE_CHECKERS_FRAMEWORK_FILECHECKS_H

#include "checkers/framework/FrontendRun.h"
#include <memory>

namespace clang {
class ASTContext;
class CompilerInstance;
} // namespace clang

namespace raddle::checkers {

class FileChecks {
public:
  FileChecks(const FrontendOptions &Options, std::string Directory);
  ~FileChecks();

  /// Before the parse. Does nothing if no file check is enabled.
  void start(clang::CompilerInstance &Compiler);
  /// After the parse: runs the checks, adds what they say to
  /// TUSummary::Findings.
  void run(clang::ASTContext &Context, model::TUSummary &Summary);

private:
  struct Tidy;
  const FrontendOptions &Options;
  std::string Directory;
  std::unique_ptr<Tidy> State;
};

} // namespace raddle::checkers

#endif
