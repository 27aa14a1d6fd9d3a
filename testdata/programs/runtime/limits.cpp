// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Little memory, small files: what fails, fails as it does alone, and what
// does not goes on. With "late", the address space ends only after start-up.
#include "check.h"
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace {

pthread_mutex_t Locks[40];

void *nest(void *) {
  for (auto &L : Locks)
    pthread_mutex_lock(&L);
  for (auto &L : Locks)
    pthread_mutex_unlock(&L);
  return nullptr;
}

void limit(int What, rlim_t To) {
  rlimit L;
  getrlimit(decltype(RLIMIT_AS)(What), &L);
  L.rlim_cur = To;
  CHECK(setrlimit(decltype(RLIMIT_AS)(What), &L) == 0);
}

} // namespace

int main() {
  for (auto &L : Locks)
    pthread_mutex_init(&L, nullptr);
  pthread_t T;
  // No more than what is there now: every mmap fails from here.
  limit(RLIMIT_AS, 1);
  errno = 0;
  void *Memory =
      mmap(nullptr, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(Memory == MAP_FAILED && errno == ENOMEM);
  nest(nullptr);
  int Result = pthread_create(&T, nullptr, nest, nullptr);
  printf("a thread without memory: %d\n", Result);
  void *volatile Large = malloc(64 << 20);
  CHECK(Large == nullptr);
  limit(RLIMIT_AS, RLIM_INFINITY);
  for (int I = 0; I != 20; ++I) {
    CHECK(pthread_create(&T, nullptr, nest, nullptr) == 0);
    CHECK(pthread_join(T, nullptr) == 0);
  }
  // Threads until there are no more.
  limit(RLIMIT_AS, rlim_t(1) << 31);
  std::vector<pthread_t> All;
  All.reserve(1000);
  pthread_attr_t Huge;
  pthread_attr_init(&Huge);
  pthread_attr_setstacksize(&Huge, 256 << 20);
  // They wait at a gate that never opens; it is there before the first comes.
  pthread_barrier_t Gate;
  pthread_barrier_init(&Gate, nullptr, 1000);
  for (;;) {
    Result = pthread_create(
        &T, &Huge,
        [](void *G) -> void * {
          nest(nullptr);
          pthread_barrier_wait(static_cast<pthread_barrier_t *>(G));
          return nullptr;
        },
        &Gate);
    if (Result != 0)
      break;
    pthread_detach(T);
    All.push_back(T);
    if (All.size() == 100)
      break;
  }
  CHECK(Result == EAGAIN && !All.empty() && All.size() < 10);
  limit(RLIMIT_AS, RLIM_INFINITY);
  CHECK(pthread_create(&T, nullptr, nest, nullptr) == 0);
  CHECK(pthread_join(T, nullptr) == 0);
  // A file of the host's that grows too long.
  signal(SIGXFSZ, SIG_IGN);
  limit(RLIMIT_FSIZE, 4096);
  char Name[] = "/tmp/raddle-guest-XXXXXX";
  int File = mkstemp(Name);
  unlink(Name);
  std::vector<char> Block(8192);
  CHECK(write(File, Block.data(), Block.size()) == 4096);
  CHECK(write(File, Block.data(), Block.size()) == -1 && errno == EFBIG);
  for (int I = 0; I != 200; ++I) {
    CHECK(pthread_create(&T, nullptr, nest, nullptr) == 0);
    CHECK(pthread_join(T, nullptr) == 0);
  }
  puts("limits: done");
  fflush(stdout);
  _exit(0);
}
