// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pair.h"

void two(Pair &pair) {
  forward(pair);
  backward(pair);
}
