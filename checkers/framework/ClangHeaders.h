// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Precompiled: what nearly every file of checkers needs of Clang. Not included
// by name; a file still includes what it uses.
#ifndef RADDLE_CHECKERS_FRAMEWORK_CLANGHEADERS_H
#define RADDLE_CHECKERS_FRAMEWORK_CLANGHEADERS_H

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/PrettyPrinter.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Analysis/CFG.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"
#include <map>
#include <string>
#include <vector>

#endif
