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

FunctionExtractor::Path
FunctionExtractor::pseudo(Path Base, StringRef Name, bool ByValue) {
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
      return pseudo(Base, "get<" + std::to_string(I) + ">",
                    !Unit.Types.isPointerLike(
                        Holder->getType().getNonReferenceType()));
    }
    return B->getBinding() ? pathOf(B->getBinding()) : root(RootKind::Opaque);
  }
  const auto *V = dyn_cast<VarDecl>(D);
  if (!V)
    return root(RootKind::Opaque);
  if (V->hasGlobalStorage() && V->getType()->isReferenceType())
    if (const Expr *Init = V->getAnyInitializer())
      if (const Expr *To = BodyScan::core(Init); isa<DeclRefExpr, MemberExpr>(To))
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

/// Operators and functions that only pass on their first argument's object.
bool FunctionExtractor::passesObject(StringRef Name) {
  return llvm::StringSwitch<bool>(Name)
      .Cases({"std::move", "std::forward", "std::ref", "std::cref",
              "std::addressof", "std::as_const", "std::launder",
              "std::to_address", "std::static_pointer_cast",
              "std::dynamic_pointer_cast", "std::const_pointer_cast",
              "std::reinterpret_pointer_cast", "std::data", "std::next",
              "std::prev", "std::atomic_load", "std::forward_like",
              "std::move_if_noexcept", "boost::move", "boost::ref",
              "boost::addressof", "absl::WrapUnique", "absl::implicit_cast",
              "__builtin_addressof", "__builtin_expect", "std::__addressof"},
             true)
      .Cases({"boost::static_pointer_cast", "boost::dynamic_pointer_cast",
              "boost::forward", "std::get_if", "std::atomic_load_explicit"},
             true)
      .Default(false);
}

static bool yieldsElement(StringRef Member) {
  return llvm::StringSwitch<bool>(Member)
      .Cases({"at", "front", "back", "find", "begin", "end", "rbegin", "rend",
              "cbegin", "cend", "top", "data", "lower_bound", "upper_bound",
              "emplace_back", "emplace_front", "try_emplace", "insert",
              "emplace", "equal_range", "first", "last", "value",
              "insert_or_assign", "extract"},
             true)
      .Default(false);
}

FunctionExtractor::Path FunctionExtractor::pathOfCall(const CallExpr *C,
                                                      int Depth) {
  const FunctionDecl *Callee = C->getDirectCallee();
  auto ResultOf = [&]() -> Path {
    auto It = EventOf.find(C);
    if (It != EventOf.end())
      return root(RootKind::Result, It->second);
    return root(RootKind::Opaque);
  };
  if (C->getType()->isRecordType() && C->isPRValue() && Callee &&
      Unit.isUser(Callee) && !Unit.Types.isPointerLike(C->getType()))
    return objectOf(C);
  if (const auto *Conversion = dyn_cast_or_null<CXXConversionDecl>(Callee);
      Conversion && Conversion->getParent()->isLambda())
    return pathOf(llvm::cast<CXXMemberCallExpr>(C)->getImplicitObjectArgument(),
                  Depth + 1);
  if (!Callee)
    return C->getType()->isRecordType() && C->isPRValue() ? objectOf(C)
                                                          : ResultOf();
  if (Unit.isUser(Callee))
    return ResultOf();
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(C)) {
    if (Op->getNumArgs() == 0)
      return root(RootKind::Opaque);
    const Expr *First = Op->getArg(0);
    switch (Op->getOperator()) {
    case OO_Subscript:
      return elementOf(pathOf(First, Depth + 1));
    case OO_Star:
    case OO_Arrow:
    case OO_Equal:
    case OO_PlusPlus:
    case OO_MinusMinus:
    case OO_PlusEqual:
    case OO_MinusEqual:
      return pathOf(First, Depth + 1);
    case OO_Plus:
    case OO_Minus:
      if (Unit.Types.of(First->getType()).is(TypeKind::Iterator))
        return pathOf(First, Depth + 1);
      return root(RootKind::Opaque);
    default:
      return C->getType()->isRecordType() ? objectOf(C)
                                          : root(RootKind::Opaque);
    }
  }
  if (const auto *M = dyn_cast<CXXMemberCallExpr>(C)) {
    const Expr *Object = M->getImplicitObjectArgument();
    const TypeInfo &Info = Unit.Types.of(
        Object->getType()->isPointerType()
            ? Object->getType()->getPointeeType()
            : Object->getType());
    if (isa<CXXConversionDecl>(Callee))
      return pathOf(Object, Depth + 1);
    if (Info.is(TypeKind::StopSource) && Callee->getIdentifier() &&
        Callee->getName() == "get_token")
      return pathOf(Object, Depth + 1);
    StringRef Name =
        Callee->getIdentifier() ? Callee->getName() : StringRef();
    switch (Info.Kind) {
    case TypeKind::Guard:
      if (Name == "release" || Name == "mutex") {
        Path Guard = pathOf(Object, Depth + 1);
        for (auto &[Of, Lock] : llvm::reverse(GuardedLocks))
          if (Of == Guard)
            return Lock;
      }
      break;
    case TypeKind::Container:
      if (yieldsElement(Name))
        return elementOf(pathOf(Object, Depth + 1));
      break;
    case TypeKind::SmartPointer:
    case TypeKind::UniquePointer:
    case TypeKind::Optional:
    case TypeKind::Iterator:
    case TypeKind::Atomic:
      if (Name == "get" || Name == "value" || Name == "lock" ||
          Name == "load" || Name == "release" || Name == "operator->" ||
          Name == "base" || Name == "emplace" || Name == "data" ||
          Name == "fetch_add")
        return pathOf(Object, Depth + 1);
      break;
    default:
      break;
    }
    return C->getType()->isRecordType() && C->isPRValue()
               ? objectOf(C)
               : root(RootKind::Opaque);
  }
  std::string Name = plainName(Callee);
  if (C->getNumArgs() >= 1 && passesObject(Name))
    return pathOf(C->getArg(0), Depth + 1);
  if (C->getNumArgs() >= 1 && (Name == "std::begin" || Name == "std::end" ||
                               Name == "std::cbegin"))
    return elementOf(pathOf(C->getArg(0), Depth + 1));
  if (Name == "std::get" && C->getNumArgs() == 1) {
    std::string Which = "get<?>";
    if (const TemplateArgumentList *A = Callee->getTemplateSpecializationArgs())
      if (A->size() && A->get(0).getKind() == TemplateArgument::Integral)
        Which = "get<" +
                std::to_string(A->get(0).getAsIntegral().getZExtValue()) + ">";
    Path Base = pathOf(C->getArg(0), Depth + 1);
    return isOpaque(Base) ? Base : pseudo(Base, Which);
  }
  if (Name == "std::make_unique" || Name == "std::make_shared" ||
      Name == "boost::make_shared" || Name == "std::exchange" ||
      Name == "std::bind" || Name == "boost::bind" ||
      Name == "std::bind_front" || Name == "std::allocate_shared" ||
      Name == "absl::make_unique" || Name == "absl::bind_front")
    return temporaryOf(C);
  if (C->getType()->isRecordType() && C->isPRValue() &&
      !Unit.Types.isPointerLike(C->getType()))
    return objectOf(C);
  return root(RootKind::Opaque);
}

FunctionExtractor::Path
FunctionExtractor::pathOfConstruct(const CXXConstructExpr *C, int Depth) {
  const TypeInfo &Info = Unit.Types.of(C->getType());
  switch (Info.Kind) {
  case TypeKind::SmartPointer:
  case TypeKind::UniquePointer:
  case TypeKind::Iterator:
  case TypeKind::Callable:
  case TypeKind::Optional:
    if (C->getNumArgs() >= 1 && !isa<CXXDefaultArgExpr>(C->getArg(0))) {
      if (Info.is(TypeKind::Optional) &&
          !C->getConstructor()->isCopyOrMoveConstructor())
        break;
      return pathOf(C->getArg(0), Depth + 1);
    }
    if (Info.is(TypeKind::Optional))
      break;
    return root(RootKind::Null);
  case TypeKind::StopToken:
  case TypeKind::StopSource:
  case TypeKind::CustomHandle:
  case TypeKind::Future:
    // Copies speak of the same thing.
    if (C->getNumArgs() >= 1 && C->getConstructor()->isCopyOrMoveConstructor())
      return pathOf(C->getArg(0), Depth + 1);
    break;
  default:
    break;
  }
  const CXXRecordDecl *Class = C->getConstructor()->getParent();
  if (Class->isLambda() && C->getNumArgs() >= 1)
    return pathOf(C->getArg(0), Depth + 1);
  return objectOf(C);
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
      return elementOf(pathOf(B->getLHS()->getType()->isPointerType()
                                  ? B->getLHS()
                                  : B->getRHS(),
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
