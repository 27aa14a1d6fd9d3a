// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What kind of loop a loop is: counted, endless, a retry of an atomic update.
#include "checkers/extract/FunctionExtractor.h"

using namespace clang;
using llvm::StringRef;

namespace raddle::checkers {

namespace {

/// What a loop changes itself, and what the conditions under which it ends
/// look at.
class LoopScan {
public:
  LoopScan(UnitContext &Unit) : Unit(Unit) {}

  void body(const Stmt *S, bool OwnBreaks = true) {
    if (!S || isa<LambdaExpr>(S))
      return;
    if (const auto *If = dyn_cast<IfStmt>(S))
      if (leaves(If->getThen(), OwnBreaks) || leaves(If->getElse(), OwnBreaks))
        Conditions.push_back(If->getCond());
    if (const auto *U = dyn_cast<UnaryOperator>(S);
        U && U->isIncrementDecrementOp())
      change(U->getSubExpr());
    if (const auto *B = dyn_cast<BinaryOperator>(S)) {
      if (B->isCompoundAssignmentOp())
        change(B->getLHS());
      else if (B->getOpcode() == BO_Assign && advances(B))
        change(B->getLHS());
    }
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(S))
      switch (Op->getOperator()) {
      case OO_PlusPlus:
      case OO_MinusMinus:
      case OO_PlusEqual:
      case OO_MinusEqual:
        if (!Unit.Types.of(Op->getArg(0)->getType()).is(TypeKind::Atomic))
          change(Op->getArg(0));
        break;
      default:
        break;
      }
    bool Nested = isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(S);
    for (const Stmt *Child : S->children())
      body(Child, OwnBreaks && !Nested);
  }

  bool bounded() const {
    for (const Expr *C : Conditions)
      if (C && looksAtCounter(C))
        return true;
    return false;
  }

  bool retriesAtomic() const {
    for (const Expr *C : Conditions)
      if (C && updatesAtomic(C))
        return true;
    return false;
  }

  /// The number of passes is in a variable that can change from one run of the
  /// loop to the next, as in an exponential back-off.
  bool countsToVariable() const {
    for (const Expr *C : Conditions)
      if (C && looksAtVariable(C))
        return true;
    return false;
  }

  std::vector<const Expr *> Conditions;

private:
  bool looksAtVariable(const Stmt *S) const {
    if (!S || isa<LambdaExpr>(S))
      return false;
    if (const auto *E = dyn_cast<Expr>(S))
      if (const auto *V = dyn_cast_or_null<VarDecl>(variable(E));
          V && !V->getType().isConstQualified() && !Changed.contains(V))
        return true;
    for (const Stmt *Child : S->children())
      if (looksAtVariable(Child))
        return true;
    return false;
  }

  static const ValueDecl *variable(const Expr *E) {
    E = E->IgnoreParenImpCasts();
    if (const auto *D = dyn_cast<DeclRefExpr>(E))
      return D->getDecl();
    if (const auto *M = dyn_cast<MemberExpr>(E))
      return M->getMemberDecl();
    return nullptr;
  }

  void change(const Expr *E) {
    if (const ValueDecl *V = variable(E); V && !V->getType()->isAtomicType())
      Changed.insert(V);
  }

  static bool mentions(const Stmt *S, const ValueDecl *V) {
    if (!S)
      return false;
    if (const auto *E = dyn_cast<Expr>(S); E && variable(E) == V)
      return true;
    for (const Stmt *Child : S->children())
      if (mentions(Child, V))
        return true;
    return false;
  }

  /// `p = p->next`, `n = n / 2`, `it = next`: computed from what it was. What
  /// a call returns that is not an accessor is no progress of the loop's own.
  static bool advances(const BinaryOperator *B) {
    const ValueDecl *V = variable(B->getLHS());
    return V && mentions(B->getRHS(), V);
  }

  static bool leaves(const Stmt *S, bool OwnBreaks) {
    if (!S)
      return false;
    if (isa<ReturnStmt, GotoStmt, CXXThrowExpr, CoreturnStmt>(S))
      return true;
    if (isa<BreakStmt>(S))
      return OwnBreaks;
    if (isa<Expr>(S) && !isa<ExprWithCleanups, ParenExpr>(S))
      return false;
    bool Nested =
        isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt, SwitchStmt>(S);
    for (const Stmt *Child : S->children())
      if (leaves(Child, OwnBreaks && !Nested))
        return true;
    return false;
  }

  bool looksAtCounter(const Stmt *S) const {
    if (!S || isa<LambdaExpr>(S))
      return false;
    if (const auto *E = dyn_cast<Expr>(S)) {
      if (const ValueDecl *V = variable(E); V && Changed.contains(V))
        return true;
      TypeKind Kind = Unit.Types.of(E->getType()).Kind;
      if (Kind == TypeKind::TimePoint)
        return true;
      if (const auto *C = dyn_cast<CallExpr>(E))
        if (const FunctionDecl *F = C->getDirectCallee())
          if (StringRef Name = Unit.plain(F);
              Name == "time" || Name == "clock" || Name == "clock_gettime" ||
              Name == "gettimeofday" || Name == "difftime" ||
              Name == "absl::Now")
            return true;
    }
    for (const Stmt *Child : S->children())
      if (looksAtCounter(Child))
        return true;
    return false;
  }

  bool updatesAtomic(const Stmt *S) const {
    if (!S || isa<LambdaExpr>(S))
      return false;
    if (const auto *C = dyn_cast<CallExpr>(S))
      if (const FunctionDecl *F = C->getDirectCallee();
          F && F->getIdentifier()) {
        StringRef Name = F->getName();
        if (Name.contains("compare_exchange") ||
            Name.contains("test_and_set") ||
            Name.contains("compare_and_swap") || Name.contains("lock_test") ||
            (Name == "exchange" && isa<CXXMemberCallExpr>(C)) ||
            Name.starts_with("testAndSet"))
          return true;
      }
    if (const auto *A = dyn_cast<AtomicExpr>(S))
      if (A->isCmpXChg() || A->getOp() == AtomicExpr::AO__atomic_test_and_set ||
          A->getOp() == AtomicExpr::AO__atomic_exchange_n)
        return true;
    for (const Stmt *Child : S->children())
      if (updatesAtomic(Child))
        return true;
    return false;
  }

  UnitContext &Unit;
  llvm::DenseSet<const ValueDecl *> Changed;
};

} // namespace

void FunctionExtractor::describeLoop(const RawLoop &Raw, model::Loop &Out) {
  SourceLocation Begin, End;
  const Expr *Condition = nullptr;
  const Stmt *S = Raw.Statement;
  if (const auto *For = dyn_cast_or_null<ForStmt>(S)) {
    Begin = For->getForLoc();
    End = For->getRParenLoc();
    Condition = For->getCond();
  } else if (const auto *While = dyn_cast_or_null<WhileStmt>(S)) {
    Begin = While->getWhileLoc();
    End = While->getRParenLoc();
    Condition = While->getCond();
  } else if (const auto *Do = dyn_cast_or_null<DoStmt>(S)) {
    Begin = End = Do->getDoLoc();
    Condition = Do->getCond();
  } else if (const auto *Range = dyn_cast_or_null<CXXForRangeStmt>(S)) {
    Out.Where =
        Unit.where(SourceRange(Range->getForLoc(), Range->getRParenLoc()));
    Out.NoLint = Unit.noLint(Range->getForLoc());
    Out.Bounded = true;
    return;
  } else {
    // A loop of gotos: the whole function's statements decide. Where: its
    // first event, else the function.
    Out.Where = this->Out.Where;
    for (unsigned B = 0; B < Blocks.size(); ++B)
      if (Raw.Members[B] && Blocks[B].Keep && !Blocks[B].Events.empty()) {
        Out.Where = Events[Blocks[B].Events.front()].Where;
        Out.NoLint = Events[Blocks[B].Events.front()].NoLint;
        break;
      }
    LoopScan Scan(Unit);
    Scan.body(Function->getBody(), /*OwnBreaks=*/false);
    Out.Bounded = Scan.bounded();
    Out.RetriesAtomic = Scan.retriesAtomic();
    return;
  }
  Out.Where = Unit.where(SourceRange(Begin, End));
  Out.NoLint = Unit.noLint(Begin);
  Out.Forever = !Condition || constantOf(Condition) == 1;
  LoopScan Scan(Unit);
  if (Condition)
    Scan.Conditions.push_back(Condition);
  for (const Stmt *Child : S->children())
    Scan.body(Child);
  Out.Bounded = Scan.bounded();
  Out.CountsToVariable = Out.Bounded && Scan.countsToVariable();
  Out.RetriesAtomic = Scan.retriesAtomic();
}

} // namespace raddle::checkers
