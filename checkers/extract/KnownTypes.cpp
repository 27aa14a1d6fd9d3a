// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/KnownTypes.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringMap.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::LockMode;

namespace raddle::checkers {

namespace {

struct Row {
  StringRef Name;
  TypeKind Kind;
  LockMode Mode = LockMode::Exclusive;
  bool Recursive = false;
};

constexpr LockMode Shared = LockMode::Shared;
constexpr LockMode Exclusive = LockMode::Exclusive;
constexpr LockMode Upgrade = LockMode::Upgrade;

// The one table of known classes. Boost and the standard library share many
// names; "std::" rows marked with a leading '+' hold for "boost::" too.
const Row Rows[] = {
    {"+mutex", TypeKind::Lock},
    {"+timed_mutex", TypeKind::Lock},
    {"+recursive_mutex", TypeKind::Lock, Exclusive, true},
    {"+recursive_timed_mutex", TypeKind::Lock, Exclusive, true},
    {"+shared_mutex", TypeKind::Lock},
    {"+shared_timed_mutex", TypeKind::Lock},
    {"boost::upgrade_mutex", TypeKind::Lock},
    {"boost::sync::mutex", TypeKind::Lock},
    {"boost::detail::spinlock", TypeKind::Lock},
    {"boost::interprocess::interprocess_mutex", TypeKind::Lock},
    {"boost::interprocess::interprocess_recursive_mutex", TypeKind::Lock,
     Exclusive, true},
    {"boost::interprocess::interprocess_sharable_mutex", TypeKind::Lock},
    {"boost::interprocess::named_mutex", TypeKind::Lock},
    {"absl::Mutex", TypeKind::Lock},
    {"absl::base_internal::SpinLock", TypeKind::Lock},
    {"QMutex", TypeKind::Lock},
    {"QBasicMutex", TypeKind::Lock},
    {"QRecursiveMutex", TypeKind::Lock, Exclusive, true},
    {"QReadWriteLock", TypeKind::Lock},
    {"QBasicReadWriteLock", TypeKind::Lock},
    {"Poco::Mutex", TypeKind::Lock, Exclusive, true},
    {"Poco::FastMutex", TypeKind::Lock},
    {"Poco::SpinlockMutex", TypeKind::Lock},
    {"Poco::NamedMutex", TypeKind::Lock},
    {"Poco::RWLock", TypeKind::Lock},
    {"folly::SharedMutexImpl", TypeKind::Lock},
    {"folly::SharedMutex", TypeKind::Lock},
    {"folly::SharedMutexReadPriority", TypeKind::Lock},
    {"folly::SharedMutexWritePriority", TypeKind::Lock},
    {"folly::SpinLock", TypeKind::Lock},
    {"folly::MicroLock", TypeKind::Lock},
    {"folly::MicroSpinLock", TypeKind::Lock},
    {"folly::RWSpinLock", TypeKind::Lock},
    {"folly::DistributedMutex", TypeKind::Lock},
    {"tbb::mutex", TypeKind::Lock},
    {"tbb::spin_mutex", TypeKind::Lock},
    {"tbb::queuing_mutex", TypeKind::Lock},
    {"tbb::rw_mutex", TypeKind::Lock},
    {"tbb::spin_rw_mutex", TypeKind::Lock},
    {"tbb::recursive_mutex", TypeKind::Lock, Exclusive, true},

    {"+lock_guard", TypeKind::Guard},
    {"+unique_lock", TypeKind::Guard},
    {"+scoped_lock", TypeKind::Guard},
    {"+shared_lock", TypeKind::Guard, Shared},
    {"boost::shared_lock_guard", TypeKind::Guard, Shared},
    {"boost::upgrade_lock", TypeKind::Guard, Upgrade},
    {"boost::strict_lock", TypeKind::Guard},
    {"boost::reverse_lock", TypeKind::InverseGuard},
    {"boost::interprocess::scoped_lock", TypeKind::Guard},
    {"boost::interprocess::sharable_lock", TypeKind::Guard, Shared},
    {"absl::MutexLock", TypeKind::Guard},
    {"absl::WriterMutexLock", TypeKind::Guard},
    {"absl::ReaderMutexLock", TypeKind::Guard, Shared},
    {"absl::MutexLockMaybe", TypeKind::Guard},
    {"absl::ReleasableMutexLock", TypeKind::Guard},
    {"absl::base_internal::SpinLockHolder", TypeKind::Guard},
    {"QMutexLocker", TypeKind::Guard},
    {"QWriteLocker", TypeKind::Guard},
    {"QReadLocker", TypeKind::Guard, Shared},
    {"Poco::ScopedLock", TypeKind::Guard},
    {"Poco::ScopedLockWithUnlock", TypeKind::Guard},
    {"Poco::ScopedUnlock", TypeKind::InverseGuard},
    {"Poco::ScopedRWLock", TypeKind::Guard},
    {"Poco::ScopedReadRWLock", TypeKind::Guard, Shared},
    {"Poco::ScopedWriteRWLock", TypeKind::Guard},
    {"folly::LockedPtr", TypeKind::Guard},
    {"folly::Synchronized::LockedPtr", TypeKind::Guard},
    {"folly::Synchronized::ConstLockedPtr", TypeKind::Guard, Shared},
    {"folly::Synchronized::WLockedPtr", TypeKind::Guard},
    {"folly::Synchronized::RLockedPtr", TypeKind::Guard, Shared},
    {"folly::SharedMutexImpl::ReadHolder", TypeKind::Guard, Shared},
    {"folly::SharedMutexImpl::WriteHolder", TypeKind::Guard},
    {"folly::SharedMutexImpl::UpgradeHolder", TypeKind::Guard, Upgrade},
    {"folly::SharedMutex::ReadHolder", TypeKind::Guard, Shared},
    {"folly::SharedMutex::WriteHolder", TypeKind::Guard},
    {"folly::SharedMutex::UpgradeHolder", TypeKind::Guard, Upgrade},
    {"folly::Synchronized", TypeKind::Synchronized},

    {"+once_flag", TypeKind::OnceFlag},
    {"absl::once_flag", TypeKind::OnceFlag},
    {"folly::once_flag", TypeKind::OnceFlag},
    {"+condition_variable", TypeKind::CondVar},
    {"+condition_variable_any", TypeKind::CondVar},
    {"absl::CondVar", TypeKind::CondVar},
    {"QWaitCondition", TypeKind::CondVar},
    {"Poco::Condition", TypeKind::CondVar},
    {"boost::interprocess::interprocess_condition", TypeKind::CondVar},
    {"+counting_semaphore", TypeKind::Semaphore},
    {"+binary_semaphore", TypeKind::Semaphore},
    {"QSemaphore", TypeKind::Semaphore},
    {"Poco::Semaphore", TypeKind::Semaphore},
    {"boost::interprocess::interprocess_semaphore", TypeKind::Semaphore},
    {"folly::Baton", TypeKind::Event},
    {"Poco::Event", TypeKind::Event},
    {"Poco::NamedEvent", TypeKind::Event},
    {"absl::Notification", TypeKind::Event},
    {"absl::BlockingCounter", TypeKind::Latch},
    {"+latch", TypeKind::Latch},
    {"+barrier", TypeKind::Barrier},
    {"absl::Barrier", TypeKind::Barrier},
    {"+future", TypeKind::Future},
    {"+shared_future", TypeKind::Future},
    {"boost::unique_future", TypeKind::Future},
    {"QFuture", TypeKind::Future},
    {"folly::Future", TypeKind::Future},
    {"+thread", TypeKind::Thread},
    {"std::jthread", TypeKind::JoiningThread},
    {"boost::scoped_thread", TypeKind::JoiningThread},
    {"boost::thread_group", TypeKind::ThreadGroup},
    {"Poco::Thread", TypeKind::Thread},
    {"QThreadPool", TypeKind::Executor},
    {"Poco::ThreadPool", TypeKind::Executor},
    {"asio::thread_pool", TypeKind::Executor},
    {"asio::io_context", TypeKind::Executor},
    {"boost::asio::thread_pool", TypeKind::Executor},
    {"boost::asio::io_context", TypeKind::Executor},
    {"boost::asio::io_service", TypeKind::Executor},
    {"folly::Executor", TypeKind::Executor},
    {"folly::CPUThreadPoolExecutor", TypeKind::Executor},
    {"folly::IOThreadPoolExecutor", TypeKind::Executor},

    {"+atomic", TypeKind::Atomic},
    {"std::__atomic_base", TypeKind::Atomic},
    {"std::atomic_ref", TypeKind::Atomic},
    {"+atomic_flag", TypeKind::AtomicFlag},
    {"QAtomicInt", TypeKind::Atomic},
    {"QAtomicInteger", TypeKind::Atomic},
    {"QBasicAtomicInteger", TypeKind::Atomic},
    {"QAtomicPointer", TypeKind::Atomic},
    {"std::stop_token", TypeKind::StopToken},
    {"std::stop_source", TypeKind::StopSource},
    {"std::stop_callback", TypeKind::StopCallback},

    {"+unique_ptr", TypeKind::UniquePointer},
    {"boost::scoped_ptr", TypeKind::UniquePointer},
    {"+auto_ptr", TypeKind::UniquePointer},
    {"+shared_ptr", TypeKind::SmartPointer},
    {"+weak_ptr", TypeKind::SmartPointer},
    {"+reference_wrapper", TypeKind::SmartPointer},
    {"boost::intrusive_ptr", TypeKind::SmartPointer},
    {"QSharedPointer", TypeKind::SmartPointer},
    {"QPointer", TypeKind::SmartPointer},
    {"QScopedPointer", TypeKind::UniquePointer},
    {"Poco::SharedPtr", TypeKind::SmartPointer},
    {"Poco::AutoPtr", TypeKind::SmartPointer},
    {"std::experimental::observer_ptr", TypeKind::SmartPointer},
    {"absl::Nonnull", TypeKind::SmartPointer},
    {"+optional", TypeKind::Optional},
    {"std::expected", TypeKind::Optional},
    {"+function", TypeKind::Callable},
    {"std::move_only_function", TypeKind::Callable},
    {"std::copyable_function", TypeKind::Callable},
    {"std::function_ref", TypeKind::Callable},
    {"std::packaged_task", TypeKind::Callable},
    {"std::_Bind", TypeKind::Callable},
    {"std::_Bind_result", TypeKind::Callable},
    {"std::__bind", TypeKind::Callable},
    {"std::_Bind_front", TypeKind::Callable},
    {"absl::AnyInvocable", TypeKind::Callable},
    {"absl::FunctionRef", TypeKind::Callable},
    {"folly::Function", TypeKind::Callable},
    {"folly::FunctionRef", TypeKind::Callable},
    {"+array", TypeKind::Container},
    {"+vector", TypeKind::Container},
    {"+deque", TypeKind::Container},
    {"+list", TypeKind::Container},
    {"+forward_list", TypeKind::Container},
    {"+map", TypeKind::Container},
    {"+multimap", TypeKind::Container},
    {"+set", TypeKind::Container},
    {"+multiset", TypeKind::Container},
    {"+unordered_map", TypeKind::Container},
    {"+unordered_multimap", TypeKind::Container},
    {"+unordered_set", TypeKind::Container},
    {"+unordered_multiset", TypeKind::Container},
    {"+queue", TypeKind::Container},
    {"+priority_queue", TypeKind::Container},
    {"+stack", TypeKind::Container},
    {"+span", TypeKind::Container},
    {"std::initializer_list", TypeKind::Container},
    {"std::basic_string", TypeKind::Container},
    {"std::flat_map", TypeKind::Container},
    {"boost::circular_buffer", TypeKind::Container},
    {"absl::flat_hash_map", TypeKind::Container},
    {"absl::node_hash_map", TypeKind::Container},
    {"absl::flat_hash_set", TypeKind::Container},
    {"absl::InlinedVector", TypeKind::Container},
    {"absl::Span", TypeKind::Container},
    {"QVector", TypeKind::Container},
    {"QList", TypeKind::Container},
    {"QMap", TypeKind::Container},
    {"QHash", TypeKind::Container},
    {"QQueue", TypeKind::Container},
    {"std::chrono::time_point", TypeKind::TimePoint},
    {"std::chrono::duration", TypeKind::Duration},
};

const llvm::StringMap<const Row *> &table() {
  static const llvm::StringMap<const Row *> Table = [] {
    llvm::StringMap<const Row *> T;
    for (const Row &R : Rows) {
      if (!R.Name.starts_with("+")) {
        T[R.Name] = &R;
        continue;
      }
      T[("std::" + R.Name.drop_front()).str()] = &R;
      T[("boost::" + R.Name.drop_front()).str()] = &R;
    }
    return T;
  }();
  return Table;
}

} // namespace

std::string plainName(const NamedDecl *D) {
  llvm::SmallVector<StringRef, 8> Parts;
  if (!D->getDeclName().isIdentifier() && !isa<FunctionDecl>(D))
    return "";
  std::string Own = D->getDeclName().isIdentifier()
                        ? D->getName().str()
                        : D->getDeclName().getAsString();
  for (const DeclContext *C = D->getDeclContext(); C; C = C->getParent()) {
    if (const auto *N = dyn_cast<NamespaceDecl>(C)) {
      if (!N->isInline() && !N->isAnonymousNamespace())
        Parts.push_back(N->getName());
    } else if (const auto *R = dyn_cast<RecordDecl>(C)) {
      Parts.push_back(R->getName());
    }
  }
  std::string Out;
  for (StringRef Part : llvm::reverse(Parts)) {
    Out += Part;
    Out += "::";
  }
  return Out + Own;
}

bool matchesName(StringRef Pattern, StringRef Text) {
  size_t Star = Pattern.find('*');
  if (Star == StringRef::npos)
    return Pattern == Text;
  if (!Text.consume_front(Pattern.take_front(Star)))
    return false;
  StringRef Rest = Pattern.drop_front(Star + 1);
  for (size_t Skip = 0; Skip <= Text.size(); ++Skip)
    if (matchesName(Rest, Text.drop_front(Skip)))
      return true;
  return false;
}

TypeInfo KnownTypes::classify(const CXXRecordDecl *Record) {
  TypeInfo Info;
  if (Record->isLambda() || !Record->getIdentifier())
    return Info;
  Info.Name = plainName(Record);
  for (const model::LockType &L : Model.Locks)
    if (matchesName(L.Type, Info.Name)) {
      Info.Kind = TypeKind::Lock;
      Info.Recursive = L.Recursive;
      Info.UserLock = &L;
      return Info;
    }
  for (const model::GuardType &G : Model.Guards)
    if (matchesName(G.Type, Info.Name)) {
      Info.Kind = TypeKind::Guard;
      Info.Mode = G.Shared ? Shared : Exclusive;
      Info.UserGuard = &G;
      return Info;
    }
  for (const std::string &T : Model.CancellationTypes)
    if (matchesName(T, Info.Name)) {
      Info.Kind = TypeKind::CustomHandle;
      return Info;
    }
  auto It = table().find(Info.Name);
  if (It != table().end()) {
    Info.Kind = It->second->Kind;
    Info.Mode = It->second->Mode;
    Info.Recursive = It->second->Recursive;
    return Info;
  }
  StringRef Own = Record->getName();
  if ((Info.Name.starts_with("std::") ||
       Info.Name.starts_with("__gnu_cxx::")) &&
      (Own.ends_with("iterator") || Own.starts_with("__wrap_iter")))
    Info.Kind = TypeKind::Iterator;
  // boost::mutex::scoped_lock and the like: a library's class on top of one
  // that is known.
  if (!Info && Record->hasDefinition() &&
      Context.getSourceManager().isInSystemHeader(Record->getLocation()))
    for (const CXXBaseSpecifier &Base : Record->getDefinition()->bases())
      if (const auto *Class = Base.getType()->getAsCXXRecordDecl()) {
        TypeInfo Of = of(Class);
        if (Of.is(TypeKind::Guard) || Of.is(TypeKind::Lock)) {
          Of.Name = Info.Name;
          return Of;
        }
      }
  return Info;
}

const TypeInfo &KnownTypes::of(const CXXRecordDecl *Record) {
  if (!Record)
    return Nothing;
  const CXXRecordDecl *Canonical = Record->getCanonicalDecl();
  auto It = Cache.find(Canonical);
  if (It != Cache.end())
    return It->second;
  return Cache[Canonical] = classify(Canonical);
}

const TypeInfo &KnownTypes::of(QualType Type) {
  if (Type.isNull())
    return Nothing;
  return of(Type.getNonReferenceType()->getAsCXXRecordDecl());
}

QualType KnownTypes::argument(QualType Type, unsigned I) {
  const auto *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  const auto *Instance =
      llvm::dyn_cast_or_null<ClassTemplateSpecializationDecl>(Record);
  if (!Instance || Instance->getTemplateArgs().size() <= I)
    return QualType();
  const TemplateArgument &A = Instance->getTemplateArgs()[I];
  return A.getKind() == TemplateArgument::Type ? A.getAsType() : QualType();
}

bool KnownTypes::isPointerLike(QualType Type) {
  if (Type.isNull())
    return false;
  if (Type->isPointerType() || Type->isReferenceType() ||
      Type->isArrayType() /* as a parameter */)
    return !Type->isArrayType();
  const TypeInfo &Info = of(Type);
  return Info.is(TypeKind::SmartPointer) || Info.is(TypeKind::UniquePointer) ||
         Info.is(TypeKind::Iterator);
}

QualType KnownTypes::pointee(QualType Type) {
  for (int Depth = 0; Depth < 6 && !Type.isNull(); ++Depth) {
    Type = Type.getNonReferenceType();
    if (Type->isAnyPointerType()) {
      Type = Type->getPointeeType();
      continue;
    }
    if (const auto *Array = Context.getAsArrayType(Type)) {
      Type = Array->getElementType();
      continue;
    }
    const TypeInfo &Info = of(Type);
    if (Info.is(TypeKind::SmartPointer) || Info.is(TypeKind::UniquePointer) ||
        Info.is(TypeKind::Optional)) {
      QualType Argument = argument(Type);
      if (Argument.isNull())
        break;
      Type = Argument;
      continue;
    }
    break;
  }
  return Type;
}

const TypeInfo &KnownTypes::behind(QualType Type) { return of(pointee(Type)); }

} // namespace raddle::checkers
