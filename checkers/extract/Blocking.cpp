// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What waits, what only looks, and what asks whether it should stop.
#include "checkers/extract/FunctionExtractor.h"
#include "llvm/ADT/StringMap.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::BlockKind;
using raddle::model::EventKind;
using raddle::model::HandleKind;
using raddle::model::PollKind;
using raddle::model::RootKind;

namespace raddle::checkers {

/// A constant zero, or a duration made of one: `0ms`, `seconds(0)`, `{}`.
bool FunctionExtractor::isZero(const Expr *E) {
  const Expr *Core = BodyScan::core(E);
  if (const auto *C = dyn_cast<CXXConstructExpr>(Core)) {
    if (Unit.Types.of(C->getType()).is(TypeKind::Duration))
      return C->getNumArgs() == 0 || isZero(C->getArg(0));
    return false;
  }
  if (const auto *L = dyn_cast<UserDefinedLiteral>(Core)) {
    // 0ms: a template over the digits, or a function of the number.
    if (L->getLiteralOperatorKind() == UserDefinedLiteral::LOK_Integer)
      return isZero(L->getCookedLiteral());
    if (const FunctionDecl *F = L->getDirectCallee())
      if (const TemplateArgumentList *A = F->getTemplateSpecializationArgs()) {
        for (const TemplateArgument &One : A->asArray()) {
          auto IsZeroDigit = [](const TemplateArgument &T) {
            return T.getKind() == TemplateArgument::Integral &&
                   T.getAsIntegral() == '0';
          };
          if (One.getKind() == TemplateArgument::Pack)
            return llvm::all_of(One.getPackAsArray(), IsZeroDigit);
          if (!IsZeroDigit(One))
            return false;
        }
        return A->size() > 0;
      }
    return false;
  }
  if (const auto *C = dyn_cast<CallExpr>(Core)) {
    const FunctionDecl *F = C->getDirectCallee();
    return F && F->getIdentifier() && F->getName() == "zero" &&
           C->getNumArgs() == 0;
  }
  if (const auto *L = dyn_cast<InitListExpr>(Core))
    return L->getNumInits() == 0 ||
           (L->getNumInits() == 1 && isZero(L->getInit(0)));
  return constantOf(E) == 0;
}

void FunctionExtractor::block(const Expr *At, BlockKind Kind, Path Object,
                              bool Timed, bool Cancellable) {
  RawEvent E = event(EventKind::Block, At);
  E.Blocks = Kind;
  E.ObjectPath = std::move(Object);
  E.Timed = Timed || Kind == BlockKind::Sleep;
  E.Cancellable = Cancellable;
  if (const auto *C = dyn_cast<CallExpr>(At))
    if (const FunctionDecl *F = C->getDirectCallee())
      E.Text = text(F);
  add(std::move(E), At);
}

FunctionExtractor::Token FunctionExtractor::poll(const Expr *At, PollKind Kind,
                                                 Path Object) {
  RawEvent E = event(EventKind::Poll, At);
  E.Poll = Kind;
  E.ObjectPath = std::move(Object);
  if (const auto *C = dyn_cast<CallExpr>(At))
    if (const FunctionDecl *F = C->getDirectCallee())
      E.Text = text(F);
  Token T = add(std::move(E), At);
  // An atomic that is read by a conversion: conditions look through it.
  EventOf[BodyScan::core(At)] = T;
  return T;
}

HandleKind FunctionExtractor::handleOf(const Expr *E) {
  const Expr *Core = BodyScan::core(E);
  if (const auto *L = dyn_cast<LambdaExpr>(Core)) {
    for (const LambdaCapture &C : L->captures())
      if (C.capturesVariable())
        if (HandleKind K = Unit.handleKind(C.getCapturedVar()->getType(),
                                           C.getCapturedVar()->getName());
            K != HandleKind::None)
          return K;
    return HandleKind::None;
  }
  if (const auto *U = dyn_cast<UnaryOperator>(Core);
      U && (U->getOpcode() == UO_AddrOf || U->getOpcode() == UO_Deref))
    Core = BodyScan::core(U->getSubExpr());
  if (const auto *C = dyn_cast<CallExpr>(Core);
      C && C->getNumArgs() == 1 && C->getDirectCallee()) {
    StringRef Name = Unit.plain(C->getDirectCallee());
    if (Name == "std::ref" || Name == "std::cref" || Name == "std::move")
      return handleOf(C->getArg(0));
  }
  if (const auto *C = dyn_cast<CXXConstructExpr>(Core);
      C && C->getNumArgs() == 1)
    if (HandleKind K = handleOf(C->getArg(0)); K != HandleKind::None)
      return K;
  StringRef Name;
  if (const auto *D = dyn_cast<DeclRefExpr>(Core))
    Name = D->getDecl()->getIdentifier() ? D->getDecl()->getName() : "";
  else if (const auto *M = dyn_cast<MemberExpr>(Core))
    Name = M->getMemberDecl()->getIdentifier() ? M->getMemberDecl()->getName()
                                               : "";
  return Unit.handleKind(Core->getType(), Name);
}

void FunctionExtractor::atomicLoad(const Expr *Object, const Expr *At) {
  Path P = pathOf(Object);
  if (handleOf(Object) == HandleKind::Flag) {
    RawEvent E = event(EventKind::Consult, At);
    E.ObjectPath = P;
    add(std::move(E), At);
  }
  poll(At, PollKind::AtomicLoad, P);
}

/// The function asks others to stop: it need not heed the flag itself.
void FunctionExtractor::asked(const Expr *Handle) {
  if (handleOf(Handle) != HandleKind::None)
    Asked.push_back(pathOf(Handle));
}

void FunctionExtractor::atomicUpdate(const Expr *Object, const Expr *At) {
  RawEvent E = event(EventKind::AtomicUpdate, At);
  E.ObjectPath = pathOf(Object);
  add(std::move(E), At);
}

void FunctionExtractor::atomicExpression(const AtomicExpr *E) {
  StringRef Name = E->getOpAsString();
  if (Name.contains("load"))
    atomicLoad(E->getPtr(), E);
  else if (Name.contains("store") || Name.contains("clear") ||
           Name.contains("init"))
    work();
  else
    atomicUpdate(E->getPtr(), E);
}

bool FunctionExtractor::atomicMember(const CXXMemberCallExpr *C,
                                     const TypeInfo &Type, StringRef Name) {
  const Expr *Object = C->getImplicitObjectArgument();
  if (Name == "load" || Name == "test" || Name == "operator bool" ||
      isa<CXXConversionDecl>(C->getMethodDecl()) || Name == "loadAcquire" ||
      Name == "loadRelaxed") {
    atomicLoad(Object, C);
    return true;
  }
  if (Name == "wait") {
    block(C, BlockKind::Unbounded, pathOf(Object), false);
    return true;
  }
  if (Name == "notify_one" || Name == "notify_all") {
    RawEvent E = event(EventKind::Notify, C);
    E.ObjectPath = pathOf(Object);
    E.All = Name == "notify_all";
    add(std::move(E), C);
    return true;
  }
  if (Name.contains("exchange") || Name.starts_with("fetch") ||
      Name == "test_and_set" || Name.contains("estAndSet") || Name == "ref" ||
      Name == "deref") {
    atomicUpdate(Object, C);
    return true;
  }
  if (Name == "store" || Name == "clear" || Name == "storeRelease") {
    asked(Object);
    work();
    return true;
  }
  return Name == "is_lock_free";
}

bool FunctionExtractor::cancelMember(const CXXMemberCallExpr *C,
                                     const TypeInfo &Type, StringRef Name) {
  bool Consults = Name == "stop_requested";
  if (Type.is(TypeKind::CustomHandle))
    Consults =
        llvm::is_contained(Unit.Options.Locks.CancellationChecks, Name.str());
  if (Name == "request_stop")
    asked(C->getImplicitObjectArgument());
  if (!Consults)
    return Type.is(TypeKind::StopToken) || Type.is(TypeKind::StopSource);
  RawEvent E = event(EventKind::Consult, C);
  E.ObjectPath = pathOf(C->getImplicitObjectArgument());
  E.Text = text(C->getMethodDecl());
  add(std::move(E), C);
  // Asking the token is looking, too: a loop that does nothing else spins.
  poll(C, PollKind::AtomicLoad, pathOf(C->getImplicitObjectArgument()));
  return true;
}

bool FunctionExtractor::waitMember(const CXXMemberCallExpr *C,
                                   const TypeInfo &Type, StringRef Name) {
  Path Object = pathOf(C->getImplicitObjectArgument());
  llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
  while (!Args.empty() && isa<CXXDefaultArgExpr>(Args.back()))
    Args = Args.drop_back();
  auto HasTime = [&] {
    for (const Expr *A : Args) {
      TypeKind K = Unit.Types.of(A->getType()).Kind;
      if (K == TypeKind::Duration || K == TypeKind::TimePoint)
        return true;
    }
    return false;
  };
  bool ForZero = Name == "wait_for" || Name == "try_acquire_for";
  if (Type.is(TypeKind::CondVar)) {
    if (Name.starts_with("notify") || Name == "Signal" || Name == "SignalAll" ||
        Name == "wakeOne" || Name == "wakeAll" || Name == "signal" ||
        Name == "broadcast") {
      RawEvent E = event(EventKind::Notify, C);
      E.ObjectPath = Object;
      E.All = Name == "notify_all" || Name == "SignalAll" ||
              Name == "wakeAll" || Name == "broadcast";
      E.Text = text(C->getMethodDecl());
      add(std::move(E), C);
      return true;
    }
    if (!Name.starts_with("wait") && !Name.starts_with("Wait") &&
        !Name.starts_with("timed_wait") && !Name.starts_with("tryWait"))
      return false;
    if (Name == "wait_for" && Args.size() == 2 && isZero(Args[1])) {
      poll(C, PollKind::ZeroWait, Object);
      return true;
    }
    RawEvent E = event(EventKind::Wait, C);
    E.ObjectPath = Object;
    E.Text = text(C->getMethodDecl());
    E.Timed = Name != "wait" && Name != "Wait";
    Path Handle;
    for (const Expr *A : Args) {
      const TypeInfo &Info = Unit.Types.behind(A->getType());
      if (E.ArgPaths.empty()) {
        E.ArgPaths.push_back(pathOf(A));
        E.ArgIsGuard = Info.is(TypeKind::Guard);
        continue;
      }
      if (Info.is(TypeKind::StopToken)) {
        E.Cancellable = true;
        Handle = pathOf(A);
      } else if (callable(A)) {
        E.HasPredicate = true;
        // The predicate runs with the lock held.
        callCallable(callable(A), {}, C);
      } else if (A->getType()->isArithmeticType()) {
        E.Timed = true; // QWaitCondition::wait(mutex, ms).
      }
    }
    if (E.Cancellable) {
      E.ArgPaths.push_back(Handle);
      E.CancelArgs = 2;
    }
    add(std::move(E), C);
    return true;
  }
  if (Type.is(TypeKind::Future)) {
    if (Name == "get" || Name == "wait" || Name == "result" ||
        Name == "waitForFinished") {
      block(C, BlockKind::Unbounded, Object, false);
      return true;
    }
    if (Name == "wait_for" || Name == "wait_until") {
      if (ForZero && !Args.empty() && isZero(Args[0]))
        poll(C, PollKind::ZeroWait, Object);
      else
        block(C, BlockKind::Unbounded, Object, true);
      // future_status::ready is zero.
      ZeroIsSuccess[EventOf[C]] = true;
      return true;
    }
    return false;
  }
  if (Type.is(TypeKind::Semaphore)) {
    if (Name == "acquire" || Name == "wait") {
      block(C, BlockKind::Unbounded, Object, !Args.empty() && HasTime());
      return true;
    }
    if (Name == "try_acquire" || Name == "tryAcquire" || Name == "tryWait") {
      if (Args.empty() || isZero(Args.back()) ||
          (Name == "tryAcquire" && Args.size() < 2))
        poll(C, PollKind::ZeroWait, Object);
      else
        block(C, BlockKind::Unbounded, Object, true);
      return true;
    }
    if (Name == "try_acquire_for" || Name == "try_acquire_until") {
      if (ForZero && !Args.empty() && isZero(Args[0]))
        poll(C, PollKind::ZeroWait, Object);
      else
        block(C, BlockKind::Unbounded, Object, true);
      return true;
    }
    if (Name == "release" || Name == "set") {
      RawEvent E = event(EventKind::Notify, C);
      E.ObjectPath = Object;
      add(std::move(E), C);
      return true;
    }
    return false;
  }
  // Latches, barriers, events.
  if (Name == "try_wait" || Name == "HasBeenNotified" || Name == "ready") {
    poll(C, PollKind::ZeroWait, Object);
    return true;
  }
  if (Name == "wait" || Name == "arrive_and_wait" || Name == "Block" ||
      Name == "WaitForNotification" || Name == "DecrementCount") {
    if (Name == "DecrementCount") {
      work();
      return true;
    }
    block(C, BlockKind::Unbounded, Object, !Args.empty() && HasTime());
    return true;
  }
  if (Name == "tryWait" || Name.starts_with("WaitForNotificationWith") ||
      Name == "try_wait_for" || Name == "try_wait_until") {
    if (!Args.empty() && isZero(Args[0]))
      poll(C, PollKind::ZeroWait, Object);
    else
      block(C, BlockKind::Unbounded, Object, true);
    return true;
  }
  if (Name == "set" || Name == "Notify" || Name == "post" ||
      Name == "count_down" || Name == "arrive") {
    RawEvent E = event(EventKind::Notify, C);
    E.ObjectPath = Object;
    E.All = true;
    add(std::move(E), C);
    return true;
  }
  return false;
}

/// Looks at a queue: by what the function is called, whoever wrote the class.
bool FunctionExtractor::pollingMember(const CXXMemberCallExpr *C,
                                      const TypeInfo &Type, StringRef Name) {
  const CXXMethodDecl *Method = C->getMethodDecl();
  const Expr *Object = C->getImplicitObjectArgument();
  bool TriesPop = false;
  for (StringRef Try :
       {"try_pop", "try_dequeue", "try_receive", "try_take", "try_get",
        "try_recv", "TryPop", "TryDequeue", "TryReceive", "TryTake", "tryPop",
        "tryDequeue", "tryReceive", "tryTake"})
    TriesPop |= Name.starts_with(Try);
  if (TriesPop) {
    // Try, but for some time: waits.
    bool Timed = Name.ends_with("_for") || Name.ends_with("_until");
    for (const Expr *A : C->arguments())
      Timed |= Unit.Types.of(A->getType()).is(TypeKind::Duration) && !isZero(A);
    if (Timed) {
      block(C, BlockKind::Unbounded, pathOf(Object), true);
      return !Unit.isUser(Method);
    }
    bool Known = Unit.isUser(Method);
    poll(C, PollKind::TryPop, pathOf(Object));
    return !Known;
  }
  if (Type.is(TypeKind::Container) && C->getNumArgs() == 0 &&
      (Name == "empty" || Name == "size" || Name == "isEmpty")) {
    poll(C, PollKind::QueueEmpty, pathOf(Object));
    return true;
  }
  return false;
}

} // namespace raddle::checkers
