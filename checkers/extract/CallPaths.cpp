// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a call or construction yields, as an access path.
#include "checkers/extract/FunctionExtractor.h"
#include "clang/AST/ASTLambda.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::RootKind;

namespace raddle::checkers {

/// Operators and functions that only pass on their first argument's object.
bool FunctionExtractor::passesObject(StringRef Name) {
  return llvm::StringSwitch<bool>(Name)
      .Cases({"std::move",
              "std::forward",
              "std::ref",
              "std::cref",
              "std::addressof",
              "std::as_const",
              "std::launder",
              "std::to_address",
              "std::static_pointer_cast",
              "std::dynamic_pointer_cast",
              "std::const_pointer_cast",
              "std::reinterpret_pointer_cast",
              "std::data",
              "std::next",
              "std::prev",
              "std::atomic_load",
              "std::forward_like",
              "std::move_if_noexcept",
              "boost::move",
              "boost::ref",
              "boost::addressof",
              "absl::WrapUnique",
              "absl::implicit_cast",
              "__builtin_addressof",
              "__builtin_expect",
              "std::__addressof"},
             true)
      .Cases({"boost::static_pointer_cast", "boost::dynamic_pointer_cast",
              "boost::forward", "std::get_if", "std::atomic_load_explicit"},
             true)
      .Default(false);
}

static bool yieldsElement(StringRef Member) {
  return llvm::StringSwitch<bool>(Member)
      .Cases({"at",          "front",       "back",         "find",
              "begin",       "end",         "rbegin",       "rend",
              "cbegin",      "cend",        "top",          "data",
              "lower_bound", "upper_bound", "emplace_back", "emplace_front",
              "try_emplace", "insert",      "emplace",      "equal_range",
              "first",       "last",        "value",        "insert_or_assign",
              "extract"},
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
        Object->getType()->isPointerType() ? Object->getType()->getPointeeType()
                                           : Object->getType());
    if (isa<CXXConversionDecl>(Callee))
      return pathOf(Object, Depth + 1);
    if (Info.is(TypeKind::StopSource) && Callee->getIdentifier() &&
        Callee->getName() == "get_token")
      return pathOf(Object, Depth + 1);
    StringRef Name = Callee->getIdentifier() ? Callee->getName() : StringRef();
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
  if (C->getNumArgs() >= 1 &&
      (Name == "std::begin" || Name == "std::end" || Name == "std::cbegin"))
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

} // namespace raddle::checkers
