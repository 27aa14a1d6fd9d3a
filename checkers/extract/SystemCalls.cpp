// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of the operating system and the C library that wait or look.
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

/// poll(fds, n, timeout) and its like: what the timeout says.
static int timeoutArgument(StringRef Name) {
  if (Name == "poll")
    return 2;
  if (Name == "epoll_wait" || Name == "epoll_pwait" || Name == "epoll_pwait2")
    return 3;
  if (Name == "select" || Name == "pselect")
    return 4;
  if (Name == "ppoll")
    return 2;
  return -1;
}

bool FunctionExtractor::waitsForTimeout(const CallExpr *C, StringRef Name) {
  int At = timeoutArgument(Name);
  if (At < 0 || C->getNumArgs() <= unsigned(At))
    return false;
  const Expr *Timeout = C->getArg(At);
  if (Timeout->getType()->isPointerType()) {
    // A timespec or timeval: null waits for ever, all zero not at all.
    Path P = pathOf(Timeout);
    if (P.Root == RootKind::Null) {
      block(C, BlockKind::Unbounded, {}, false);
      return true;
    }
    const Expr *Core = BodyScan::core(Timeout);
    if (const auto *U = dyn_cast<UnaryOperator>(Core);
        U && U->getOpcode() == UO_AddrOf)
      if (const auto *D =
              dyn_cast<DeclRefExpr>(BodyScan::core(U->getSubExpr())))
        if (const auto *V = dyn_cast<VarDecl>(D->getDecl()))
          if (const auto *L = dyn_cast_or_null<InitListExpr>(V->getInit())) {
            bool Zero = !L->inits().empty();
            for (const Expr *I : L->inits())
              Zero &= isa<ImplicitValueInitExpr>(I) || constantOf(I) == 0;
            if (Zero) {
              poll(C, PollKind::ReadyNow, {});
              return true;
            }
          }
    block(C, BlockKind::Unbounded, {}, true);
    return true;
  }
  Expr::EvalResult Value;
  if (Timeout->EvaluateAsInt(Value, Context)) {
    if (Value.Val.getInt() == 0)
      poll(C, PollKind::ReadyNow, {});
    else
      block(C, BlockKind::Unbounded, {}, !Value.Val.getInt().isNegative());
    return true;
  }
  block(C, BlockKind::Unbounded, {}, true);
  return true;
}

bool FunctionExtractor::blockingFunction(const CallExpr *C, StringRef Name) {
  for (const std::string &Declared : Unit.Options.Locks.Blocking)
    if (matchesName(Declared, Name)) {
      block(C, BlockKind::Unbounded, {}, false);
      return false; // Its own body, if there is one, counts as well.
    }
  const FunctionDecl *Callee = C->getDirectCallee();
  if (Unit.isUser(Callee) && Callee->isDefined())
    return false;
  if (!Name.contains("::") && waitsForTimeout(C, Name))
    return true;
  struct Row {
    EventKind Kind = EventKind::Block;
    BlockKind Blocks = BlockKind::InputOutput;
    PollKind Poll = PollKind::None;
    bool Timed = false;
    int Flags = -1; ///< Argument that may hold MSG_DONTWAIT.
  };
  using enum EventKind;
  static const Row Sleep{Block, BlockKind::Sleep, PollKind::None, true};
  static const Row Forever{Block, BlockKind::Unbounded};
  static const Row Limited{Block, BlockKind::Unbounded, PollKind::None, true};
  static const Row Io{Block, BlockKind::InputOutput};
  static const llvm::StringMap<Row> Table = {
      {"sleep", Sleep},
      {"usleep", Sleep},
      {"nanosleep", Sleep},
      {"clock_nanosleep", Sleep},
      {"thrd_sleep", Sleep},
      {"std::this_thread::sleep_for", Sleep},
      {"std::this_thread::sleep_until", Sleep},
      {"boost::this_thread::sleep_for", Sleep},
      {"boost::this_thread::sleep_until", Sleep},
      {"boost::this_thread::sleep", Sleep},
      {"absl::SleepFor", Sleep},
      {"QThread::sleep", Sleep},
      {"QThread::msleep", Sleep},
      {"QThread::usleep", Sleep},
      {"Poco::Thread::sleep", Sleep},
      {"std::this_thread::yield", {Pause}},
      {"boost::this_thread::yield", {Pause}},
      {"sched_yield", {Pause}},
      {"pthread_yield", {Pause}},
      {"thrd_yield", {Pause}},
      {"_mm_pause", {Pause}},
      {"QThread::yieldCurrentThread", {Pause}},
      {"Poco::Thread::yield", {Pause}},
      {"recv", {Block, BlockKind::InputOutput, PollKind::None, false, 3}},
      {"recvfrom", {Block, BlockKind::InputOutput, PollKind::None, false, 3}},
      {"recvmsg", {Block, BlockKind::InputOutput, PollKind::None, false, 2}},
      {"send", {Block, BlockKind::InputOutput, PollKind::None, false, 3}},
      {"sendto", {Block, BlockKind::InputOutput, PollKind::None, false, 3}},
      {"sendmsg", {Block, BlockKind::InputOutput, PollKind::None, false, 2}},
      {"read", Io},
      {"readv", Io},
      {"accept", Io},
      {"accept4", Io},
      {"connect", Io},
      {"fgets", Io},
      {"fgetc", Io},
      {"getc", Io},
      {"getchar", Io},
      {"getline", Io},
      {"fread", Io},
      {"scanf", Io},
      {"std::getline", Io},
      {"mq_receive", Forever},
      {"msgrcv", Forever},
      {"wait", Forever},
      {"waitpid", Forever},
      {"wait4", Forever},
      {"sigwait", Forever},
      {"sigwaitinfo", Forever},
      {"sigsuspend", Forever},
      {"pause", Forever},
      {"system", Forever},
      {"pclose", Forever},
      {"flock", Forever},
      {"sem_wait", Forever},
      {"sem_timedwait", Limited},
      {"sem_clockwait", Limited},
      {"sem_trywait", {Poll, BlockKind::None, PollKind::ZeroWait}},
      {"pthread_barrier_wait", Forever},
      {"std::atomic_wait", Forever},
      {"std::atomic_load", {Poll, BlockKind::None, PollKind::AtomicLoad}},
      {"std::atomic_load_explicit",
       {Poll, BlockKind::None, PollKind::AtomicLoad}},
      {"std::atomic_flag_test", {Poll, BlockKind::None, PollKind::AtomicLoad}},
      {"std::atomic_flag_test_and_set", {AtomicUpdate}},
      {"atomic_flag_test_and_set", {AtomicUpdate}},
      {"std::atomic_flag_test_and_set_explicit", {AtomicUpdate}},
      {"std::atomic_exchange", {AtomicUpdate}},
      {"std::atomic_compare_exchange_strong", {AtomicUpdate}},
      {"std::atomic_compare_exchange_weak", {AtomicUpdate}},
      {"std::atomic_fetch_add", {AtomicUpdate}},
  };
  if (conditionFunction(C, Name))
    return true;
  auto It = Table.find(Name);
  if (It == Table.end())
    return false;
  const Row &R = It->second;
  switch (R.Kind) {
  case Pause: {
    RawEvent E = event(EventKind::Pause, C);
    E.Poll = Name.contains("yield") || Name.contains("Yield") ? PollKind::Yield
                                                              : PollKind::None;
    E.Text = text(Callee);
    add(std::move(E), C);
    return true;
  }
  case Poll:
    if (R.Poll == PollKind::AtomicLoad && C->getNumArgs())
      atomicLoad(C->getArg(0), C);
    else
      ZeroIsSuccess[poll(C, R.Poll,
                         C->getNumArgs() ? pathOf(C->getArg(0)) : Path())] =
          Name == "sem_trywait";
    return true;
  case AtomicUpdate:
    if (C->getNumArgs())
      atomicUpdate(C->getArg(0), C);
    return true;
  default:
    break;
  }
  if (R.Flags >= 0 && C->getNumArgs() > unsigned(R.Flags)) {
    Expr::EvalResult Flags;
    constexpr unsigned DontWait = 0x40; // MSG_DONTWAIT on Linux.
    if (C->getArg(R.Flags)->EvaluateAsInt(Flags, Context) &&
        (Flags.Val.getInt().getZExtValue() & DontWait)) {
      poll(C, PollKind::DontWait, {});
      return true;
    }
  }
  // A line of a string stream is there already.
  if (Name == "std::getline" && C->getNumArgs()) {
    const CXXRecordDecl *Stream =
        BodyScan::core(C->getArg(0))->getType()->getAsCXXRecordDecl();
    if (Stream && Stream->getIdentifier() &&
        Stream->getName().contains("stringstream")) {
      work();
      return true;
    }
  }
  Path Object;
  if (Name.starts_with("sem_") || Name == "pthread_barrier_wait")
    Object = pathOf(C->getArg(0));
  block(C, R.Blocks, Object, R.Timed);
  if (R.Blocks == BlockKind::InputOutput)
    work();
  return true;
}

/// Condition variables of pthread and C11.
bool FunctionExtractor::conditionFunction(const CallExpr *C, StringRef Name) {
  if (Name == "pthread_cond_signal" || Name == "cnd_signal" ||
      Name == "pthread_cond_broadcast" || Name == "cnd_broadcast" ||
      Name == "sem_post") {
    RawEvent E = event(EventKind::Notify, C);
    E.ObjectPath = pathOf(C->getArg(0));
    E.All = Name.contains("broadcast");
    add(std::move(E), C);
    return true;
  }
  if (Name != "pthread_cond_wait" && Name != "cnd_wait" &&
      Name != "pthread_cond_timedwait" && Name != "cnd_timedwait" &&
      Name != "pthread_cond_clockwait")
    return false;
  RawEvent E = event(EventKind::Wait, C);
  E.ObjectPath = pathOf(C->getArg(0));
  E.ArgPaths.push_back(pathOf(C->getArg(1)));
  E.Timed = Name.contains("timed") || Name.contains("clock");
  E.Text = Unit.intern(Name);
  ZeroIsSuccess[add(std::move(E), C)] = true;
  return true;
}

} // namespace raddle::checkers
