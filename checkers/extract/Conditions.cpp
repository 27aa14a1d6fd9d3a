// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which event's success a condition tells.
#include "checkers/extract/FunctionExtractor.h"

using namespace clang;

namespace raddle::checkers {

/// 1, 0, or -1 for no constant.
int FunctionExtractor::constantOf(const Expr *E) {
  if (!E || E->isValueDependent())
    return -1;
  const Expr *Core = BodyScan::core(E);
  if (isa<CXXNullPtrLiteralExpr, GNUNullExpr>(Core))
    return 0;
  if (const auto *B = dyn_cast<CXXBoolLiteralExpr>(Core))
    return B->getValue();
  if (const auto *I = dyn_cast<IntegerLiteral>(Core))
    return I->getValue() != 0;
  if (!E->getType()->isIntegralOrEnumerationType())
    return -1;
  const auto *D = dyn_cast<DeclRefExpr>(Core);
  if (!isa<UnaryOperator>(Core) && !(D && isa<EnumConstantDecl>(D->getDecl())))
    return -1;
  Expr::EvalResult Result;
  if (!E->EvaluateAsInt(Result, Context))
    return -1;
  return Result.Val.getInt() != 0;
}

FunctionExtractor::Outcome FunctionExtractor::outcome(const Expr *E,
                                                      int Depth) {
  if (!E || Depth > 12)
    return {};
  const Expr *Core = BodyScan::core(E);
  auto Flip = [](Outcome O) {
    O.Negated = !O.Negated;
    return O;
  };
  if (auto It = EventOf.find(Core); It != EventOf.end())
    return {It->second, ZeroIsSuccess.lookup(It->second)};
  if (const auto *U = dyn_cast<UnaryOperator>(Core)) {
    if (U->getOpcode() == UO_LNot)
      return Flip(outcome(U->getSubExpr(), Depth + 1));
    if (U->getOpcode() == UO_Extension)
      return outcome(U->getSubExpr(), Depth + 1);
    return {};
  }
  if (const auto *B = dyn_cast<BinaryOperator>(Core)) {
    if (B->getOpcode() == BO_Assign || B->getOpcode() == BO_Comma ||
        B->isLogicalOp())
      // The left side of && and || has a block of its own.
      return outcome(B->getRHS(), Depth + 1);
    if (B->isRelationalOp()) {
      // `n > 0`, `n >= 1`: there is something; `n <= 0`, `n < 1`: nothing.
      Expr::EvalResult Bound;
      if (!B->getRHS()->getType()->isIntegerType() ||
          !B->getRHS()->EvaluateAsInt(Bound, Context) ||
          Bound.Val.getInt().getSignificantBits() > 2)
        return {};
      int64_t Limit = Bound.Val.getInt().getExtValue();
      BinaryOperatorKind Op = B->getOpcode();
      Outcome O = outcome(B->getLHS(), Depth + 1);
      if (O.On == NoToken || O.Negated)
        return {}; // Codes whose zero is success do not count things.
      if ((Op == BO_GT && Limit == 0) || (Op == BO_GE && Limit == 1))
        return O;
      if ((Op == BO_LE && Limit == 0) || (Op == BO_LT && Limit == 1))
        return Flip(O);
      return {};
    }
    if (!B->isEqualityOp())
      return {};
    const Expr *Value = B->getLHS();
    int Constant = constantOf(B->getRHS());
    if (Constant < 0) {
      Value = B->getRHS();
      Constant = constantOf(B->getLHS());
    }
    if (Constant < 0)
      return {};
    Outcome O = outcome(Value, Depth + 1);
    return (B->getOpcode() == BO_EQ) == (Constant == 1) ? O : Flip(O);
  }
  if (const auto *C = dyn_cast<CallExpr>(Core)) {
    const FunctionDecl *Callee = C->getDirectCallee();
    if (Callee && Callee->getBuiltinID() == Builtin::BI__builtin_expect &&
        C->getNumArgs() >= 1)
      return outcome(C->getArg(0), Depth + 1);
    // A comparison operator of a class that is looked through (`p == nullptr`).
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(C)) {
      if (Op->getNumArgs() == 2 && (Op->getOperator() == OO_EqualEqual ||
                                    Op->getOperator() == OO_ExclaimEqual)) {
        int Constant = constantOf(Op->getArg(1));
        if (Constant < 0)
          return {};
        Outcome O = outcome(Op->getArg(0), Depth + 1);
        return (Op->getOperator() == OO_EqualEqual) == (Constant == 1)
                   ? O
                   : Flip(O);
      }
    }
    // `explicit operator bool` of a smart pointer or optional that holds a
    // call's result.
    if (const auto *M = dyn_cast<CXXMemberCallExpr>(C))
      if (Callee && isa<CXXConversionDecl>(Callee))
        return outcome(M->getImplicitObjectArgument(), Depth + 1);
    return {};
  }
  if (const auto *C = dyn_cast<CXXConstructExpr>(Core)) {
    if (C->getNumArgs() == 1)
      return outcome(C->getArg(0), Depth + 1);
    return {};
  }
  if (const auto *D = dyn_cast<DeclRefExpr>(Core)) {
    const auto *V = dyn_cast<VarDecl>(D->getDecl());
    if (!V || V->hasGlobalStorage())
      return {};
    if (const Expr *Last = LastAssigned.lookup(V))
      return outcome(Last, Depth + 1);
    if (V->hasInit() && Scan->assignments(V) == 0)
      return outcome(V->getInit(), Depth + 1);
    return {};
  }
  if (const auto *R = dyn_cast<CXXRewrittenBinaryOperator>(Core))
    return outcome(R->getSemanticForm(), Depth + 1);
  if (const auto *L = dyn_cast<InitListExpr>(Core); L && L->getNumInits() == 1)
    return outcome(L->getInit(0), Depth + 1);
  return {};
}

void FunctionExtractor::noteCase(const CFGBlock &B, const RawBlock &Raw) {
  // Several labels, or falling through from the case before, leave more than
  // one way into the block.
  const auto *Case = dyn_cast_or_null<CaseStmt>(B.getLabel());
  if (!Case || B.pred_size() != 1 || Raw.Events.empty() || Case->getRHS())
    return;
  const CFGBlock *From = *B.pred_begin();
  const auto *Switch =
      From ? dyn_cast_or_null<SwitchStmt>(From->getTerminatorStmt()) : nullptr;
  const auto *Value =
      dyn_cast<DeclRefExpr>(Case->getLHS()->IgnoreParenImpCasts());
  if (const auto *C = dyn_cast<ConstantExpr>(Case->getLHS()))
    Value = dyn_cast<DeclRefExpr>(C->getSubExpr()->IgnoreParenImpCasts());
  if (!Switch || !Value || !isa<EnumConstantDecl>(Value->getDecl()))
    return;
  Path On = pathOf(Switch->getCond()->IgnoreParenImpCasts());
  if (On.Elements.empty() && On.Root != model::RootKind::Param)
    return;
  model::StringId Name =
      Unit.Summary.intern("=" + Value->getDecl()->getQualifiedNameAsString());
  for (Token T : Raw.Events) {
    Events[T].SwitchPath = On;
    Events[T].SwitchCase = Name;
  }
}

} // namespace raddle::checkers
