// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C11 mutexes.
#include <threads.h>

namespace bad {
struct Pair {
  mtx_t a;
  mtx_t b;
  int counter;
};

void forward(Pair *pair) {
  mtx_lock(&pair->a);
  mtx_lock(&pair->b); // expect-any(c11): raddle-lock-order-inversion
  ++pair->counter;
  mtx_unlock(&pair->b);
  mtx_unlock(&pair->a);
}
void backward(Pair *pair) {
  mtx_lock(&pair->b);
  mtx_lock(&pair->a); // expect-any(c11): raddle-lock-order-inversion
  ++pair->counter;
  mtx_unlock(&pair->a);
  mtx_unlock(&pair->b);
}
} // namespace bad

namespace good_tried {
struct Pair {
  mtx_t a;
  mtx_t b;
  int counter;
};

void forward(Pair *pair) {
  mtx_lock(&pair->a);
  mtx_lock(&pair->b);
  ++pair->counter;
  mtx_unlock(&pair->b);
  mtx_unlock(&pair->a);
}
void backward(Pair *pair) {
  mtx_lock(&pair->b);
  if (mtx_trylock(&pair->a) == thrd_success) {
    ++pair->counter;
    mtx_unlock(&pair->a);
  }
  mtx_unlock(&pair->b);
}
} // namespace good_tried
