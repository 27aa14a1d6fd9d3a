// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Statements and operators other than calls.
#include "checkers/extract/FunctionExtractor.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

void FunctionExtractor::statement(const Stmt *S) {
  switch (S->getStmtClass()) {
  case Stmt::CallExprClass:
  case Stmt::CXXMemberCallExprClass:
  case Stmt::CXXOperatorCallExprClass:
  case Stmt::UserDefinedLiteralClass:
    call(llvm::cast<CallExpr>(S));
    return;
  case Stmt::CXXConstructExprClass:
  case Stmt::CXXTemporaryObjectExprClass:
    construct(llvm::cast<CXXConstructExpr>(S));
    return;
  case Stmt::CXXInheritedCtorInitExprClass: {
    const auto *I = llvm::cast<CXXInheritedCtorInitExpr>(S);
    const CXXConstructorDecl *Constructor = I->getConstructor();
    if (!Unit.isUser(Constructor))
      return;
    RawEvent E = event(EventKind::Call, S);
    E.ObjectPath = root(RootKind::This);
    E.Callee = Unit.key(Constructor);
    E.Text = text(Constructor);
    for (unsigned P = 0; P < Function->getNumParams(); ++P)
      E.ArgPaths.push_back(root(RootKind::Param, P));
    add(std::move(E), I);
    return;
  }
  case Stmt::CXXNewExprClass: {
    const auto *N = llvm::cast<CXXNewExpr>(S);
    work();
    // `new T(...)`: the object's own events came with its construction.
    (void)N;
    return;
  }
  case Stmt::CXXDeleteExprClass:
  case Stmt::CXXThrowExprClass:
    work();
    return;
  case Stmt::LambdaExprClass:
    lambda(llvm::cast<LambdaExpr>(S));
    return;
  case Stmt::DeclStmtClass:
    for (const Decl *D : llvm::cast<DeclStmt>(S)->decls())
      if (const auto *V = dyn_cast<VarDecl>(D))
        declare(V);
    return;
  case Stmt::BinaryOperatorClass:
  case Stmt::CompoundAssignOperatorClass:
    binary(llvm::cast<BinaryOperator>(S));
    return;
  case Stmt::UnaryOperatorClass:
    unary(llvm::cast<UnaryOperator>(S));
    return;
  case Stmt::ImplicitCastExprClass:
    cast(llvm::cast<CastExpr>(S));
    return;
  case Stmt::AtomicExprClass:
    atomicExpression(llvm::cast<AtomicExpr>(S));
    return;
  case Stmt::InitListExprClass:
    initList(llvm::cast<InitListExpr>(S));
    return;
  case Stmt::GCCAsmStmtClass: {
    std::string Assembly = llvm::cast<GCCAsmStmt>(S)->getAsmString();
    StringRef Text = Assembly;
    if (Text.contains("pause") || Text.contains("yield") ||
        Text.contains("rep; nop") || Text.contains("rep;nop")) {
      add(event(EventKind::Pause, S));
    } else if (!Text.trim().empty()) {
      work();
    }
    return;
  }
  case Stmt::ReturnStmtClass: {
    const auto *R = llvm::cast<ReturnStmt>(S);
    returned(R->getRetValue(), R, R->getNRVOCandidate());
    return;
  }
  case Stmt::CoreturnStmtClass:
    returned(nullptr, S, nullptr);
    return;
  default:
    return;
  }
}

void FunctionExtractor::initializer(const CXXCtorInitializer *Init) {
  if (!Init->isAnyMemberInitializer())
    return;
  const FieldDecl *F = Init->getAnyMember();
  if (!Unit.Types.isPointerLike(F->getType()) &&
      !isCallableType(F->getType()) && !isHandleType(F->getType()))
    return;
  const Expr *Value = Init->getInit();
  store(field(root(RootKind::This), F), pathOf(Value), Value);
}

void FunctionExtractor::declare(const VarDecl *V) {
  if (V->isStaticLocal())
    staticLocal(V, /*Begin=*/false);
  const Expr *Init = V->getInit();
  if (!Init)
    return;
  if (auto It = RangeOf.find(V); It != RangeOf.end()) {
    const CXXForRangeStmt *For = It->second;
    const auto *Range =
        llvm::cast<VarDecl>(For->getRangeStmt()->getSingleDecl());
    Path Whole = pathOfDecl(Range, nullptr);
    References[V] = elementOf(Whole);
    return;
  }
  QualType Type = V->getType();
  if (V->hasGlobalStorage()) {
    if (Unit.Types.isPointerLike(Type) || isCallableType(Type))
      store(root(RootKind::Global, 0, Unit.global(V)), pathOf(Init), Init);
    return;
  }
  if (Type->isReferenceType() || isa<DecompositionDecl>(V)) {
    Path Target = pathOf(Init);
    if (!isOpaque(Target) &&
        !(Target.Root == RootKind::Local && LocalIndices.count(V) &&
          LocalIndices[V] == Target.Index)) {
      References[V] = Target;
      return;
    }
    if (Target.Root == RootKind::Opaque && !Target.Elements.empty())
      store(root(RootKind::Local, localIndex(V)), Target, Init);
    return;
  }
  if (!Unit.Types.isPointerLike(Type) && !isCallableType(Type) &&
      !isHandleType(Type))
    return;
  if (!matters(Type) && !isCallableType(Type))
    return;
  Path Target = pathOf(Init);
  if (isOpaque(Target) && Target.Elements.empty())
    return;
  if (Scan->assignments(V) == 0)
    Pointees[V] = Target;
  store(root(RootKind::Local, localIndex(V)), Target, Init);
}

void FunctionExtractor::returned(const Expr *Value, const Stmt *At,
                                 const VarDecl *NrvoVariable) {
  RawBlock &B = Blocks[Current];
  B.Returns = true;
  if (!Value)
    return;
  QualType Type = Value->getType();
  if (Type->isRecordType() && Value->isPRValue() &&
      !Unit.Types.isPointerLike(Type)) {
    const Expr *Core = BodyScan::core(Value);
    const auto *Copy = dyn_cast<CXXConstructExpr>(Core);
    const auto *Ref = dyn_cast<DeclRefExpr>(
        Copy && Copy->getNumArgs() == 1 ? BodyScan::core(Copy->getArg(0))
                                        : Core);
    const auto *Local = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    const TypeInfo &Info = Unit.Types.of(Type);
    if (isCallableType(Type)) {
      B.ReturnPath = pathOf(Value);
    } else if (Local && Local == NrvoVariable && !Info.is(TypeKind::Guard)) {
      B.ReturnPath = pathOfDecl(Local, Ref);
      Elided[Local] = 1;
    } else if (Info.is(TypeKind::Guard)) {
      B.ReturnPath = root(RootKind::Return);
      if (Local && !Copy) {
        RawEvent E = event(EventKind::GuardMove, At);
        E.ObjectPath = root(RootKind::Return);
        E.ArgPaths.push_back(pathOfDecl(Local, Ref));
        add(std::move(E));
      }
    } else {
      B.ReturnPath = root(RootKind::Return);
    }
    // A result that is contextually tested (optional, expected) keeps none.
    return;
  }
  if (Unit.Types.of(Type).is(TypeKind::UniquePointer) && NrvoVariable)
    Elided[NrvoVariable] = 1;
  if (Function->getReturnType()->isReferenceType() ||
      Unit.Types.isPointerLike(Function->getReturnType()) ||
      isCallableType(Function->getReturnType())) {
    Path P = pathOf(Value);
    if (!(P.Root == RootKind::Opaque && P.Elements.empty()))
      B.ReturnPath = P;
  }
  Outcome O = outcome(Value);
  B.ReturnOn = O.On;
  B.ReturnNegated = O.Negated;
  if (O.On == NoToken)
    B.ReturnConstant = constantOf(Value);
}

/// A token or source of stop requests: copies speak of the same state.
bool FunctionExtractor::isHandleType(QualType Type) {
  switch (Unit.Types.of(Type).Kind) {
  case TypeKind::StopToken:
  case TypeKind::StopSource:
  case TypeKind::CustomHandle:
    return true;
  default:
    return false;
  }
}

/// A local, or a part of it: assigning it is visible to nobody else.
static const VarDecl *scalarLocal(const Expr *E) {
  E = E->IgnoreParenImpCasts();
  for (;;) {
    if (const auto *M = dyn_cast<MemberExpr>(E); M && !M->isArrow())
      E = M->getBase()->IgnoreParenImpCasts();
    else if (const auto *S = dyn_cast<ArraySubscriptExpr>(E);
             S && S->getBase()->IgnoreParenImpCasts()->getType()->isArrayType())
      E = S->getBase()->IgnoreParenImpCasts();
    else
      break;
  }
  const auto *D = dyn_cast<DeclRefExpr>(E);
  const auto *V = D ? dyn_cast<VarDecl>(D->getDecl()) : nullptr;
  return V && V->hasLocalStorage() && !V->getType()->isReferenceType()
             ? V
             : nullptr;
}

void FunctionExtractor::binary(const BinaryOperator *B) {
  if (B->isAssignmentOp()) {
    const VarDecl *V = scalarLocal(B->getLHS());
    if (V && B->getOpcode() == BO_Assign) {
      if (isa<DeclRefExpr>(B->getLHS()->IgnoreParenImpCasts()))
        LastAssigned[V] = B->getRHS();
    } else if (V && !V->getType()->isScalarType()) {
      // A part of a local aggregate (FD_SET).
    } else if (!V) {
      // FD_ZERO and the like write into what the next call reads.
      SourceLocation Where = B->getOperatorLoc();
      if (!Where.isMacroID() ||
          !Unit.Sources.isInSystemHeader(Unit.Sources.getSpellingLoc(Where)))
        work();
    } else if (constantOf(B->getRHS()) < 0) {
      work(); // Adds something up.
    }
    if (B->getOpcode() != BO_Assign)
      return;
    QualType Type = B->getLHS()->getType();
    if (Type->isAnyPointerType() || Type->isFunctionPointerType()) {
      if (!matters(Type))
        return;
      store(pathOf(B->getLHS()), pathOf(B->getRHS()), B);
    } else if (const auto *Value =
                   dyn_cast<DeclRefExpr>(B->getRHS()->IgnoreParenImpCasts());
               Value && isa<EnumConstantDecl>(Value->getDecl())) {
      // `command.type = command_t::bind`: which case of a switch follows.
      if (Path To = pathOf(B->getLHS()); !To.Elements.empty())
        store(To,
              root(RootKind::Function, 0,
                   Unit.Summary.intern(
                       "=" + Value->getDecl()->getQualifiedNameAsString())),
              B);
    } else if (Type->isRecordType()) {
      // C's structures are copied without a call.
      Path To = pathOf(B->getLHS()), From = pathOf(B->getRHS());
      if (From.Root != RootKind::Temporary)
        store(To, From, B);
    }
    return;
  }
  if (B->isRelationalOp())
    order(B->getLHS(), B->getRHS());
}

/// `a < b`, `a.id < b.id`, `a.id() < b.id()`: the order of two instances.
void FunctionExtractor::order(const Expr *Left, const Expr *Right) {
  auto Owner = [&](const Expr *E, const NamedDecl *&By) -> Path {
    E = BodyScan::core(E);
    By = nullptr;
    if (E->getType()->isAnyPointerType() ||
        Unit.Types.isPointerLike(E->getType()))
      return pathOf(E);
    if (const auto *U = dyn_cast<UnaryOperator>(E);
        U && U->getOpcode() == UO_AddrOf)
      return pathOf(U->getSubExpr());
    if (const auto *M = dyn_cast<MemberExpr>(E)) {
      By = M->getMemberDecl();
      return pathOf(M->getBase());
    }
    if (const auto *C = dyn_cast<CXXMemberCallExpr>(E)) {
      By = C->getMethodDecl();
      return pathOf(C->getImplicitObjectArgument());
    }
    return {};
  };
  const NamedDecl *LeftBy, *RightBy;
  Path A = Owner(Left, LeftBy), B = Owner(Right, RightBy);
  if (LeftBy != RightBy || isOpaque(A) || isOpaque(B) || A == B)
    return;
  OrderedPaths.push_back({A, B});
}

void FunctionExtractor::unary(const UnaryOperator *Op) {
  if (!Op->isIncrementDecrementOp())
    return;
  if (!scalarLocal(Op->getSubExpr()))
    work();
  if (Op->getSubExpr()->getType()->isAtomicType())
    atomicUpdate(Op->getSubExpr(), Op);
}

void FunctionExtractor::cast(const CastExpr *C) {
  if (C->getCastKind() == CK_AtomicToNonAtomic) {
    atomicLoad(C->getSubExpr(), C);
    return;
  }
  if (C->getCastKind() == CK_LValueToRValue &&
      C->getSubExpr()->getType().isVolatileQualified() &&
      !C->getSubExpr()->getType()->isAtomicType())
    atomicLoad(C->getSubExpr(), C);
}

void FunctionExtractor::lambda(const LambdaExpr *L) {
  const CXXRecordDecl *Closure = L->getLambdaClass();
  Path Object = temporaryOf(L);
  auto Field = Closure->field_begin();
  auto Init = L->capture_init_begin();
  for (const LambdaCapture &Capture : L->captures()) {
    if (Field == Closure->field_end() || Init == L->capture_init_end())
      break;
    const Expr *Value = *Init++;
    QualType Type = (*Field++)->getType();
    if (!Value || (!Capture.capturesThis() && !Capture.capturesVariable()))
      continue;
    bool ByReference = Type->isReferenceType() ||
                       Unit.Types.isPointerLike(Type) || Capture.capturesThis();
    if (!ByReference && !isCallableType(Type) && !matters(Type))
      continue;
    Path To =
        pseudo(Object,
               Capture.capturesThis()
                   ? std::string("$cap:this")
                   : ("$cap:" + Capture.getCapturedVar()->getName()).str(),
               !ByReference);
    store(To, pathOf(Value), Value);
  }
  if (const CXXMethodDecl *Call = Closure->getLambdaCallOperator();
      Call && !Closure->getDependentLambdaCallOperator())
    store(pseudo(Object, "$fn"), root(RootKind::Function, 0, Unit.key(Call)),
          L);
}

void FunctionExtractor::initList(const InitListExpr *L) {
  const RecordDecl *Record = L->getType()->getAsRecordDecl();
  if (!Record || Record->isUnion() || L->isTransparent() ||
      (L->isSemanticForm() == false && L->getSemanticForm()))
    return;
  const auto *Class = dyn_cast<CXXRecordDecl>(Record);
  unsigned I = Class ? Class->getNumBases() : 0;
  for (const FieldDecl *F : Record->fields()) {
    if (F->isUnnamedBitField())
      continue;
    if (I >= L->getNumInits())
      break;
    const Expr *Init = L->getInit(I++);
    if (!Init || isa<ImplicitValueInitExpr>(Init) ||
        (!Unit.Types.isPointerLike(F->getType()) &&
         !isCallableType(F->getType())) ||
        !matters(F->getType()))
      continue;
    store(field(objectOf(L), F), pathOf(Init), Init);
  }
}

} // namespace raddle::checkers
