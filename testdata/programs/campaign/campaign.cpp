// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a campaign has to tell apart. The first argument says what happens:
//   lost          two threads count; in some orders one count is lost
//   crossed       two locks in both orders
//   nth FILE N [MS]  the N-th run fails, by a file that counts the runs; each
//                 takes MS milliseconds
//   once FILE     the first run locks a mutex twice
//   leak          a thread is left behind
//   race          two threads write one variable, and nothing comes of it
//   freed         in some orders a block is read after it was freed
//   try           a thread tries for ever for a lock that nobody gives back
//   long          a thread takes a lock 2000 times
//   dice          fails by the time of day and random numbers
//   outside FILE  fails after as many steps as another process says
//   address       fails after as many steps as an address has bits
//   atomics       fails after steps at an atomic variable
//   meet FOLDER   fails if no other run comes there
//   variable      fails where RADDLE_SAMPLE is "fail"
//   pause         takes a hundredth of a second
//   crash, spin, exit N, clean
#include <atomic>
#include <cassert>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

int Written; // Of external linkage, so that no compiler leaves writes out.

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

void race() {
  std::thread A([] { Written = 1; }), B([] { Written = 1; });
  A.join();
  B.join();
}

void freed() {
  static int *Block = new int(1);
  std::thread A([] {
    int *Mine = nullptr;
    {
      std::lock_guard Lock(First);
      Mine = Block;
    }
    std::lock_guard Lock(First);
    Count = *static_cast<volatile int *>(Mine);
  });
  std::thread B([] {
    std::lock_guard Lock(First);
    delete Block;
  });
  A.join();
  B.join();
}

void tryForEver() {
  First.lock();
  std::thread([] {
    while (!First.try_lock()) {
    }
  }).join();
}

/// As many steps of another thread.
void steps(unsigned N) {
  std::thread([N] {
    for (unsigned I = 0; I != N; ++I)
      write(read() + 1);
  }).join();
}

int dice() {
  using namespace std::chrono;
  auto Now = system_clock::now().time_since_epoch();
  unsigned Thrown = std::random_device()() % 6;
  std::printf("%u at %lld\n", Thrown,
              (long long)(duration_cast<nanoseconds>(Now).count()));
  steps(Thrown);
  return Thrown == 5 ? 7 : 0;
}

int countRuns(const char *File) {
  std::ofstream(File, std::ios::app) << 'x';
  std::ifstream In(File);
  int Runs = 0;
  while (In.get() == 'x')
    ++Runs;
  return Runs;
}

int outside(const char *File) {
  int Pipe[2];
  if (::pipe(Pipe) != 0)
    return 1;
  pid_t Child = ::fork();
  if (Child == 0) {
    char Byte = char(countRuns(File));
    // So that the parent waits for it: a read that need not wait is not told
    // of.
    ::usleep(100000);
    ::_exit(::write(Pipe[1], &Byte, 1) != 1);
  }
  char Byte = 0;
  if (::read(Pipe[0], &Byte, 1) != 1)
    return 1;
  ::waitpid(Child, nullptr, 0);
  steps(unsigned(Byte));
  return 7;
}

int address() {
  int Local = 0;
  steps(unsigned(reinterpret_cast<uintptr_t>(&Local) >> 12 & 0xff));
  return 7;
}

int atomics() {
  static std::atomic<int> Steps;
  auto Add = [] {
    for (int I = 0; I != 50; ++I)
      ++Steps;
  };
  std::thread A(Add), B(Add);
  A.join();
  B.join();
  return 7;
}

int meet(const char *Folder) {
  namespace fs = std::filesystem;
  std::string Mine = Folder + std::string("/") + std::to_string(::getpid());
  std::ofstream(Mine) << "here";
  bool Met = false;
  for (int I = 0; !Met && I != 6000; ++I) {
    Met = std::distance(fs::directory_iterator(Folder), {}) > 1;
    if (!Met)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return Met ? 0 : 7;
}

int nth(const char *File, int N, int Milliseconds = 0) {
  int Runs = countRuns(File);
  std::this_thread::sleep_for(std::chrono::milliseconds(Milliseconds));
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
    return nth(Argv[2], std::atoi(Argv[3]), Argc > 4 ? std::atoi(Argv[4]) : 0);
  else if (Is("once") && Argc > 2 && nth(Argv[2], 1))
    First.lock(), First.lock();
  else if (Is("leak"))
    std::thread([] { ::pause(); }).detach();
  else if (Is("race"))
    race();
  else if (Is("freed"))
    freed();
  else if (Is("try"))
    tryForEver();
  else if (Is("long"))
    steps(1000);
  else if (Is("dice"))
    return dice();
  else if (Is("outside") && Argc > 2)
    return outside(Argv[2]);
  else if (Is("address"))
    return address();
  else if (Is("atomics"))
    return atomics();
  else if (Is("meet") && Argc > 2)
    return meet(Argv[2]);
  else if (Is("variable")) {
    const char *Sample = std::getenv("RADDLE_SAMPLE");
    return Sample && std::strcmp(Sample, "fail") == 0 ? 7 : 0;
  } else if (Is("pause"))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  else if (Is("crash"))
    std::raise(SIGSEGV);
  else if (Is("spin"))
    spin();
  else if (Is("exit") && Argc > 2)
    return std::atoi(Argv[2]);
  else
    std::thread([] { write(1); }).join();
}
