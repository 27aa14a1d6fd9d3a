// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/BodyScan.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace raddle::checkers {

const Expr *BodyScan::core(const Expr *E) {
  while (E) {
    const Expr *Next = E;
    if (const auto *P = dyn_cast<ParenExpr>(E))
      Next = P->getSubExpr();
    else if (const auto *Full = dyn_cast<FullExpr>(E))
      Next = Full->getSubExpr();
    else if (const auto *B = dyn_cast<CXXBindTemporaryExpr>(E))
      Next = B->getSubExpr();
    else if (const auto *M = dyn_cast<MaterializeTemporaryExpr>(E))
      Next = M->getSubExpr();
    else if (const auto *C = dyn_cast<CastExpr>(E))
      Next = C->getSubExpr();
    else if (const auto *S = dyn_cast<SubstNonTypeTemplateParmExpr>(E))
      Next = S->getReplacement();
    else if (const auto *C = dyn_cast<CXXConstructExpr>(E);
             C && C->isElidable() && C->getNumArgs() == 1)
      Next = C->getArg(0);
    else if (const auto *D = dyn_cast<CXXDefaultInitExpr>(E))
      Next = D->getExpr();
    if (!Next || Next == E)
      return E;
    E = Next;
  }
  return E;
}

BodyScan::BodyScan(UnitContext &Unit, const FunctionDecl *Function)
    : Unit(Unit) {
  if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function))
    for (const CXXCtorInitializer *Init : Constructor->inits()) {
      Destination D;
      if (Init->isAnyMemberInitializer()) {
        D.What = Destination::Field;
        D.Member = Init->getAnyMember();
      } else {
        D.What = Destination::Whole;
      }
      if (!Init->isAnyMemberInitializer() ||
          Init->getAnyMember()->getType()->isRecordType())
        place(Init->getInit(), D);
      visit(Init->getInit());
    }
  visit(Function->getBody());
}

BodyScan::BodyScan(UnitContext &Unit, llvm::ArrayRef<const VarDecl *> Globals)
    : Unit(Unit) {
  for (const VarDecl *V : Globals)
    visitDecl(V);
}

void BodyScan::place(const Expr *E, Destination D) {
  while (E) {
    if (const auto *B = dyn_cast<CXXBindTemporaryExpr>(E))
      Bound[B] = D;
    if (const auto *Conditional =
            dyn_cast<AbstractConditionalOperator>(E->IgnoreParens())) {
      place(Conditional->getTrueExpr(), D);
      place(Conditional->getFalseExpr(), D);
      return;
    }
    const Expr *Next = E;
    if (const auto *P = dyn_cast<ParenExpr>(E))
      Next = P->getSubExpr();
    else if (const auto *Full = dyn_cast<FullExpr>(E))
      Next = Full->getSubExpr();
    else if (const auto *B = dyn_cast<CXXBindTemporaryExpr>(E))
      Next = B->getSubExpr();
    else if (const auto *M = dyn_cast<MaterializeTemporaryExpr>(E))
      Next = M->getSubExpr();
    else if (const auto *C = dyn_cast<CastExpr>(E))
      Next = C->getSubExpr();
    else if (const auto *C = dyn_cast<CXXConstructExpr>(E);
             C && C->isElidable() && C->getNumArgs() == 1)
      Next = C->getArg(0);
    else if (const auto *I = dyn_cast<CXXDefaultInitExpr>(E))
      Next = I->getExpr();
    if (!Next || Next == E)
      break;
    E = Next;
  }
  if (E && isa<CallExpr, CXXConstructExpr, LambdaExpr, InitListExpr,
               CXXParenListInitExpr, CXXNewExpr, CXXScalarValueInitExpr>(E))
    Destinations.try_emplace(E, D);
}

bool BodyScan::startsThread(QualType Type) {
  TypeKind Kind = Unit.Types.of(Type).Kind;
  return Kind == TypeKind::Thread || Kind == TypeKind::JoiningThread ||
         Kind == TypeKind::Future;
}

void BodyScan::visitDecl(const Decl *D) {
  if (const auto *V = dyn_cast<VarDecl>(D)) {
    if (const Expr *Init = V->getInit()) {
      Destination To;
      To.What = Destination::Variable;
      To.Var = V;
      QualType Type = V->getType().getNonReferenceType();
      if (Type->isRecordType() &&
          (!V->getType()->isReferenceType() ||
           isa<MaterializeTemporaryExpr>(Init->IgnoreParenImpCasts()) ||
           isa<ExprWithCleanups>(Init)))
        place(Init, To);
      visit(Init);
    }
    if (const auto *Decomposed = dyn_cast<DecompositionDecl>(V))
      for (const BindingDecl *B : Decomposed->bindings())
        if (const VarDecl *Holder = B->getHoldingVar())
          if (Holder->getInit())
            visit(Holder->getInit());
    return;
  }
  const auto *Local = dyn_cast<CXXRecordDecl>(D);
  if (!Local || Local->isDependentContext())
    return;
  for (const Decl *Member : Local->decls()) {
    if (const auto *M = dyn_cast<CXXMethodDecl>(Member)) {
      if (M->doesThisDeclarationHaveABody() || M->isVirtual())
        Unit.Pending.insert(M);
    } else if (isa<CXXRecordDecl>(Member) &&
               !cast<CXXRecordDecl>(Member)->isImplicit()) {
      visitDecl(Member);
    }
  }
}

void BodyScan::changed(const Expr *E) {
  if (const auto *D = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts()))
    if (const auto *V = dyn_cast<VarDecl>(D->getDecl()))
      ++Assignments[V];
}

void BodyScan::visitLambda(const LambdaExpr *L) {
  const CXXRecordDecl *Closure = L->getLambdaClass();
  if (const FunctionTemplateDecl *Generic =
          Closure->getDependentLambdaCallOperator()) {
    for (const FunctionDecl *Instance : Generic->specializations())
      Unit.Pending.insert(Instance);
  } else if (const CXXMethodDecl *Call = Closure->getLambdaCallOperator()) {
    Unit.Pending.insert(Call);
  }
  auto Field = Closure->field_begin();
  auto Init = L->capture_init_begin();
  for (const LambdaCapture &Capture : L->captures()) {
    if (Field == Closure->field_end() || Init == L->capture_init_end())
      break;
    if (const Expr *E = *Init) {
      if (Field->getType()->isRecordType()) {
        Destination To;
        To.What = Destination::Capture;
        To.Target = L;
        To.Member = *Field;
        place(E, To);
      }
      visit(E);
    }
    if (Capture.capturesVariable() && Capture.getCaptureKind() == LCK_ByRef)
      if (const auto *V = dyn_cast<VarDecl>(Capture.getCapturedVar());
          V && !V->getType()->isReferenceType())
        ++Assignments[V];
    ++Field;
    ++Init;
  }
}

void BodyScan::visitCall(const CallExpr *C) {
  // Where a thread object ends up, so that a later join finds it.
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(C)) {
    if (Op->getOperator() == OO_Equal && Op->getNumArgs() == 2 &&
        startsThread(Op->getArg(0)->getType())) {
      Destination To;
      To.What = Destination::Assigned;
      To.Target = Op->getArg(0);
      place(Op->getArg(1), To);
    }
    return;
  }
  const auto *M = dyn_cast<CXXMemberCallExpr>(C);
  if (!M || !M->getMethodDecl() || !M->getMethodDecl()->getIdentifier())
    return;
  llvm::StringRef Name = M->getMethodDecl()->getName();
  if (M->getNumArgs() == 1 &&
      (Name == "push_back" || Name == "emplace_back" || Name == "push_front" ||
       Name == "insert") &&
      startsThread(M->getArg(0)->getType())) {
    Destination To;
    To.What = Destination::Element;
    To.Target = M->getImplicitObjectArgument();
    place(M->getArg(0), To);
  }
}

void BodyScan::visitList(const InitListExpr *L) {
  const RecordDecl *Record = L->getType()->getAsRecordDecl();
  if (!Record || L->isTransparent())
    return;
  const auto *Class = dyn_cast<CXXRecordDecl>(Record);
  unsigned I = Class ? Class->getNumBases() : 0;
  if (Record->isUnion())
    return;
  for (const FieldDecl *F : Record->fields()) {
    if (F->isUnnamedBitField())
      continue;
    if (I >= L->getNumInits())
      break;
    const Expr *Init = L->getInit(I++);
    if (Init && F->getType()->isRecordType()) {
      Destination To;
      To.What = Destination::FieldOf;
      To.Member = F;
      To.Target = L;
      place(Init, To);
    }
  }
}

void BodyScan::visit(const Stmt *S) {
  if (!S)
    return;
  switch (S->getStmtClass()) {
  case Stmt::LambdaExprClass:
    visitLambda(cast<LambdaExpr>(S));
    return;
  case Stmt::DeclStmtClass:
    for (const Decl *D : cast<DeclStmt>(S)->decls())
      visitDecl(D);
    return;
  case Stmt::ReturnStmtClass: {
    const Expr *Value = cast<ReturnStmt>(S)->getRetValue();
    if (Value && Value->getType()->isRecordType() && Value->isPRValue()) {
      Destination To;
      To.What = Destination::Result;
      place(Value, To);
    }
    break;
  }
  case Stmt::CXXNewExprClass:
    if (const auto *N = cast<CXXNewExpr>(S); N->hasInitializer()) {
      Destination To;
      To.What = Destination::Allocated;
      To.Target = N;
      place(N->getInitializer(), To);
    }
    break;
  case Stmt::InitListExprClass:
    visitList(cast<InitListExpr>(S));
    break;
  case Stmt::CXXBindTemporaryExprClass: {
    const auto *B = cast<CXXBindTemporaryExpr>(S);
    if (!Bound.count(B)) {
      Destination Known = Destinations.lookup(core(B));
      if (Known.What == Destination::None) {
        Known.What = Destination::Temporary;
        Known.Number = newTemporary();
        place(B, Known);
      }
      Bound[B] = Known;
    }
    break;
  }
  case Stmt::MaterializeTemporaryExprClass: {
    const auto *M = cast<MaterializeTemporaryExpr>(S);
    const Expr *Inner = core(M);
    if (M->getType()->isRecordType() && !Destinations.count(Inner)) {
      Destination To;
      To.What = Destination::Temporary;
      To.Number = newTemporary();
      place(M, To);
    }
    break;
  }
  case Stmt::CallExprClass: {
    const auto *C = cast<CallExpr>(S);
    if (C->isCallToStdMove())
      if (const auto *D =
              dyn_cast<DeclRefExpr>(C->getArg(0)->IgnoreParenImpCasts()))
        if (const auto *V = dyn_cast<VarDecl>(D->getDecl()))
          Moved.insert(V);
    break;
  }
  case Stmt::CXXOperatorCallExprClass:
  case Stmt::CXXMemberCallExprClass:
    visitCall(cast<CallExpr>(S));
    break;
  case Stmt::BinaryOperatorClass: {
    const auto *B = cast<BinaryOperator>(S);
    if (B->isRelationalOp())
      Comparisons.push_back(B);
    if (B->isAssignmentOp())
      changed(B->getLHS());
    break;
  }
  case Stmt::CompoundAssignOperatorClass:
    changed(cast<BinaryOperator>(S)->getLHS());
    break;
  case Stmt::UnaryOperatorClass: {
    const auto *U = cast<UnaryOperator>(S);
    if (U->isIncrementDecrementOp() || U->getOpcode() == UO_AddrOf)
      changed(U->getSubExpr());
    break;
  }
  case Stmt::ForStmtClass:
  case Stmt::WhileStmtClass:
  case Stmt::DoStmtClass:
  case Stmt::CXXForRangeStmtClass:
    Loops.push_back(S);
    break;
  case Stmt::CXXTryStmtClass:
    Tries.push_back(cast<CXXTryStmt>(S));
    break;
  case Stmt::CoroutineBodyStmtClass:
    HasCoroutine = true;
    visit(cast<CoroutineBodyStmt>(S)->getBody());
    return;
  default:
    break;
  }
  for (const Stmt *Child : S->children())
    visit(Child);
}

} // namespace raddle::checkers
