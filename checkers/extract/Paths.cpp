// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions as access paths.
#include "checkers/extract/FunctionExtractor.h"
#include "clang/AST/ASTLambda.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::RootKind;

namespace raddle::checkers {

/// Longer paths say nothing the analysis could use, and recursive structures
/// would make them without end.
static constexpr size_t MaxElements = 6;

FunctionExtractor::Path FunctionExtractor::root(RootKind Kind, uint32_t Index,
                                                model::StringId Name) {
  Path P;
  P.Root = Kind;
  P.Index = Index;
  P.Name = Name;
  return P;
}

FunctionExtractor::Path FunctionExtractor::field(Path Base,
                                                 const FieldDecl *F) {
  if (Base.Root == RootKind::None)
    Base = root(RootKind::Opaque);
  if (F->isAnonymousStructOrUnion())
    return Base;
  if (Base.Elements.size() >= MaxElements)
    return root(RootKind::Opaque);
  const RecordDecl *Owner = F->getParent();
  // `map[k]` and `map.find(k)->second` are one element.
  if (F->getName() == "second" && Owner->getIdentifier() &&
      Owner->getName() == "pair" && Owner->isInStdNamespace())
    return Base;
  while (Owner->isAnonymousStructOrUnion())
    if (const auto *Outer = dyn_cast<RecordDecl>(Owner->getDeclContext()))
      Owner = Outer;
    else
      break;
  Base.Elements.push_back({Unit.recordKey(Owner), Unit.intern(F->getName()),
                           !Unit.Types.isPointerLike(F->getType())});
  return Base;
}

FunctionExtractor::Path FunctionExtractor::elementOf(Path Base) {
  if (Base.Root == RootKind::None || Base.Root == RootKind::Null)
    return root(RootKind::Opaque);
  return pseudo(std::move(Base), "[]");
}

FunctionExtractor::Path FunctionExtractor::pseudo(Path Base, StringRef Name,
                                                  bool ByValue) {
  if (Base.Elements.size() >= MaxElements)
    return root(RootKind::Opaque);
  Base.Elements.push_back({0, Unit.intern(Name), ByValue});
  return Base;
}

/// The class whose closure the function runs on, if it is a lambda's.
static const CXXRecordDecl *closureOf(const FunctionDecl *F) {
  const auto *M = dyn_cast_or_null<CXXMethodDecl>(F);
  return M && M->getParent()->isLambda() ? M->getParent() : nullptr;
}

FunctionExtractor::Path FunctionExtractor::thisPath() {
  Path P = root(RootKind::This);
  return closureOf(Function) ? pseudo(P, "$cap:this", false) : P;
}

FunctionExtractor::Path FunctionExtractor::capture(const VarDecl *V) {
  bool ByValue = !Unit.Types.isPointerLike(V->getType());
  if (const CXXRecordDecl *Closure = closureOf(Function))
    for (const LambdaCapture &C : Closure->captures())
      if (C.capturesVariable() && C.getCapturedVar() == V &&
          C.getCaptureKind() == LCK_ByRef)
        ByValue = false;
  return pseudo(root(RootKind::This), ("$cap:" + V->getName()).str(), ByValue);
}

uint32_t FunctionExtractor::localIndex(const VarDecl *V) {
  auto [It, New] = LocalIndices.try_emplace(V, Out.Locals.size());
  if (New) {
    model::Variable L;
    L.Name = Unit.intern(V->getName());
    L.Type = Unit.typeId(V->getType());
    L.Record = Unit.recordOf(V->getType());
    L.Cancellation = Unit.handleKind(V->getType(), V->getName());
    L.Where = Unit.where(V->getLocation());
    Out.Locals.push_back(L);
  }
  return It->second;
}

FunctionExtractor::Path FunctionExtractor::pathOfDecl(const ValueDecl *D,
                                                      const Expr *Use) {
  if (const auto *F = dyn_cast<FunctionDecl>(D)) {
    if (Unit.isUser(F))
      return root(RootKind::Function, 0, Unit.key(F));
    return root(RootKind::Opaque);
  }
  if (const auto *P = dyn_cast<ParmVarDecl>(D)) {
    const auto *Owner = dyn_cast<FunctionDecl>(P->getDeclContext());
    if (!Owner || isOwn(Owner))
      return root(RootKind::Param, P->getFunctionScopeIndex());
    return capture(P);
  }
  if (const auto *B = dyn_cast<BindingDecl>(D)) {
    if (const VarDecl *Holder = B->getHoldingVar()) {
      Path Base = pathOfDecl(cast<VarDecl>(B->getDecomposedDecl()), Use);
      if (isOpaque(Base))
        return root(RootKind::Opaque);
      unsigned I = 0;
      for (const BindingDecl *Other :
           cast<DecompositionDecl>(B->getDecomposedDecl())->bindings()) {
        if (Other == B)
          break;
        ++I;
      }
      QualType Whole = cast<VarDecl>(B->getDecomposedDecl())->getType();
      const auto *Class = Whole.getNonReferenceType()->getAsCXXRecordDecl();
      if (Class && Class->getName() == "pair")
        for (const FieldDecl *F : Class->fields())
          if (F->getName() == (I ? "second" : "first"))
            return field(Base, F);
      return pseudo(
          Base, "get<" + std::to_string(I) + ">",
          !Unit.Types.isPointerLike(Holder->getType().getNonReferenceType()));
    }
    return B->getBinding() ? pathOf(B->getBinding()) : root(RootKind::Opaque);
  }
  const auto *V = dyn_cast<VarDecl>(D);
  if (!V)
    return root(RootKind::Opaque);
  if (V->hasGlobalStorage() && V->getType()->isReferenceType())
    if (const Expr *Init = V->getAnyInitializer())
      if (const Expr *To = BodyScan::core(Init);
          isa<DeclRefExpr, MemberExpr>(To))
        return pathOf(To, 20); // A second name.
  if (V->hasGlobalStorage())
    return Unit.isUser(V) ? root(RootKind::Global, 0, Unit.global(V))
                          : root(RootKind::Opaque);
  if (V->isInitCapture())
    return capture(V);
  const auto *Owner = dyn_cast<FunctionDecl>(V->getDeclContext());
  if (Owner && !isOwn(Owner))
    return capture(V);
  auto It = References.find(V);
  if (It != References.end())
    return It->second;
  return root(RootKind::Local, localIndex(V));
}

FunctionExtractor::Path FunctionExtractor::temporaryOf(const Expr *E) {
  auto [It, New] = Temporaries.try_emplace(E, 0);
  if (New)
    It->second = Scan->newTemporary();
  return root(RootKind::Temporary, It->second);
}

FunctionExtractor::Path FunctionExtractor::place(const Destination &D) {
  switch (D.What) {
  case Destination::None:
    return {};
  case Destination::Variable:
    if (D.Var->hasGlobalStorage())
      return root(RootKind::Global, 0, Unit.global(D.Var));
    if (D.Var->isInitCapture())
      return capture(D.Var);
    return root(RootKind::Local, localIndex(D.Var));
  case Destination::Result:
    return root(RootKind::Return);
  case Destination::Field:
    return field(root(RootKind::This), D.Member);
  case Destination::Whole:
    return root(RootKind::This);
  case Destination::Temporary:
    return root(RootKind::Temporary, D.Number);
  case Destination::Assigned:
    return pathOf(D.Target);
  case Destination::Element:
    return elementOf(pathOf(D.Target));
  case Destination::Allocated:
    return temporaryOf(D.Target);
  case Destination::FieldOf:
    return field(objectOf(D.Target), D.Member);
  case Destination::Capture: {
    const auto *L = cast<LambdaExpr>(D.Target);
    auto Field = L->getLambdaClass()->field_begin();
    for (const LambdaCapture &C : L->captures()) {
      if (*Field == D.Member && C.capturesVariable())
        return pseudo(temporaryOf(L),
                      ("$cap:" + C.getCapturedVar()->getName()).str(),
                      !Unit.Types.isPointerLike(D.Member->getType()));
      if (*Field == D.Member && C.capturesThis())
        return pseudo(temporaryOf(L), "$cap:this", false);
      ++Field;
    }
    return {};
  }
  }
  return {};
}

FunctionExtractor::Path FunctionExtractor::objectOf(const Expr *E) {
  Path P = place(Scan->destination(E));
  return P.Root == RootKind::None ? temporaryOf(BodyScan::core(E)) : P;
}

FunctionExtractor::Path FunctionExtractor::pathOf(const Expr *E, int Depth) {
  if (!E || Depth > 24)
    return root(RootKind::Opaque);
  if (const auto *Cast = dyn_cast<CastExpr>(E->IgnoreParens());
      Cast && Cast->getCastKind() == CK_NullToPointer)
    return root(RootKind::Null);
  E = BodyScan::core(E);
  if (isa<CXXNullPtrLiteralExpr, GNUNullExpr>(E))
    return root(RootKind::Null);
  if (isa<CXXThisExpr>(E))
    return thisPath();
  if (const auto *D = dyn_cast<DeclRefExpr>(E))
    return pathOfDecl(D->getDecl(), D);
  if (const auto *M = dyn_cast<MemberExpr>(E)) {
    if (const auto *F = dyn_cast<FieldDecl>(M->getMemberDecl()))
      return field(pathOf(M->getBase(), Depth + 1), F);
    if (const auto *V = dyn_cast<VarDecl>(M->getMemberDecl()))
      return pathOfDecl(V, M);
    return pathOf(M->getBase(), Depth + 1);
  }
  if (const auto *U = dyn_cast<UnaryOperator>(E)) {
    switch (U->getOpcode()) {
    case UO_AddrOf:
    case UO_Deref:
    case UO_Extension:
    case UO_PreInc:
    case UO_PreDec:
    case UO_PostInc:
    case UO_PostDec:
      return pathOf(U->getSubExpr(), Depth + 1);
    default:
      return root(RootKind::Opaque);
    }
  }
  if (const auto *S = dyn_cast<ArraySubscriptExpr>(E))
    return elementOf(pathOf(S->getBase(), Depth + 1));
  if (const auto *B = dyn_cast<BinaryOperator>(E)) {
    if (B->getOpcode() == BO_Comma)
      return pathOf(B->getRHS(), Depth + 1);
    if (B->isAssignmentOp())
      return pathOf(B->getLHS(), Depth + 1);
    if (B->isAdditiveOp() && B->getType()->isPointerType())
      return elementOf(pathOf(
          B->getLHS()->getType()->isPointerType() ? B->getLHS() : B->getRHS(),
          Depth + 1));
    return root(RootKind::Opaque);
  }
  if (const auto *C = dyn_cast<CallExpr>(E))
    return pathOfCall(C, Depth);
  if (const auto *C = dyn_cast<CXXConstructExpr>(E))
    return pathOfConstruct(C, Depth);
  if (isa<LambdaExpr>(E))
    return temporaryOf(E);
  if (const auto *N = dyn_cast<CXXNewExpr>(E))
    return temporaryOf(N);
  if (const auto *C = dyn_cast<AbstractConditionalOperator>(E)) {
    Path True = pathOf(C->getTrueExpr(), Depth + 1);
    Path False = pathOf(C->getFalseExpr(), Depth + 1);
    if (True == False || False.Root == RootKind::Null)
      return True;
    return True.Root == RootKind::Null ? False : root(RootKind::Opaque);
  }
  if (const auto *O = dyn_cast<OpaqueValueExpr>(E); O && O->getSourceExpr())
    return pathOf(O->getSourceExpr(), Depth + 1);
  if (const auto *L = dyn_cast<InitListExpr>(E)) {
    if (E->getType()->isRecordType())
      return objectOf(L);
    if (L->getNumInits() == 1)
      return pathOf(L->getInit(0), Depth + 1);
    return root(RootKind::Opaque);
  }
  if (const auto *S = dyn_cast<StmtExpr>(E))
    if (const auto *Last = dyn_cast_or_null<Expr>(
            S->getSubStmt()->body_empty() ? nullptr
                                          : S->getSubStmt()->body_back()))
      return pathOf(Last, Depth + 1);
  if (const auto *G = dyn_cast<GenericSelectionExpr>(E))
    return pathOf(G->getResultExpr(), Depth + 1);
  return root(RootKind::Opaque);
}

/// A value of this type can lead to a lock, a thread, a flag or a function.
bool FunctionExtractor::matters(QualType Type) {
  if (Type.isNull() || Type->isVoidType())
    return false;
  Type = Type.getNonReferenceType();
  if (Type->isFunctionPointerType() || Type->isFunctionType() ||
      Type->isMemberFunctionPointerType())
    return true;
  QualType Pointee = Unit.Types.pointee(Type);
  if (Pointee.isNull())
    return false;
  return Pointee->isRecordType() || Pointee->isVoidType() ||
         Pointee->isFunctionType() || Pointee->isAtomicType();
}

} // namespace raddle::checkers
