// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and constructions: told apart here, known libraries in their own files.
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
  static const llvm::StringSet<> Names = {
      "size",      "length",   "empty",     "begin",      "end",
      "cbegin",    "cend",     "rbegin",    "rend",       "c_str",
      "data",      "get",      "at",        "front",      "back",
      "top",       "find",     "count",     "contains",   "value",
      "has_value", "load",     "now",       "time_since_epoch",
      "move",      "forward",  "ref",       "cref",       "min",
      "max",       "addressof", "duration_cast", "time_point_cast",
      "distance",  "next",     "prev",      "strlen",     "strcmp",
      "memcmp",    "__errno_location",      "hardware_concurrency",
      "get_id",    "this_thread",           "milliseconds", "seconds",
      "lower_bound", "upper_bound", "capacity", "max_size", "first", "second",
      "valid",     "time",     "clock",     "clock_gettime", "gettimeofday",
      "native_handle", "mutex", "owns_lock", "key_comp", "isNull", "constData",
      "pthread_self", "use_count", "expired", "lock", "is_open", "good", "eof",
      "fail", "str", "index", "as_const", "launder", "declval", "zero",
      "is_lock_free", "test", "get_token", "stop_possible", "joinable",
      "__builtin_expect", "exchange", "isEmpty", "what"};
  return Names.contains(Name);
}

void FunctionExtractor::arguments(RawEvent &E,
                                  llvm::ArrayRef<const Expr *> Args) {
  for (size_t I = 0; I < Args.size(); ++I) {
    const Expr *A = Args[I];
    if (isa<CXXDefaultArgExpr>(A)) {
      E.ArgPaths.push_back({});
      continue;
    }
    // Scalars lead nowhere; a constant zero may be a null pointer.
    bool Matters = matters(A->getType()) || isCallableType(A->getType()) ||
                   A->getType()->isPointerType() ||
                   A->getType()->isNullPtrType();
    E.ArgPaths.push_back(Matters ? pathOf(A) : Path());
    if (I < 32 && handleOf(A) != model::HandleKind::None)
      E.CancelArgs |= 1u << I;
  }
}

void FunctionExtractor::userCall(const FunctionDecl *Callee, const Expr *At,
                                 const Expr *Object,
                                 llvm::ArrayRef<const Expr *> Args,
                                 bool Virtual) {
  RawEvent E = event(EventKind::Call, At);
  E.Callee = Unit.key(Callee);
  E.Text = text(Callee);
  E.Virtual = Virtual;
  if (Object)
    E.ObjectPath = pathOf(Object);
  arguments(E, Args);
  QualType Type = Callee->getReturnType();
  if (Type->isRecordType() && !Unit.Types.isPointerLike(Type))
    E.ResultPath = objectOf(At);
  add(std::move(E), BodyScan::core(At));
}

void FunctionExtractor::indirectCall(const CallExpr *C) {
  const Expr *Callee = BodyScan::core(C->getCallee());
  RawEvent E = event(EventKind::Call, C);
  if (const auto *B = dyn_cast<BinaryOperator>(Callee);
      B && B->isPtrMemOp()) {
    E.ObjectPath = pathOf(B->getLHS());
    E.CalleeAs = pathOf(B->getRHS());
  } else {
    E.CalleeAs = pathOf(Callee);
  }
  arguments(E, llvm::ArrayRef(C->getArgs(), C->getNumArgs()));
  if (C->getType()->isRecordType() && C->isPRValue() &&
      !Unit.Types.isPointerLike(C->getType()))
    E.ResultPath = objectOf(C);
  if (isOpaque(E.CalleeAs) && E.CalleeAs.Elements.empty()) {
    work();
    return;
  }
  add(std::move(E), C);
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
      if (Unit.Types.isPointerLike(A->getType()) || isCallableType(A->getType()))
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
    if (Unit.Types.isPointerLike(C->getArg(0)->getType().getNonReferenceType())) {
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
    QualType Type = Callee->getTemplateSpecializationArgs() &&
                            Callee->getTemplateSpecializationArgs()->size() &&
                            Callee->getTemplateSpecializationArgs()
                                    ->get(0)
                                    .getKind() == TemplateArgument::Type
                        ? Callee->getTemplateSpecializationArgs()
                              ->get(0)
                              .getAsType()
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
      constructIndirectly(
          KnownTypes::argument(Owner),
          Info.is(TypeKind::Container) ? elementOf(Object) : Object,
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

/// The constructor that make_unique and emplace run: bodies of system
/// templates are not instantiated, so it is found by the number of arguments.
void FunctionExtractor::constructIndirectly(QualType Type, Path Object,
                                            llvm::ArrayRef<const Expr *> Args,
                                            const Expr *At) {
  if (Type.isNull())
    return;
  if (const TypeInfo &Info = Unit.Types.of(Type);
      (Info.is(TypeKind::Thread) || Info.is(TypeKind::JoiningThread)) &&
      !Args.empty() && Unit.Types.of(Args[0]->getType()).Kind != Info.Kind) {
    spawn(At,
          Info.is(TypeKind::Thread) ? model::SpawnKind::Thread
                                    : model::SpawnKind::JoiningThread,
          std::move(Object), Args);
    return;
  }
  const CXXRecordDecl *Class = Type->getAsCXXRecordDecl();
  if (!Class || !(Class = Class->getDefinition()) || !Unit.isUser(Class))
    return;
  const CXXConstructorDecl *Only = nullptr;
  for (const CXXConstructorDecl *C : Class->ctors()) {
    if (!C->isUserProvided() || C->getMinRequiredArguments() > Args.size() ||
        C->getNumParams() < Args.size() || C->isCopyOrMoveConstructor())
      continue;
    if (Only)
      return;
    Only = C;
  }
  if (!Only)
    return;
  RawEvent E = event(EventKind::Call, At);
  E.Callee = Unit.key(Only);
  E.Text = text(Only);
  E.ObjectPath = std::move(Object);
  arguments(E, Args);
  add(std::move(E));
}

/// A variable or field of class type: its dynamic type is its static one.
static bool isWholeObject(const Expr *E) {
  E = E->IgnoreParenImpCasts();
  const ValueDecl *D = nullptr;
  if (const auto *R = dyn_cast<DeclRefExpr>(E))
    D = R->getDecl();
  else if (const auto *M = dyn_cast<MemberExpr>(E))
    D = M->getMemberDecl();
  return D && isa<VarDecl, FieldDecl>(D) && D->getType()->isRecordType();
}

void FunctionExtractor::call(const CallExpr *C) {
  const FunctionDecl *Callee = C->getDirectCallee();
  if (!Callee) {
    indirectCall(C);
    return;
  }
  if (unsigned Builtin = Callee->getBuiltinID();
      Builtin && !Context.BuiltinInfo.isPredefinedLibFunction(Builtin)) {
    builtin(C, Callee);
    return;
  }
  if (const auto *M = dyn_cast<CXXMemberCallExpr>(C)) {
    const Expr *Object = M->getImplicitObjectArgument();
    // The class as written: members of std::future are those of a base.
    QualType Type = Object->IgnoreParenImpCasts()->getType();
    if (Type->isPointerType())
      Type = Type->getPointeeType();
    const TypeInfo *Info = &Unit.Types.of(Type);
    if (!*Info)
      Info = &Unit.Types.of(M->getRecordDecl());
    StringRef Name =
        Callee->getIdentifier()
            ? Callee->getName()
            : isa<CXXConversionDecl>(Callee) ? StringRef("operator bool")
                                             : StringRef();
    switch (Info->Kind) {
    case TypeKind::Lock:
      if (lockMember(M, *Info, Name))
        return;
      break;
    case TypeKind::Guard:
      if (guardMember(M, *Info, Name))
        return;
      break;
    case TypeKind::Synchronized:
      if (synchronizedMember(M, Name))
        return;
      break;
    case TypeKind::Thread:
    case TypeKind::JoiningThread:
    case TypeKind::ThreadGroup:
    case TypeKind::Executor:
      if (threadMember(M, *Info, Name))
        return;
      break;
    case TypeKind::CondVar:
    case TypeKind::Semaphore:
    case TypeKind::Latch:
    case TypeKind::Barrier:
    case TypeKind::Event:
    case TypeKind::Future:
      if (waitMember(M, *Info, Name))
        return;
      break;
    case TypeKind::Atomic:
    case TypeKind::AtomicFlag:
      if (atomicMember(M, *Info, Name))
        return;
      break;
    case TypeKind::StopToken:
    case TypeKind::StopSource:
    case TypeKind::CustomHandle:
      if (cancelMember(M, *Info, Name))
        return;
      break;
    default:
      if (threadMember(M, *Info, Name))
        return;
      break;
    }
    if (pollingMember(M, *Info, Name))
      return;
    if (isa<CXXConversionDecl>(Callee) &&
        llvm::cast<CXXMethodDecl>(Callee)->getParent()->isLambda())
      return; // To a function pointer: Callables.cpp looks through it.
    if (Unit.isUser(Callee)) {
      const auto *Member = dyn_cast<MemberExpr>(C->getCallee()->IgnoreParens());
      const auto *Method = llvm::cast<CXXMethodDecl>(Callee);
      bool Virtual = Method->isVirtual() &&
                     !(Member && Member->hasQualifier()) &&
                     !Method->hasAttr<FinalAttr>() &&
                     !Method->getParent()->isEffectivelyFinal() &&
                     !isWholeObject(Object);
      userCall(Callee, C, Object, llvm::ArrayRef(C->getArgs(), C->getNumArgs()),
               Virtual);
      return;
    }
    systemCall(Callee, C);
    return;
  }
  llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(C)) {
    if (Op->getNumArgs() >= 1 && isa<CXXMethodDecl>(Callee)) {
      const TypeInfo &Info = Unit.Types.of(Op->getArg(0)->getType());
      if (Info.is(TypeKind::Guard) && Op->getOperator() == OO_Equal &&
          Op->getNumArgs() == 2) {
        RawEvent E = event(EventKind::GuardMove, C);
        E.ObjectPath = pathOf(Op->getArg(0));
        E.ArgPaths.push_back(pathOf(Op->getArg(1)));
        add(std::move(E));
        return;
      }
      if (Info.is(TypeKind::Atomic)) {
        switch (Op->getOperator()) {
        case OO_Equal:
          asked(Op->getArg(0));
          work();
          return;
        case OO_PlusPlus:
        case OO_MinusMinus:
        case OO_PlusEqual:
        case OO_MinusEqual:
        case OO_PipeEqual:
        case OO_AmpEqual:
          atomicUpdate(Op->getArg(0), Op);
          work();
          return;
        default:
          break;
        }
      }
      if (Unit.isUser(Callee) &&
          !llvm::cast<CXXMethodDecl>(Callee)->isStatic()) {
        const auto *Method = llvm::cast<CXXMethodDecl>(Callee);
        if (Method->isTrivial() || Method->isDefaulted()) {
          copied(pathOf(Op->getArg(0)), Op->getArg(1), Method->getParent(),
                 Method->isMoveAssignmentOperator(), C);
          return;
        }
        userCall(Callee, C, Op->getArg(0), Args.drop_front(),
                 Method->isVirtual());
        return;
      }
    }
  }
  StringRef Name = Unit.plain(Callee);
  bool Ours = Unit.isUser(Callee) && Callee->isDefined();
  if (!Ours && (lockFunction(C, Name) || threadFunction(C, Name)))
    return;
  if (!Ours && !Name.contains("::") && cLockFunction(C, Name))
    return;
  if (blockingFunction(C, Name))
    return;
  if (Unit.isUser(Callee)) {
    userCall(Callee, C, nullptr, Args, false);
    return;
  }
  systemCall(Callee, C);
}

void FunctionExtractor::builtin(const CallExpr *C, const FunctionDecl *Callee) {
  StringRef Name = Callee->getName();
  if (Name.contains("pause") || Name.ends_with("arm_yield") ||
      Name.ends_with("arm_wfe")) {
    add(event(EventKind::Pause, C));
    return;
  }
  if (Name.starts_with("__sync_")) {
    if (C->getNumArgs() && Name != "__sync_synchronize")
      atomicUpdate(C->getArg(0), C);
    work();
    return;
  }
  if (Name.starts_with("__builtin_") &&
      (Name.contains("expect") || Name.contains("unreachable") ||
       Name.contains("constant_p") || Name.contains("assume") ||
       Name.contains("offsetof") || Name.contains("addressof")))
    return;
  work();
}

/// A copy or move that nobody wrote: fields of the one are those of the other.
void FunctionExtractor::copied(Path To, const Expr *Source,
                               const CXXRecordDecl *Class, bool Move,
                               const Expr *At) {
  Path From = pathOf(Source);
  if (To == From || isOpaque(To))
    return;
  bool Leads = Class->isLambda();
  if (const CXXRecordDecl *Definition = Class->getDefinition())
    for (const FieldDecl *F : Definition->fields()) {
      if (Move && Unit.Types.of(F->getType()).is(TypeKind::Guard)) {
        RawEvent E = event(EventKind::GuardMove, At);
        E.ObjectPath = field(To, F);
        E.ArgPaths.push_back(field(From, F));
        add(std::move(E));
      } else if (Unit.Types.isPointerLike(F->getType()) ||
                 isCallableType(F->getType())) {
        Leads |= matters(F->getType());
      }
    }
  if (Leads)
    store(To, From, At);
}

void FunctionExtractor::construct(const CXXConstructExpr *C) {
  if (C->isElidable() && C->getNumArgs() == 1)
    return;
  const CXXConstructorDecl *Constructor = C->getConstructor();
  const CXXRecordDecl *Class = Constructor->getParent();
  const TypeInfo &Info = Unit.Types.of(Class);
  switch (Info.Kind) {
  case TypeKind::Guard:
  case TypeKind::InverseGuard:
    if (guardConstruct(C, Info))
      return;
    break;
  case TypeKind::Thread:
  case TypeKind::JoiningThread:
    if (threadConstruct(C, Info))
      return;
    break;
  case TypeKind::StopCallback: {
    if (C->getNumArgs() < 2)
      return;
    RawEvent E = event(EventKind::CancelCallback, C);
    E.ObjectPath = pathOf(C->getArg(0));
    Callable What = callable(C->getArg(1));
    E.Callee = What.Callee;
    E.CalleeAs = What.CalleePath;
    add(std::move(E));
    return;
  }
  case TypeKind::Optional:
    // `return guard;` as an optional guard.
    if (C->getNumArgs() >= 1 &&
        Unit.Types.of(C->getArg(0)->getType()).is(TypeKind::Guard)) {
      RawEvent E = event(EventKind::GuardMove, C);
      E.ObjectPath = objectOf(C);
      E.ArgPaths.push_back(pathOf(C->getArg(0)));
      add(std::move(E), C);
    }
    return;
  case TypeKind::None:
    break;
  default:
    return;
  }
  if (Class->isLambda())
    return;
  if (!Unit.isUser(Class)) {
    if (Constructor->getNumParams() && !Constructor->isTrivial() &&
        !Class->getDefinition()->hasTrivialDestructor())
      work();
    return;
  }
  if (Constructor->isCopyOrMoveConstructor() && !Constructor->isUserProvided()) {
    if (C->getNumArgs())
      copied(objectOf(C), C->getArg(0), Class, Constructor->isMoveConstructor(),
             C);
    return;
  }
  if (Constructor->isTrivial())
    return;
  if (!Constructor->isUserProvided() && Constructor->hasBody())
    Unit.Pending.insert(Constructor);
  RawEvent E = event(EventKind::Call, C);
  E.Callee = Unit.key(Constructor);
  E.Text = text(Constructor);
  E.ObjectPath = objectOf(C);
  arguments(E, llvm::ArrayRef(C->getArgs(), C->getNumArgs()));
  add(std::move(E), C);
}

} // namespace raddle::checkers
