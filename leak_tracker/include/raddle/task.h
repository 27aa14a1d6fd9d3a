// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks of a C++ program, for raddle's leak tracker. C++11. In C, use the
// functions of raddle/raddle.h.
#ifndef RADDLE_TASK_H
#define RADDLE_TASK_H

#include "raddle/raddle.h"
#include <utility>

namespace raddle {

/// Work that is handed over, from the place where it is to its end. Keep one in
/// the item of a queue: moved along, it is the same task; destroyed, it is
/// over. A task whose item stays in the queue when the program ends is
/// reported.
class Task {
public:
  /// Is created here. \p Name: a literal.
  explicit Task(const char *Name) : Handle(raddle_task_created(Name)) {}
  /// No task at all.
  Task() : Handle(0) {}
  Task(Task &&Other) noexcept : Handle(Other.Handle) { Other.Handle = 0; }
  Task &operator=(Task &&Other) noexcept {
    std::swap(Handle, Other.Handle);
    return *this;
  }
  Task(const Task &) = delete;
  Task &operator=(const Task &) = delete;
  ~Task() { finished(); }

  /// The calling thread begins to run it.
  void started() {
    if (Handle)
      raddle_task_started(Handle);
  }
  /// It is over; the destructor says the same.
  void finished() {
    if (Handle)
      raddle_task_finished(Handle);
    Handle = 0;
  }

private:
  uint64_t Handle;
};

/// A callable that is a task: started when it is called, finished when the call
/// returns or throws. Moves only.
template <typename Function> class TrackedFunction {
public:
  TrackedFunction(const char *Name, Function F)
      : Call(std::move(F)), Item(Name) {}

  template <typename... Arguments>
  auto operator()(Arguments &&...A)
      -> decltype(std::declval<Function &>()(std::forward<Arguments>(A)...)) {
    struct End {
      Task &T;
      ~End() { T.finished(); }
    } AtReturn = {Item};
    Item.started();
    return Call(std::forward<Arguments>(A)...);
  }

private:
  Function Call;
  Task Item;
};

/// For a pool: pool.submit(raddle::tracked("resize", [=] { ... })).
template <typename Function>
TrackedFunction<Function> tracked(const char *Name, Function F) {
  return TrackedFunction<Function>(Name, std::move(F));
}

/// Threads and tasks that the calling thread starts while this lives are no
/// leaks, and neither is what these start.
class IgnoreLeaks {
public:
  IgnoreLeaks() : Before(raddle_ignore_begin()) {}
  ~IgnoreLeaks() { raddle_ignore_end(Before); }
  IgnoreLeaks(const IgnoreLeaks &) = delete;
  IgnoreLeaks &operator=(const IgnoreLeaks &) = delete;

private:
  int Before;
};

} // namespace raddle

#endif
