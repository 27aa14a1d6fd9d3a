// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks taken by free functions: std::lock, call_once, pthread, C11; and
// folly::Synchronized.
#include "checkers/extract/FunctionExtractor.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::Flavor;
using raddle::model::LockMode;
using raddle::model::RootKind;

namespace raddle::checkers {

static constexpr LockMode Exclusive = LockMode::Exclusive;
static constexpr LockMode Shared = LockMode::Shared;
static constexpr LockMode Upgrade = LockMode::Upgrade;

bool FunctionExtractor::lockFunction(const CallExpr *C, StringRef Name) {
  if (Name == "std::lock" || Name == "boost::lock" || Name == "std::try_lock" ||
      Name == "boost::try_lock") {
    uint32_t Group = ++Groups;
    bool Try = Name.ends_with("try_lock");
    for (const Expr *A : C->arguments()) {
      const TypeInfo &Info = Unit.Types.behind(A->getType());
      bool Guard = Info.is(TypeKind::Guard);
      RawEvent E =
          event(Guard ? EventKind::GuardAcquire : EventKind::Acquire, C);
      E.ObjectPath = pathOf(A);
      E.Mode = Info.Mode;
      E.How = Try ? Flavor::Try : Flavor::Blocking;
      E.Group = Group;
      E.Recursive = Info.Recursive;
      if (!Guard)
        E.Callee = userLockFunction(A->getType(), false);
      add(std::move(E), C);
    }
    return true;
  }
  if (Name == "std::call_once" || Name == "boost::call_once" ||
      Name == "absl::call_once" || Name == "folly::call_once") {
    if (C->getNumArgs() < 2)
      return true;
    unsigned Flag = 0, Function = 1;
    if (!Unit.Types.behind(C->getArg(0)->getType()).is(TypeKind::OnceFlag) &&
        Unit.Types.behind(C->getArg(1)->getType()).is(TypeKind::OnceFlag))
      std::swap(Flag, Function);
    Path Lock = pathOf(C->getArg(Flag));
    RawEvent E = acquire(Lock, C, Exclusive, Flavor::Blocking);
    E.Text = Unit.intern(Name);
    add(std::move(E));
    callCallable(callable(C->getArg(Function)),
                 llvm::ArrayRef(C->getArgs(), C->getNumArgs()).drop_front(2),
                 C);
    RawEvent R = event(EventKind::Release, C);
    R.ObjectPath = Lock;
    add(std::move(R));
    return true;
  }
  return false;
}

/// pthread and C11. Zero says that a try succeeded.
bool FunctionExtractor::cLockFunction(const CallExpr *C, StringRef Name) {
  if (Name == "pthread_mutexattr_settype" || Name == "pthread_mutex_init" ||
      Name == "mtx_init")
    return true; // Read by Extract.cpp for the whole unit.
  enum Action { Acquire, Release };
  struct Row {
    Action What;
    LockMode Mode = LockMode::Exclusive;
    Flavor How = Flavor::Blocking;
  };
  static const llvm::StringMap<Row> Table = {
      {"pthread_mutex_lock", {Acquire}},
      {"pthread_mutex_trylock", {Acquire, Exclusive, Flavor::Try}},
      {"pthread_mutex_timedlock", {Acquire, Exclusive, Flavor::Timed}},
      {"pthread_mutex_clocklock", {Acquire, Exclusive, Flavor::Timed}},
      {"pthread_mutex_unlock", {Release}},
      {"pthread_rwlock_wrlock", {Acquire}},
      {"pthread_rwlock_rdlock", {Acquire, Shared}},
      {"pthread_rwlock_trywrlock", {Acquire, Exclusive, Flavor::Try}},
      {"pthread_rwlock_tryrdlock", {Acquire, Shared, Flavor::Try}},
      {"pthread_rwlock_timedwrlock", {Acquire, Exclusive, Flavor::Timed}},
      {"pthread_rwlock_timedrdlock", {Acquire, Shared, Flavor::Timed}},
      {"pthread_rwlock_unlock", {Release}},
      {"pthread_spin_lock", {Acquire}},
      {"pthread_spin_trylock", {Acquire, Exclusive, Flavor::Try}},
      {"pthread_spin_unlock", {Release}},
      {"mtx_lock", {Acquire}},
      {"mtx_trylock", {Acquire, Exclusive, Flavor::Try}},
      {"mtx_timedlock", {Acquire, Exclusive, Flavor::Timed}},
      {"mtx_unlock", {Release}},
      {"flockfile", {Acquire}},
      {"ftrylockfile", {Acquire, Exclusive, Flavor::Try}},
      {"funlockfile", {Release}},
  };
  auto It = Table.find(Name);
  if (It == Table.end() || C->getNumArgs() == 0)
    return false;
  const Row &R = It->second;
  Path Lock = pathOf(C->getArg(0));
  if (R.What == Release) {
    RawEvent E = event(EventKind::Release, C);
    E.ObjectPath = Lock;
    ZeroIsSuccess[add(std::move(E), C)] = true;
    return true;
  }
  RawEvent E = acquire(Lock, C, R.Mode, R.How);
  E.Text = Unit.intern(Name);
  E.Recursive = Unit.isRecursive(C->getArg(0));
  if (R.How == Flavor::Try)
    E.Poll = model::PollKind::TryLock;
  ZeroIsSuccess[add(std::move(E), C)] = true;
  return true;
}

bool FunctionExtractor::synchronizedMember(const CXXMemberCallExpr *C,
                                           StringRef Name) {
  struct Row {
    LockMode Mode;
    bool Runs;
  };
  static const llvm::StringMap<Row> Table = {
      {"lock", {Exclusive, false}},       {"wlock", {Exclusive, false}},
      {"rlock", {Shared, false}},         {"ulock", {Upgrade, false}},
      {"withLock", {Exclusive, true}},    {"withWLock", {Exclusive, true}},
      {"withRLock", {Shared, true}},      {"withULock", {Upgrade, true}},
      {"withLockPtr", {Exclusive, true}}, {"withWLockPtr", {Exclusive, true}},
      {"copy", {Shared, true}},
  };
  auto It = Table.find(Name);
  if (It == Table.end())
    return false;
  Path Lock = pathOf(C->getImplicitObjectArgument());
  if (!It->second.Runs) {
    RawEvent E = event(EventKind::GuardInit, C);
    E.ObjectPath = objectOf(C);
    E.ArgPaths.push_back(Lock);
    E.Mode = It->second.Mode;
    E.How = C->getNumArgs() ? Flavor::Timed : Flavor::Blocking;
    E.Text = text(C->getMethodDecl());
    add(std::move(E), C);
    return true;
  }
  RawEvent E = acquire(Lock, C, It->second.Mode, Flavor::Blocking);
  E.Text = text(C->getMethodDecl());
  add(std::move(E));
  for (const Expr *A : C->arguments())
    callCallable(callable(A), {}, C);
  RawEvent R = event(EventKind::Release, C);
  R.ObjectPath = Lock;
  R.Mode = It->second.Mode;
  add(std::move(R));
  return true;
}

} // namespace raddle::checkers
