// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// plugin-host LIBRARY FOLDER [leak]: loads the library, goes to the folder, and
// lets two threads call it; with "leak" a third one stays, and the library too.
#include "lock-order/turns.h"
#include <dlfcn.h>
#include <thread>
#include <unistd.h>

int main(int count, char **arguments) {
  void *library = count > 2 ? dlopen(arguments[1], RTLD_NOW) : nullptr;
  if (!library || chdir(arguments[2]) != 0)
    return 9;
  auto find = [&](const char *name) {
    return reinterpret_cast<void (*)()>(dlsym(library, name));
  };
  // At the same time, but not in each other's way.
  std::thread one([call = find("forth")] {
    call();
    nextTurn();
  });
  std::thread other([call = find("back")] {
    waitForTurn(1);
    call();
  });
  one.join();
  other.join();
  if (count > 3)
    find("leak")();
  else
    dlclose(library);
}
