#include <pthread.h>
#include <unistd.h>
static void *work(void *) { pthread_setname_np(pthread_self(), "leaky"); return nullptr; }
int main() {
  for (int i = 0; i < 3; i++) { pthread_t t; pthread_create(&t, nullptr, work, nullptr); }
  sleep(1);
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
