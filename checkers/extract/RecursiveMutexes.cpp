// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which C mutexes are recursive. The type of std::recursive_mutex says so; a
// pthread_mutex_t is told when it is initialised.
#include "checkers/extract/BodyScan.h"
#include "checkers/extract/UnitContext.h"
#include "clang/Lex/Lexer.h"

using namespace clang;
using llvm::StringRef;

namespace raddle::checkers {

/// The variable or field behind `&x`, `&this->x`, `&p->x`, `x[i]`.
static const ValueDecl *variableOf(const Expr *E) {
  for (int Depth = 0; E && Depth < 8; ++Depth) {
    E = BodyScan::core(E);
    if (const auto *U = dyn_cast<UnaryOperator>(E))
      E = U->getSubExpr();
    else if (const auto *S = dyn_cast<ArraySubscriptExpr>(E))
      E = S->getBase();
    else if (const auto *M = dyn_cast<MemberExpr>(E))
      return M->getMemberDecl();
    else if (const auto *D = dyn_cast<DeclRefExpr>(E))
      return cast<ValueDecl>(D->getDecl()->getCanonicalDecl());
    else
      return nullptr;
  }
  return nullptr;
}

static bool isUsed(ASTContext &Context, StringRef Name) {
  for (const NamedDecl *D :
       Context.getTranslationUnitDecl()->lookup(&Context.Idents.get(Name)))
    if (D->isReferenced() || D->isUsed())
      return true;
  return false;
}

void UnitContext::findRecursiveMutexes(const Stmt *S) {
  if (!S)
    return;
  if (const auto *C = dyn_cast<CallExpr>(S))
    if (const FunctionDecl *F = C->getDirectCallee();
        F && F->getIdentifier() && C->getNumArgs() == 2) {
      Expr::EvalResult Value;
      if (F->getName() == "pthread_mutexattr_settype" &&
          C->getArg(1)->EvaluateAsInt(Value, Context) &&
          Value.Val.getInt() == 1 /* PTHREAD_MUTEX_RECURSIVE */) {
        if (const ValueDecl *A = variableOf(C->getArg(0)))
          RecursiveMutexes.insert(A);
      } else if (F->getName() == "pthread_mutex_init") {
        const ValueDecl *Attribute = variableOf(C->getArg(1));
        if (const ValueDecl *M = variableOf(C->getArg(0));
            M && Attribute && RecursiveMutexes.contains(Attribute))
          RecursiveMutexes.insert(M);
      } else if (F->getName() == "mtx_init" &&
                 C->getArg(1)->EvaluateAsInt(Value, Context) &&
                 (Value.Val.getInt().getZExtValue() & 1) /* mtx_recursive */) {
        if (const ValueDecl *M = variableOf(C->getArg(0)))
          RecursiveMutexes.insert(M);
      }
    }
  for (const Stmt *Child : S->children())
    findRecursiveMutexes(Child);
}

void UnitContext::findRecursiveMutexes() {
  if (!isUsed(Context, "pthread_mutexattr_settype") &&
      !isUsed(Context, "mtx_init"))
    return;
  // Twice: the attribute may be prepared in a function further down.
  for (int Round = 0; Round < 2; ++Round)
    for (const FunctionDecl *F : Pending)
      if (F->doesThisDeclarationHaveABody())
        findRecursiveMutexes(F->getBody());
}

bool UnitContext::isRecursive(const Expr *Mutex) {
  const ValueDecl *D = variableOf(Mutex);
  if (!D)
    return false;
  if (RecursiveMutexes.contains(D))
    return true;
  // PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP: the kind is the one non-zero value.
  const auto *V = dyn_cast<VarDecl>(D);
  if (!V || !V->hasInit() || !V->getAnyInitializer()->getBeginLoc().isMacroID())
    return false;
  return Lexer::getImmediateMacroName(V->getAnyInitializer()->getBeginLoc(),
                                      Sources, Context.getLangOpts())
      .contains("RECURSIVE");
}

} // namespace raddle::checkers
