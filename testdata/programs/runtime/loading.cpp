// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads and unloads a library over and over, while threads use locks and call
// into it.
#include "check.h"
#include <atomic>
#include <dlfcn.h>
#include <mutex>
#include <string>
#include <thread>

int main(int, char **Arguments) {
  std::string Path = Arguments[0];
  Path = Path.substr(0, Path.rfind('/')) + "/loading-library.so";
  std::atomic<bool> Stop{false};
  std::mutex M;
  std::thread Other([&] {
    while (!Stop) {
      std::lock_guard<std::mutex> G(M);
      void *Again = dlopen("libm.so.6", RTLD_NOW);
      CHECK(Again != nullptr);
      CHECK(dlclose(Again) == 0);
    }
  });
  int Loaded = 0;
  for (int I = 0; I != 60; ++I) {
    void *Library = dlopen(Path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!Library) {
      puts(dlerror());
      break;
    }
    auto *Work = reinterpret_cast<int (*)()>(dlsym(Library, "work"));
    std::thread A([=] { Work(); }), B([=] { Work(); });
    A.join();
    B.join();
    // Three, as it is a new one each time.
    CHECK(Work() == 3);
    CHECK(dlclose(Library) == 0);
    ++Loaded;
  }
  Stop = true;
  Other.join();
  CHECK(dlopen("no-such-library.so", RTLD_NOW) == nullptr);
  CHECK(dlerror() != nullptr && dlerror() == nullptr);
  printf("loaded %d times\n", Loaded);
}
