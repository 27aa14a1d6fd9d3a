// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of system headers: which of them run, keep or pass on what they are
// given.
#include "checkers/extract/FunctionExtractor.h"
#include "clang/Basic/Builtins.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

/// System functions that only look: a pass of a loop that calls nothing else
/// does no work.
static bool onlyLooks(StringRef Name) {
  static const llvm::StringSet<> Names = {"size",
                                          "length",
                                          "empty",
                                          "begin",
                                          "end",
                                          "cbegin",
                                          "cend",
                                          "rbegin",
                                          "rend",
                                          "c_str",
                                          "data",
                                          "get",
                                          "at",
                                          "front",
                                          "back",
                                          "top",
                                          "find",
                                          "count",
                                          "contains",
                                          "value",
                                          "has_value",
                                          "load",
                                          "now",
                                          "time_since_epoch",
                                          "move",
                                          "forward",
                                          "ref",
                                          "cref",
                                          "min",
                                          "max",
                                          "addressof",
                                          "duration_cast",
                                          "time_point_cast",
                                          "distance",
                                          "next",
                                          "prev",
                                          "strlen",
                                          "strcmp",
                                          "memcmp",
                                          "__errno_location",
                                          "hardware_concurrency",
                                          "get_id",
                                          "this_thread",
                                          "milliseconds",
                                          "seconds",
                                          "lower_bound",
                                          "upper_bound",
                                          "capacity",
                                          "max_size",
                                          "first",
                                          "second",
                                          "valid",
                                          "time",
                                          "clock",
                                          "clock_gettime",
                                          "gettimeofday",
                                          "native_handle",
                                          "mutex",
                                          "owns_lock",
                                          "key_comp",
                                          "isNull",
                                          "constData",
                                          "pthread_self",
                                          "use_count",
                                          "expired",
                                          "lock",
                                          "is_open",
                                          "good",
                                          "eof",
                                          "fail",
                                          "str",
                                          "index",
                                          "as_const",
                                          "launder",
                                          "declval",
                                          "zero",
                                          "is_lock_free",
                                          "test",
                                          "get_token",
                                          "stop_possible",
                                          "joinable",
                                          "__builtin_expect",
                                          "exchange",
                                          "isEmpty",
                                          "what"};
  return Names.contains(Name);
}

/// Free functions of the standard library (and of libraries like it) run the
/// callables they are given before they return.
bool FunctionExtractor::runsCallables(const FunctionDecl *Callee,
                                      const CallExpr *C) {
  if (isa<CXXMethodDecl>(Callee))
    return false;
  StringRef Name = Unit.plain(Callee);
  if (Name.starts_with("std::make_") || Name.starts_with("boost::make_") ||
      Name == "std::move" || Name == "std::forward" || Name == "std::ref" ||
      Name == "std::swap" || Name == "std::exchange" || Name == "std::signal" ||
      Name == "std::atexit" || Name == "std::set_terminate" ||
      Name == "std::get" || Name == "std::mem_fn" || Name == "std::not_fn" ||
      Name == "std::addressof")
    return false;
  return Name.contains("::") || Name == "qsort" || Name == "bsearch" ||
         Name == "pthread_once" || Name == "qsort_r";
}

bool FunctionExtractor::storesCallables(const CallExpr *C, StringRef Name) {
  const auto *M = dyn_cast<CXXMemberCallExpr>(C);
  if (!M)
    return false;
  QualType Owner = M->getImplicitObjectArgument()->getType();
  if (Owner->isPointerType())
    Owner = Owner->getPointeeType();
  const TypeInfo &Info = Unit.Types.of(Owner);
  Path Object = pathOf(M->getImplicitObjectArgument());
  if (Info.is(TypeKind::Container)) {
    if (Name != "push_back" && Name != "emplace_back" && Name != "push" &&
        Name != "emplace" && Name != "insert" && Name != "push_front" &&
        Name != "emplace_front" && Name != "try_emplace" &&
        Name != "insert_or_assign" && Name != "assign")
      return false;
    for (const Expr *A : M->arguments())
      if (Unit.Types.isPointerLike(A->getType()) ||
          isCallableType(A->getType()))
        if (matters(A->getType()) || isCallableType(A->getType()))
          store(elementOf(Object), pathOf(A), C);
    return true;
  }
  if ((Info.is(TypeKind::UniquePointer) || Info.is(TypeKind::SmartPointer) ||
       Info.is(TypeKind::Callable)) &&
      (Name == "reset" || Name == "assign")) {
    if (M->getNumArgs() == 0 || isa<CXXDefaultArgExpr>(M->getArg(0)))
      store(Object, root(RootKind::Null), C);
    else
      store(Object, pathOf(M->getArg(0)), C);
    return true;
  }
  return false;
}

void FunctionExtractor::systemCall(const FunctionDecl *Callee,
                                   const CallExpr *C) {
  StringRef Own = Callee->getIdentifier() ? Callee->getName() : StringRef();
  StringRef Name = Unit.plain(Callee);
  if (isa<UserDefinedLiteral>(C) || passesObject(Name) || bind(C, Name))
    return;
  if (isa<CXXConversionDecl>(Callee))
    return;
  if (Name == "std::exchange" && C->getNumArgs() == 2) {
    if (Unit.Types.isPointerLike(
            C->getArg(0)->getType().getNonReferenceType())) {
      Path Old = temporaryOf(C), Variable = pathOf(C->getArg(0));
      store(Old, Variable, C);
      store(Variable, pathOf(C->getArg(1)), C);
    }
    return;
  }
  if (Name == "std::swap" && C->getNumArgs() == 2) {
    const TypeInfo &Info = Unit.Types.of(C->getArg(0)->getType());
    if (Info.is(TypeKind::Guard)) {
      RawEvent E = event(EventKind::GuardSwap, C);
      E.ObjectPath = pathOf(C->getArg(0));
      E.ArgPaths.push_back(pathOf(C->getArg(1)));
      add(std::move(E));
      return;
    }
  }
  if ((Name == "std::min" || Name == "std::max" || Name == "std::minmax") &&
      C->getNumArgs() >= 2)
    order(C->getArg(0), C->getArg(1));
  if (Name == "std::make_unique" || Name == "std::make_shared" ||
      Name == "boost::make_shared" || Name == "absl::make_unique") {
    QualType Type =
        Callee->getTemplateSpecializationArgs() &&
                Callee->getTemplateSpecializationArgs()->size() &&
                Callee->getTemplateSpecializationArgs()->get(0).getKind() ==
                    TemplateArgument::Type
            ? Callee->getTemplateSpecializationArgs()->get(0).getAsType()
            : QualType();
    constructIndirectly(Type, temporaryOf(C),
                        llvm::ArrayRef(C->getArgs(), C->getNumArgs()), C);
    work();
    return;
  }
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(C)) {
    if (Op->getOperator() == OO_Call && Op->getNumArgs() >= 1) {
      QualType Type = Op->getArg(0)->getType();
      if (isCallableType(Type))
        callOperator(Op);
      else if (Op->getNumArgs() == 3)
        order(Op->getArg(1), Op->getArg(2)); // std::less and its like.
      else
        work();
      return;
    }
    if (Op->getOperator() == OO_Equal && Op->getNumArgs() == 2) {
      QualType Type = Op->getArg(0)->getType();
      if (Unit.Types.isPointerLike(Type.getNonReferenceType()) ||
          isCallableType(Type) || isHandleType(Type))
        store(pathOf(Op->getArg(0)), pathOf(Op->getArg(1)), Op);
      if (!Unit.Types.of(Type).is(TypeKind::Iterator))
        work();
      return;
    }
    switch (Op->getOperator()) {
    case OO_Star:
    case OO_Arrow:
    case OO_Subscript:
    case OO_EqualEqual:
    case OO_ExclaimEqual:
    case OO_Less:
    case OO_Greater:
    case OO_LessEqual:
    case OO_GreaterEqual:
    case OO_Plus:
    case OO_Minus:
    case OO_PlusPlus:
    case OO_MinusMinus:
    case OO_Exclaim:
    case OO_Spaceship:
      if (Op->isComparisonOp() && Op->getNumArgs() == 2 &&
          Op->getOperator() != OO_EqualEqual &&
          Op->getOperator() != OO_ExclaimEqual)
        order(Op->getArg(0), Op->getArg(1));
      return;
    default:
      work();
      return;
    }
  }
  if (const auto *M = dyn_cast<CXXMemberCallExpr>(C);
      M && Own.starts_with("emplace") && M->getNumArgs() > 0) {
    QualType Owner = M->getImplicitObjectArgument()->getType();
    if (Owner->isPointerType())
      Owner = Owner->getPointeeType();
    const TypeInfo &Info = Unit.Types.of(Owner);
    if (Info.is(TypeKind::Container) || Info.is(TypeKind::Optional)) {
      Path Object = pathOf(M->getImplicitObjectArgument());
      constructIndirectly(KnownTypes::argument(Owner),
                          Info.is(TypeKind::Container) ? elementOf(Object)
                                                       : Object,
                          llvm::ArrayRef(M->getArgs(), M->getNumArgs()), C);
    }
  }
  bool Stores = storesCallables(C, Own);
  if (!Stores && runsCallables(Callee, C)) {
    for (const Expr *A : C->arguments())
      if (isCallableType(A->getType()) || callOperatorOf(A->getType())) {
        llvm::SmallVector<const Expr *, 4> Rest;
        if (Name == "std::invoke" || Name == "std::invoke_r")
          for (const Expr *Other : C->arguments())
            if (Other != A)
              Rest.push_back(Other);
        callCallable(callable(A), Rest, C);
      }
  } else if (!Stores) {
    // A handle or callable given away must be seen to be given away.
    RawEvent E = event(EventKind::Call, C);
    bool Callables = false;
    arguments(E, llvm::ArrayRef(C->getArgs(), C->getNumArgs()));
    for (const Expr *A : C->arguments())
      Callables |= isCallableType(A->getType());
    if (Callables || E.CancelArgs) {
      E.System = true;
      E.Text = text(Callee);
      if (const auto *M = dyn_cast<CXXMemberCallExpr>(C))
        E.ObjectPath = pathOf(M->getImplicitObjectArgument());
      add(std::move(E), C);
    }
  }
  if (!onlyLooks(Own))
    work();
}

/// `f(...)` where f is an object of a system class (std::function) or closure.
void FunctionExtractor::callOperator(const CXXOperatorCallExpr *C) {
  RawEvent E = event(EventKind::Call, C);
  E.CalleeAs = pathOf(C->getArg(0));
  arguments(E, llvm::ArrayRef(C->getArgs() + 1, C->getNumArgs() - 1));
  if (isOpaque(E.CalleeAs) && E.CalleeAs.Elements.empty()) {
    work();
    return;
  }
  E.Text = Unit.typeId(C->getArg(0)->getType().getUnqualifiedType());
  if (C->getType()->isRecordType() && C->isPRValue() &&
      !Unit.Types.isPointerLike(C->getType()))
    E.ResultPath = objectOf(C);
  add(std::move(E), C);
}

bool FunctionExtractor::callOperatorOf(QualType Type) {
  const CXXRecordDecl *R = Type.getNonReferenceType()->getAsCXXRecordDecl();
  if (!R || !(R = R->getDefinition()) || !Unit.isUser(R))
    return false;
  for (const CXXMethodDecl *M : R->methods())
    if (M->getOverloadedOperator() == OO_Call)
      return true;
  return false;
}

} // namespace raddle::checkers
