// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A deadlock with the lock of the program's own allocator held: whoever
// allocates to report it waits too.
#include <cerrno>
#include <cstdlib>
#include <pthread.h>
#include <unistd.h>

extern "C" void *__libc_malloc(size_t);
extern "C" void *__libc_realloc(void *, size_t);

static pthread_mutex_t heap = PTHREAD_MUTEX_INITIALIZER;

extern "C" void *malloc(size_t size) {
  pthread_mutex_lock(&heap);
  void *memory = __libc_malloc(size);
  pthread_mutex_unlock(&heap);
  return memory;
}

extern "C" void *realloc(void *old, size_t size) {
  pthread_mutex_lock(&heap);
  void *memory = __libc_realloc(old, size);
  pthread_mutex_unlock(&heap);
  return memory;
}

struct Cache {
  // Its name has to be demangled to be read.
  __attribute__((noinline)) static void drop() {
    pthread_mutex_lock(&heap);
    pthread_mutex_lock(&heap);
  }
};

static void *work(void *) { return nullptr; }

int main() {
  alarm(5);
  pthread_t thread; // So that there is more than one.
  pthread_create(&thread, nullptr, work, nullptr);
  pthread_join(thread, nullptr);
  Cache::drop();
}
