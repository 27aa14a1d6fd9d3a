// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two kinds of users share a room, one kind at a time: the first of a kind
// locks the room and the last one unlocks it. Both kinds count under one lock,
// and who waits for the room has it: who is inside cannot leave.
#include "start.h"

struct kind {
  pthread_mutex_t *lock;
  int inside;
};

static pthread_mutex_t count_lock = PTHREAD_MUTEX_INITIALIZER;
#ifdef FIXED
static pthread_mutex_t other_count_lock = PTHREAD_MUTEX_INITIALIZER;
#else
#define other_count_lock count_lock
#endif
static pthread_mutex_t room = PTHREAD_MUTEX_INITIALIZER;
static struct kind kinds[] = {{&count_lock, 0}, {&other_count_lock, 0}};
static int visits;

static void *visit(void *argument) {
  struct kind *mine = argument;
  pthread_mutex_lock(mine->lock);
  if (++mine->inside == 1)
    pthread_mutex_lock(&room);
  pthread_mutex_unlock(mine->lock);
  ++visits;
  pthread_mutex_lock(mine->lock);
  if (--mine->inside == 0)
    pthread_mutex_unlock(&room);
  pthread_mutex_unlock(mine->lock);
  return NULL;
}

int main(void) {
  pthread_t one = start(visit, &kinds[0]), two = start(visit, &kinds[1]);
  join(one);
  join(two);
  assert(visits == 2);
  return 0;
}
