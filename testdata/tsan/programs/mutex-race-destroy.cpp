#include <pthread.h>
#include <atomic>
static pthread_mutex_t m;
static std::atomic<int> turn;
static void *other(void *) { pthread_mutex_lock(&m); pthread_mutex_unlock(&m); turn.store(1, std::memory_order_relaxed); return nullptr; }
int main() { pthread_mutex_init(&m, 0); pthread_t t; pthread_create(&t, 0, other, 0); while (!turn.load(std::memory_order_relaxed)) {} pthread_mutex_destroy(&m); pthread_join(t, 0); }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
