// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The exec family, posix_spawn and what libc makes of it: to tell in the trace
// how the program ended, and to follow children if that is asked for. system
// and popen are for others behind the table.
#include "runtime/Runtime.h"
#include "runtime/interpose/Children.h"
#include "runtime/trace/TraceWriter.h"
#include <stdarg.h>

using namespace raddle;

namespace {
/// In the child of a vfork, memory is the parent's: its trace must not say
/// that it has ended.
template <typename Function> int replaced(Function Call) {
  trace::Header *Head = TheTrace.header();
  bool Own = Head && int(Head->Pid) == sys::pid();
  if (Own)
    TheTrace.mark(trace::Ending::Execed);
  int Result = Call();
  if (Own)
    TheTrace.mark(trace::Ending::Running);
  return Result;
}
} // namespace

/// The arguments of a variadic exec as an array on the stack; then, for
/// execle, what follows them.
#define RADDLE_COLLECT_ARGUMENTS(First)                                        \
  va_list Arguments;                                                           \
  size_t Count = 0;                                                            \
  if (First) {                                                                 \
    va_start(Arguments, First);                                                \
    do                                                                         \
      ++Count;                                                                 \
    while (va_arg(Arguments, char *));                                         \
    va_end(Arguments);                                                         \
  }                                                                            \
  char **Array = static_cast<char **>(alloca((Count + 1) * sizeof(char *)));   \
  va_start(Arguments, First);                                                  \
  Array[0] = const_cast<char *>(First);                                        \
  for (size_t I = 1; I <= Count; ++I)                                          \
  Array[I] = va_arg(Arguments, char *)

RADDLE_EXPORT int execve(const char *Path, char *const *Arguments,
                         char *const *Environment) noexcept {
  ensureReal();
  Environment = RADDLE_FOR_CHILD(Environment);
  return replaced([=] { return Real.execve(Path, Arguments, Environment); });
}

RADDLE_EXPORT int execv(const char *Path, char *const *Arguments) noexcept {
  ensureReal();
  return replaced([=] { return Real.execv(Path, Arguments); });
}

RADDLE_EXPORT int execvp(const char *File, char *const *Arguments) noexcept {
  ensureReal();
  return replaced([=] { return Real.execvp(File, Arguments); });
}

RADDLE_EXPORT int execvpe(const char *File, char *const *Arguments,
                          char *const *Environment) noexcept {
  ensureReal();
  Environment = RADDLE_FOR_CHILD(Environment);
  return replaced([=] { return Real.execvpe(File, Arguments, Environment); });
}

RADDLE_EXPORT int fexecve(int Descriptor, char *const *Arguments,
                          char *const *Environment) noexcept {
  ensureReal();
  Environment = RADDLE_FOR_CHILD(Environment);
  return replaced(
      [=] { return Real.fexecve(Descriptor, Arguments, Environment); });
}

RADDLE_EXPORT int execveat(int Folder, const char *Path, char *const *Arguments,
                           char *const *Environment, int Flags) noexcept {
  ensureReal();
  Environment = RADDLE_FOR_CHILD(Environment);
  return replaced([=] {
    return Real.execveat(Folder, Path, Arguments, Environment, Flags);
  });
}

RADDLE_EXPORT int execl(const char *Path, const char *First, ...) noexcept {
  ensureReal();
  RADDLE_COLLECT_ARGUMENTS(First);
  va_end(Arguments);
  return replaced([=] { return Real.execv(Path, Array); });
}

RADDLE_EXPORT int execlp(const char *File, const char *First, ...) noexcept {
  ensureReal();
  RADDLE_COLLECT_ARGUMENTS(First);
  va_end(Arguments);
  return replaced([=] { return Real.execvp(File, Array); });
}

RADDLE_EXPORT int execle(const char *Path, const char *First, ...) noexcept {
  ensureReal();
  RADDLE_COLLECT_ARGUMENTS(First);
  char *const *Environment = va_arg(Arguments, char *const *);
  va_end(Arguments);
  Environment = RADDLE_FOR_CHILD(Environment);
  return replaced([=] { return Real.execve(Path, Array, Environment); });
}

RADDLE_EXPORT int posix_spawn(pid_t *__restrict Child,
                              const char *__restrict Path,
                              const posix_spawn_file_actions_t *Actions,
                              const posix_spawnattr_t *__restrict Attributes,
                              char *const *Arguments,
                              char *const *Environment) {
  ensureReal();
  Environment = RADDLE_FOR_CHILD(Environment);
  return Real.posix_spawn(Child, Path, Actions, Attributes, Arguments,
                          Environment);
}

RADDLE_EXPORT int posix_spawnp(pid_t *Child, const char *File,
                               const posix_spawn_file_actions_t *Actions,
                               const posix_spawnattr_t *Attributes,
                               char *const *Arguments,
                               char *const *Environment) {
  ensureReal();
  Environment = RADDLE_FOR_CHILD(Environment);
  return Real.posix_spawnp(Child, File, Actions, Attributes, Arguments,
                           Environment);
}

RADDLE_EXPORT int system(const char *Command) {
  ensureReal();
  return Real.system(Command);
}

RADDLE_EXPORT FILE *popen(const char *Command, const char *Mode) {
  ensureReal();
  return Real.popen(Command, Mode);
}
