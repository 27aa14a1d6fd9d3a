// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where threads and tasks start, are joined and let go.
#include "checkers/extract/FunctionExtractor.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::BlockKind;
using raddle::model::EventKind;
using raddle::model::RootKind;
using raddle::model::SpawnKind;

namespace raddle::checkers {

/// \p Args: the callable, then what it is given.
void FunctionExtractor::spawn(const Expr *At, SpawnKind Kind, Path Handle,
                              llvm::ArrayRef<const Expr *> Args) {
  RawEvent E = event(EventKind::Spawn, At);
  E.Spawn = Kind;
  E.ObjectPath = std::move(Handle);
  if (Args.empty())
    return;
  Callable What = callable(Args[0]);
  Args = Args.drop_front();
  E.Callee = What.Callee;
  E.CalleeAs = What.CalleePath;
  E.Virtual = What.Virtual;
  if (What.Function)
    E.Text = text(What.Function);
  if (What.HasObject) {
    E.BodyHasObject = true;
    E.ArgPaths.push_back(What.Object);
  }
  E.BodyHasObject |= What.NeedsObject;
  // A thread function that takes a token gets it from its jthread.
  if (Kind == SpawnKind::JoiningThread && What.Function &&
      What.Function->getNumParams() > Args.size() &&
      Unit.Types.behind(What.Function->getParamDecl(0)->getType())
          .is(TypeKind::StopToken) &&
      !What.NeedsObject)
    E.ArgPaths.push_back({});
  size_t Before = E.ArgPaths.size();
  arguments(E, Args);
  E.CancelArgs <<= Before;
  add(std::move(E), BodyScan::core(At));
}

bool FunctionExtractor::threadConstruct(const CXXConstructExpr *C,
                                        const TypeInfo &Type) {
  if (Type.Name == "Poco::Thread")
    return true;
  if (C->getNumArgs() == 0)
    return true;
  const Expr *First = C->getArg(0);
  if (C->getConstructor()->isCopyOrMoveConstructor() ||
      Unit.Types.of(First->getType()).is(TypeKind::Thread) ||
      Unit.Types.of(First->getType()).is(TypeKind::JoiningThread)) {
    Path To = objectOf(C), From = pathOf(First);
    if (From.Root != RootKind::Temporary)
      store(To, From, C);
    return true;
  }
  if (isa<CXXDefaultArgExpr>(First))
    return true;
  // boost::thread(attributes, f, ...).
  llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
  if (const CXXRecordDecl *R = First->getType()->getAsCXXRecordDecl();
      R && R->getIdentifier() && R->getName() == "thread_attributes")
    Args = Args.drop_front();
  spawn(C,
        Type.is(TypeKind::JoiningThread) ? SpawnKind::JoiningThread
                                         : SpawnKind::Thread,
        objectOf(C), Args);
  return true;
}

bool FunctionExtractor::threadMember(const CXXMemberCallExpr *C,
                                     const TypeInfo &Type, StringRef Name) {
  llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
  const Expr *Object = C->getImplicitObjectArgument();
  auto Simple = [&](EventKind Kind, bool Timed = false) {
    RawEvent E = event(Kind, C);
    E.ObjectPath = pathOf(Object);
    E.Timed = Timed;
    E.Text = text(C->getMethodDecl());
    add(std::move(E), C);
    return true;
  };
  switch (Type.Kind) {
  case TypeKind::Thread:
  case TypeKind::JoiningThread:
    if (Name == "join")
      return Simple(EventKind::Join);
    if (Name == "tryJoin" || Name == "timed_join" || Name == "try_join_for" ||
        Name == "try_join_until")
      return Simple(EventKind::Join, true);
    if (Name == "detach")
      return Simple(EventKind::Detach);
    if (Name == "request_stop" || Name == "interrupt" || Name == "swap" ||
        Name == "get_stop_source" || Name == "get_stop_token" ||
        Name == "get_id" || Name == "joinable" || Name == "native_handle")
      return true;
    if (Name == "operator=") // Member call spelling of an assignment.
      return true;
    // Poco::Thread::start(Runnable &) or start(callable, data).
    if (Type.Name == "Poco::Thread" &&
        (Name == "start" || Name == "startFunc") && !Args.empty()) {
      const CXXRecordDecl *Class =
          Unit.Types.pointee(Args[0]->getType())->getAsCXXRecordDecl();
      if (!startRunnable(C, SpawnKind::Thread, pathOf(Object), Args[0], Class,
                         "run"))
        spawn(C, SpawnKind::Thread, pathOf(Object), Args);
      return true;
    }
    return false;
  case TypeKind::ThreadGroup:
    if (Name == "create_thread") {
      spawn(C, SpawnKind::Thread, pathOf(Object), Args);
      return true;
    }
    return Name == "join_all" ? Simple(EventKind::Join) : false;
  case TypeKind::Container: {
    // std::vector<std::thread>::emplace_back(callable, arguments...).
    QualType Owner = Object->getType();
    if (Owner->isPointerType())
      Owner = Owner->getPointeeType();
    const TypeInfo &Of = Unit.Types.of(KnownTypes::argument(Owner));
    if (!Of.is(TypeKind::Thread) && !Of.is(TypeKind::JoiningThread))
      return false;
    if (!Name.starts_with("emplace") || Args.empty())
      return false;
    const TypeInfo &First = Unit.Types.of(Args[0]->getType());
    if (First.Kind == Of.Kind) {
      return true; // Moves a thread in.
    }
    spawn(C,
          Of.is(TypeKind::JoiningThread) ? SpawnKind::JoiningThread
                                         : SpawnKind::Thread,
          elementOf(pathOf(Object)), Args);
    work();
    return true;
  }
  case TypeKind::Executor:
    if (Name == "post" || Name == "dispatch" || Name == "defer" ||
        Name == "add" || Name == "addWithPriority") {
      spawn(C, SpawnKind::Pool, {}, Args);
      return true;
    }
    if ((Name == "start" || Name == "tryStart" ||
         Name == "startWithPriority") &&
        !Args.empty()) {
      const CXXRecordDecl *Class =
          Unit.Types.pointee(Args[0]->getType())->getAsCXXRecordDecl();
      if (!startRunnable(C, SpawnKind::Pool, {}, Args[0], Class, "run"))
        spawn(C, SpawnKind::Pool, {}, Args);
      return true;
    }
    if (Name == "poll" || Name == "poll_one") {
      poll(C, model::PollKind::ReadyNow, pathOf(Object));
      return true;
    }
    if (Name == "run" || Name == "run_one" || Name == "waitForDone" ||
        Name == "join" || Name == "joinAll" || Name == "run_for" ||
        Name == "run_until" || Name == "wait") {
      block(C, BlockKind::Unbounded, pathOf(Object),
            Name == "run_for" || Name == "run_until");
      return true;
    }
    return false;
  default:
    break;
  }
  // QThread is derived from: start() runs the class's run(), wait() joins.
  const CXXMethodDecl *Method = C->getMethodDecl();
  if (Method && Unit.plain(Method) == "QThread::start") {
    QualType Owner = Object->IgnoreImpCasts()->getType();
    if (Owner->isPointerType())
      Owner = Owner->getPointeeType();
    startRunnable(C, SpawnKind::Thread, pathOf(Object), Object,
                  Owner->getAsCXXRecordDecl(), "run");
    return true;
  }
  if (Method && Unit.plain(Method) == "QThread::wait")
    return Simple(EventKind::Join,
                  C->getNumArgs() && !isa<CXXDefaultArgExpr>(C->getArg(0)));
  return false;
}

/// An object with a virtual `run()` of its own is handed over.
bool FunctionExtractor::startRunnable(const Expr *At, SpawnKind Kind,
                                      Path Handle, const Expr *Runnable,
                                      const CXXRecordDecl *Class,
                                      StringRef Method) {
  const CXXMethodDecl *Found = nullptr;
  for (int Depth = 0; Class && !Found && Depth < 5; ++Depth) {
    if (!(Class = Class->getDefinition()))
      return false;
    for (const CXXMethodDecl *M : Class->methods())
      if (M->getIdentifier() && M->getName() == Method &&
          M->getNumParams() == 0)
        Found = M;
    Class = Class->getNumBases()
                ? Class->bases_begin()->getType()->getAsCXXRecordDecl()
                : nullptr;
  }
  if (!Found)
    return false;
  RawEvent E = event(EventKind::Spawn, At);
  E.Spawn = Kind;
  E.ObjectPath = std::move(Handle);
  E.Callee = Unit.key(Found);
  E.Virtual = Found->isVirtual();
  E.BodyHasObject = true;
  E.Text = text(Found);
  E.ArgPaths.push_back(pathOf(Runnable));
  add(std::move(E), BodyScan::core(At));
  return true;
}

bool FunctionExtractor::threadFunction(const CallExpr *C, StringRef Name) {
  llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
  if ((Name == "pthread_create" && Args.size() == 4) ||
      (Name == "thrd_create" && Args.size() == 3)) {
    bool Pthread = Name == "pthread_create";
    const Expr *Body[] = {Args[Pthread ? 2 : 1], Args[Pthread ? 3 : 2]};
    spawn(C, SpawnKind::Thread, pathOf(Args[0]), Body);
    if (auto It = EventOf.find(C); It != EventOf.end())
      ZeroIsSuccess[It->second] = true;
    return true;
  }
  if (Name == "pthread_join" || Name == "thrd_join" ||
      Name == "pthread_timedjoin_np" || Name == "pthread_tryjoin_np" ||
      Name == "pthread_detach" || Name == "thrd_detach") {
    if (Args.empty())
      return true;
    RawEvent E =
        event(Name.contains("detach") ? EventKind::Detach : EventKind::Join, C);
    E.ObjectPath = pathOf(Args[0]);
    E.Timed = Name.contains("timed") || Name.contains("try");
    E.Text = Unit.intern(Name);
    ZeroIsSuccess[add(std::move(E), C)] = true;
    return true;
  }
  if (Name == "std::async" || Name == "boost::async") {
    if (!Args.empty() && Args[0]->getType()->isEnumeralType()) {
      Expr::EvalResult Policy;
      // launch::deferred alone: runs in whoever waits; as if called here.
      if (Args[0]->EvaluateAsInt(Policy, Context) &&
          Policy.Val.getInt().getZExtValue() == 2) {
        callCallable(callable(Args[1]), Args.drop_front(2), C);
        return true;
      }
      Args = Args.drop_front();
    }
    spawn(C, SpawnKind::Async, objectOf(C), Args);
    return true;
  }
  if (Name == "QtConcurrent::run" || Name == "QThread::create") {
    spawn(C, SpawnKind::Pool, {}, Args);
    return true;
  }
  if (Name == "asio::post" || Name == "asio::dispatch" ||
      Name == "asio::defer" || Name == "boost::asio::post" ||
      Name == "boost::asio::dispatch" || Name == "boost::asio::defer" ||
      Name == "boost::asio::co_spawn" || Name == "asio::co_spawn") {
    if (Args.size() > 1)
      Args = Args.drop_front();
    spawn(C, SpawnKind::Pool, {}, Args.take_front(1));
    return true;
  }
  return false;
}

} // namespace raddle::checkers
