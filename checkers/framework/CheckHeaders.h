// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Precompiled: what a file check needs; the matchers alone take 12 s to parse.
#ifndef RADDLE_CHECKERS_FRAMEWORK_CHECKHEADERS_H
#define RADDLE_CHECKERS_FRAMEWORK_CHECKHEADERS_H

#include "checkers/framework/ClangHeaders.h"
#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"
#include "clang/AST/ASTContext.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "clang/ASTMatchers/ASTMatchers.h"

#endif
