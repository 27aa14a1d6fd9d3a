// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions as values: lambdas, pointers, functors, std::bind.
#include "checkers/extract/FunctionExtractor.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

bool FunctionExtractor::isCallableType(QualType Type) {
  if (Type.isNull())
    return false;
  Type = Type.getNonReferenceType();
  if (Type->isFunctionPointerType() || Type->isFunctionType() ||
      Type->isMemberFunctionPointerType())
    return true;
  if (Unit.Types.of(Type).is(TypeKind::Callable))
    return true;
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  return Record && Record->isLambda();
}

/// The one call operator of a class, if there is just one.
static const CXXMethodDecl *onlyCallOperator(const CXXRecordDecl *Class) {
  if (!Class || !(Class = Class->getDefinition()))
    return nullptr;
  if (Class->isLambda()) {
    if (const FunctionTemplateDecl *Generic =
            Class->getDependentLambdaCallOperator()) {
      const CXXMethodDecl *Only = nullptr;
      for (const FunctionDecl *F : Generic->specializations()) {
        if (Only)
          return nullptr;
        Only = dyn_cast<CXXMethodDecl>(F);
      }
      return Only;
    }
    return Class->getLambdaCallOperator();
  }
  const CXXMethodDecl *Only = nullptr;
  for (const CXXMethodDecl *M : Class->methods())
    if (M->getOverloadedOperator() == OO_Call) {
      if (Only)
        return nullptr;
      Only = M;
    }
  return Only;
}

Callable FunctionExtractor::callable(const Expr *E) {
  Callable Result;
  const Expr *Core = BodyScan::core(E);
  if (const auto *U = dyn_cast<UnaryOperator>(Core);
      U && (U->getOpcode() == UO_AddrOf || U->getOpcode() == UO_Deref ||
            U->getOpcode() == UO_Plus))
    Core = BodyScan::core(U->getSubExpr());
  // std::function(lambda), std::move(lambda), std::ref(functor)...
  if (const auto *C = dyn_cast<CXXConstructExpr>(Core);
      C && C->getNumArgs() >= 1 &&
      (Unit.Types.of(C->getType()).is(TypeKind::Callable) ||
       C->getConstructor()->isCopyOrMoveConstructor()))
    return callable(C->getArg(0));
  if (const auto *M = dyn_cast<CXXMemberCallExpr>(Core);
      M && isa_and_nonnull<CXXConversionDecl>(M->getMethodDecl()) &&
      M->getMethodDecl()->getParent()->isLambda())
    return callable(M->getImplicitObjectArgument());
  if (const auto *C = dyn_cast<CallExpr>(Core);
      C && C->getNumArgs() == 1 && C->getDirectCallee()) {
    StringRef Name = Unit.plain(C->getDirectCallee());
    if (Name == "std::move" || Name == "std::forward" || Name == "std::ref" ||
        Name == "std::cref" || Name == "std::mem_fn" || Name == "boost::ref")
      return callable(C->getArg(0));
  }
  if (const auto *D = dyn_cast<DeclRefExpr>(Core))
    if (const auto *F = dyn_cast<FunctionDecl>(D->getDecl())) {
      Result.Function = F;
      if (!Unit.isUser(F))
        return Result;
      Result.Callee = Unit.key(F);
      if (const auto *M = dyn_cast<CXXMethodDecl>(F); M && M->isInstance()) {
        Result.NeedsObject = true;
        Result.Virtual = M->isVirtual();
      }
      return Result;
    }
  QualType Type = Core->getType().getNonReferenceType();
  const CXXRecordDecl *Class = Type->getAsCXXRecordDecl();
  Path Object = pathOf(Core);
  if (Class && !Unit.Types.of(Class).is(TypeKind::Callable) &&
      !Unit.Types.isPointerLike(Type)) {
    if (const CXXMethodDecl *Call = onlyCallOperator(Class);
        Call && (Unit.isUser(Call) || Class->isLambda())) {
      Result.Callee = Unit.key(Call);
      Result.Function = Call;
      Result.Object = Object;
      Result.HasObject = true;
      Result.Virtual = Call->isVirtual();
      return Result;
    }
    if (!Class->isLambda())
      return Result;
  }
  if (isOpaque(Object) && Object.Elements.empty())
    return Result;
  if (isCallableType(Type) || isCallableType(Type->getPointeeType()) ||
      Object.Root == RootKind::Param || Object.Root == RootKind::Temporary ||
      Object.Root == RootKind::Function)
    Result.CalleePath = Object;
  return Result;
}

void FunctionExtractor::callCallable(const Callable &What,
                                     llvm::ArrayRef<const Expr *> Args,
                                     const Expr *At) {
  if (!What)
    return;
  RawEvent E = event(EventKind::Call, At);
  E.Callee = What.Callee;
  E.CalleeAs = What.CalleePath;
  E.Virtual = What.Virtual;
  if (What.HasObject)
    E.ObjectPath = What.Object;
  if (What.NeedsObject && !Args.empty()) {
    E.ObjectPath = pathOf(Args.front());
    Args = Args.drop_front();
  }
  if (What.Function)
    E.Text = text(What.Function);
  arguments(E, Args);
  add(std::move(E));
}

bool FunctionExtractor::bind(const CallExpr *C, StringRef Name) {
  if (Name != "std::bind" && Name != "boost::bind" &&
      Name != "std::bind_front" && Name != "absl::bind_front")
    return false;
  if (C->getNumArgs() == 0)
    return true;
  Path Object = temporaryOf(C);
  Callable What = callable(C->getArg(0));
  if (What.Callee)
    store(pseudo(Object, "$fn"),
          What.HasObject ? What.Object
                         : root(RootKind::Function, 0, What.Callee),
          C);
  else
    store(pseudo(Object, "$fn"), What.CalleePath, C);
  for (unsigned I = 1; I < C->getNumArgs(); ++I)
    store(pseudo(Object, "$bind" + std::to_string(I - 1)), pathOf(C->getArg(I)),
          C);
  return true;
}

} // namespace raddle::checkers
