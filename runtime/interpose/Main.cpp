// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The moment just before main: constructors have run, also the program's own,
// and no code of main has.
#include "runtime/Runtime.h"

using namespace raddle;

namespace {

using MainFunction = int (*)(int, char **, char **);
MainFunction TheMain = nullptr;

int beforeMain(int Count, char **Arguments, char **Environment) {
  startControl(true);
  // A jump: main's stack is what it is without us.
  return TheMain(Count, Arguments, Environment);
}

} // namespace

/// What a program's first instructions call. Seen only where there is something
/// to do: our constructor comes before.
RADDLE_EXPORT int __libc_start_main(MainFunction Main, int Count,
                                    char **Arguments, void (*Init)(),
                                    void (*Fini)(), void (*LoaderFini)(),
                                    void *StackEnd) {
  ensureReal();
  auto *Next =
      reinterpret_cast<decltype(&__libc_start_main)>(findNext(__func__));
  if (controlIsDue()) {
    TheMain = Main;
    Main = beforeMain;
  }
  return Next(Main, Count, Arguments, Init, Fini, LoaderFini, StackEnd);
}
