#include <pthread.h>
#include <unistd.h>
int counter;
static void bump() { counter++; }
void *worker(void *) { bump(); return nullptr; }
int main() {
  pthread_t a, b;
  pthread_create(&a, nullptr, worker, nullptr);
  pthread_create(&b, nullptr, worker, nullptr);
  pthread_join(a, nullptr);
  pthread_join(b, nullptr);
  return 0;
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
