// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/framework/FileChecks.h"

namespace raddle::checkers {

struct FileChecks::Tidy {};

FileChecks::FileChecks(const FrontendOptions &Options, std::string Directory)
    : Options(Options), Directory(std::move(Directory)) {}
FileChecks::~FileChecks() = default;

void FileChecks::start(clang::CompilerInstance &) { (void)Options; }
void FileChecks::run(clang::ASTContext &, model::TUSummary &) {}

} // namespace raddle::checkers
