// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a callee blocks, and whether it consults its token, is known in queue.cpp.
#include "queue.h"

void calleeBlocks(std::stop_token stop, Queue &queue) { // expect-any(blocks): raddle-unchecked-cancellation
  while (true) // expect-any(blocks): raddle-unchecked-cancellation
    handle(queue.pop()); // expect-any(blocks): raddle-unchecked-cancellation
}
void calleeIgnoresToken(std::stop_token stop, Queue &queue) { // expect-any(ignores): raddle-unchecked-cancellation
  while (true) { // expect-any(ignores): raddle-unchecked-cancellation
    trace(stop);
    handle(queue.pop()); // expect-any(ignores): raddle-unchecked-cancellation
  }
}
void calleeConsults(std::stop_token stop, Queue &queue) {
  while (keepGoing(stop))
    handle(queue.pop());
}
void calleeHeeds(std::stop_token stop, Queue &queue) {
  int item;
  while (queue.pop(stop, item))
    handle(item);
}
void calleeDoesNotBlock(std::stop_token stop, Queue &queue) {
  int item;
  while (queue.tryPop(item))
    handle(item);
}
