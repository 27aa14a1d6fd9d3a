// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block of the heap that two threads write to is given back; the one that is
// there next belongs to one thread alone. Prints how often it was the same.
#include <atomic>
#include <cstdio>
#include <thread>

static std::atomic<long *> Block{nullptr};
static std::atomic<bool> Done{false};

static __attribute__((noinline)) void writeShared(long *To) { *To += 1; }
static __attribute__((noinline)) void writeOwn(long *To) { *To += 1; }

static void work() {
  while (!Block.load())
    std::this_thread::yield();
  writeShared(Block.load());
  Done = true;
}

int main() {
  std::thread Other(work);
  // Someone else is there all the time.
  std::atomic<bool> Stay{true};
  std::thread Third([&Stay] {
    while (Stay.load())
      std::this_thread::yield();
  });
  long *Shared = new long(0);
  Block = Shared;
  while (!Done.load())
    std::this_thread::yield();
  writeShared(Shared);
  // Compared as a number, which a compiler must not know to be another.
  volatile unsigned long Before = reinterpret_cast<unsigned long>(Shared);
  delete Shared;
  int Same = 0;
  for (int I = 0; I != 100; ++I) {
    long *Own = new long(I);
    Same += reinterpret_cast<unsigned long>(Own) == Before;
    for (int J = 0; J != 10; ++J)
      writeOwn(Own);
    delete Own;
  }
  Stay = false;
  Other.join();
  Third.join();
  printf("%d\n", Same);
}
