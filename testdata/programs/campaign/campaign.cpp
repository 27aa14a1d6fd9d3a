// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a campaign has to tell apart. The first argument says what happens:
//   lost          two threads count; in some orders one count is lost
//   crossed       two locks in both orders
//   nth FILE N    the N-th run fails, by a file that counts the runs
//   once FILE     the first run locks a mutex twice
//   leak          a thread is left behind
//   crash, spin, exit N, clean
#include <cassert>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace {

std::mutex First, Second;
int Count = 0;

int read() {
  std::lock_guard Lock(First);
  return Count;
}
void write(int Value) {
  std::lock_guard Lock(First);
  Count = Value;
}

void lost() {
  auto Add = [] {
    int Old = read();
    write(Old + 1);
  };
  std::thread A(Add), B(Add);
  A.join();
  B.join();
  assert(Count == 2);
}

void crossed() {
  std::thread A([] {
    std::lock_guard One(First);
    std::lock_guard Two(Second);
  });
  std::thread B([] {
    std::lock_guard Two(Second);
    std::lock_guard One(First);
  });
  A.join();
  B.join();
}

int nth(const char *File, int N) {
  std::ofstream(File, std::ios::app) << 'x';
  std::ifstream In(File);
  int Runs = 0;
  while (In.get() == 'x')
    ++Runs;
  if (Runs == N)
    std::printf("this is run %d\n", N);
  return Runs == N ? 7 : 0;
}

[[noreturn]] void spin() {
  std::thread([] {
    for (volatile unsigned I = 0;; I = I + 1) {
    }
  }).join();
  std::abort();
}

} // namespace

int main(int Argc, char **Argv) {
  auto Is = [&](const char *Mode) {
    return Argc > 1 && std::strcmp(Argv[1], Mode) == 0;
  };
  if (Is("lost"))
    lost();
  else if (Is("crossed"))
    crossed();
  else if (Is("nth") && Argc > 3)
    return nth(Argv[2], std::atoi(Argv[3]));
  else if (Is("once") && Argc > 2 && nth(Argv[2], 1))
    First.lock(), First.lock();
  else if (Is("leak"))
    std::thread([] { ::pause(); }).detach();
  else if (Is("crash"))
    std::raise(SIGSEGV);
  else if (Is("spin"))
    spin();
  else if (Is("exit") && Argc > 2)
    return std::atoi(Argv[2]);
  else
    std::thread([] { write(1); }).join();
}
