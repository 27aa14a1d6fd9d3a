// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A readers-writer lock whose readers may become writers: two who want to wait
// for each other to stop reading.
#include "start.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int readers, writing, upgrading;
static int made;

static void begin_read(void) {
  pthread_mutex_lock(&lock);
  while (writing)
    pthread_cond_wait(&changed, &lock);
  ++readers;
  pthread_mutex_unlock(&lock);
}

static void end_read(void) {
  pthread_mutex_lock(&lock);
  --readers;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void upgrade(void) {
  pthread_mutex_lock(&lock);
#ifdef FIXED
  if (upgrading) {
    // The other one goes first; what was read has to be read again.
    --readers;
    pthread_cond_broadcast(&changed);
    while (readers || writing)
      pthread_cond_wait(&changed, &lock);
    ++readers;
  }
#endif
  upgrading = 1;
  while (readers > 1)
    pthread_cond_wait(&changed, &lock);
  upgrading = 0;
  readers = 0;
  writing = 1;
  pthread_mutex_unlock(&lock);
}

static void end_write(void) {
  pthread_mutex_lock(&lock);
  writing = 0;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void *make_once(void *unused) {
  begin_read();
  if (made) {
    end_read();
    return unused;
  }
  upgrade();
  if (!made)
    made = 1;
  end_write();
  return unused;
}

int main(void) {
  pthread_t one = start(make_once, NULL), two = start(make_once, NULL);
  join(one);
  join(two);
  return 0;
}
