// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files are given blocks. Which block is free is looked up before the lock of
// the blocks is taken, and two files get the same one.
#include "start.h"
#include <stdint.h>

enum { FILES = 3, BLOCKS = 4 };

static pthread_mutex_t blocks_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t file_locks[FILES] = {PTHREAD_MUTEX_INITIALIZER,
                                            PTHREAD_MUTEX_INITIALIZER,
                                            PTHREAD_MUTEX_INITIALIZER};
static int busy[BLOCKS], block_of[FILES];

static int free_block(void) {
  int block = 0;
  while (block < BLOCKS - 1 && busy[block])
    ++block;
  return block;
}

static void *create(void *number) {
  int file = (int)(intptr_t)number;
  pthread_mutex_lock(&file_locks[file]);
#ifndef FIXED
  int block = free_block();
#endif
  pthread_mutex_lock(&blocks_lock);
#ifdef FIXED
  int block = free_block();
#endif
  busy[block] = 1;
  pthread_mutex_unlock(&blocks_lock);
  block_of[file] = block;
  pthread_mutex_unlock(&file_locks[file]);
  return NULL;
}

int main(void) {
  pthread_t threads[FILES];
  for (int i = 0; i < FILES; ++i)
    threads[i] = start(create, (void *)(intptr_t)i);
  for (int i = 0; i < FILES; ++i)
    join(threads[i]);
  for (int i = 0; i < FILES; ++i)
    for (int j = 0; j < i; ++j)
      assert(block_of[i] != block_of[j]);
  return 0;
}
