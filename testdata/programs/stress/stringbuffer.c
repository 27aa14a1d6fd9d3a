// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// append() asks the other buffer for its length and then for its characters:
// two critical sections, and the length may be stale in the second one.
#include "start.h"
#include <string.h>

struct buffer {
  pthread_mutex_t lock;
  int length;
  char text[16];
};

static struct buffer target = {PTHREAD_MUTEX_INITIALIZER, 1, "a"};
static struct buffer source = {PTHREAD_MUTEX_INITIALIZER, 3, "bcd"};

#ifndef FIXED
static int length_of(struct buffer *b) {
  pthread_mutex_lock(&b->lock);
  int length = b->length;
  pthread_mutex_unlock(&b->lock);
  return length;
}
#endif

static void copy(struct buffer *b, int count, char *to) {
  assert(count <= b->length);
  memcpy(to, b->text, count);
}

static void append(struct buffer *to, struct buffer *from) {
  pthread_mutex_lock(&to->lock);
#ifdef FIXED
  pthread_mutex_lock(&from->lock);
  int count = from->length;
#else
  int count = length_of(from);
  pthread_mutex_lock(&from->lock);
#endif
  copy(from, count, to->text + to->length);
  pthread_mutex_unlock(&from->lock);
  to->length += count;
  pthread_mutex_unlock(&to->lock);
}

static void erase(struct buffer *b) {
  pthread_mutex_lock(&b->lock);
  b->length = 0;
  pthread_mutex_unlock(&b->lock);
}

static void *run_erase(void *unused) {
  erase(&source);
  return unused;
}

int main(void) {
  pthread_t eraser = start(run_erase, NULL);
  append(&target, &source);
  join(eraser);
  assert(target.length == 1 || target.length == 4);
  return 0;
}
