// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// compare_exchange_weak may fail although the value is the expected one
// ([atomics.types.operations]/20). Outside a loop nobody tries again.
#include "checkers/framework/FileCheckRegistry.h"
#include "clang/AST/ASTContext.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace {

class WeakCasNoLoopCheck : public tidy::ClangTidyCheck {
public:
  using ClangTidyCheck::ClangTidyCheck;

  bool isLanguageVersionSupported(const LangOptions &Language) const override {
    return Language.CPlusPlus11 || Language.C11;
  }

  void registerMatchers(MatchFinder *Finder) override {
    auto Retried = hasAncestor(
        stmt(anyOf(whileStmt(), doStmt(), forStmt(), cxxForRangeStmt())));
    Finder->addMatcher(
        cxxMemberCallExpr(
            callee(cxxMethodDecl(
                hasName("compare_exchange_weak"),
                ofClass(hasAnyName("::std::atomic", "::std::__atomic_base",
                                   "::std::atomic_ref", "::boost::atomic")))),
            unless(isInTemplateInstantiation()), unless(Retried))
            .bind("call"),
        this);
    Finder->addMatcher(
        callExpr(callee(functionDecl(hasAnyName(
                     "::std::atomic_compare_exchange_weak",
                     "::std::atomic_compare_exchange_weak_explicit"))),
                 unless(isInTemplateInstantiation()), unless(Retried))
            .bind("call"),
        this);
  }

  void check(const MatchFinder::MatchResult &Result) override {
    const auto *Call = Result.Nodes.getNodeAs<CallExpr>("call");
    // A lambda's loop is not the loop around the lambda, nor the other way
    // round; a function that is called `try...` leaves trying again to others.
    for (DynTypedNodeList Parents = Result.Context->getParents(*Call);
         !Parents.empty(); Parents = Result.Context->getParents(Parents[0]))
      if (const auto *F = Parents[0].get<FunctionDecl>()) {
        if (F->getIdentifier() && F->getName().starts_with_insensitive("try"))
          return;
        break;
      }
    diag(Call->getExprLoc(),
         "'compare_exchange_weak' may fail although the value is the expected "
         "one, and nothing tries again; use 'compare_exchange_strong' or a "
         "loop")
        << Call->getSourceRange();
  }
};

RADDLE_FILE_CHECK(WeakCasNoLoopCheck, "raddle-weak-cas-no-loop")

} // namespace
