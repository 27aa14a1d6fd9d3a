// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pair.h"

void three(Pair &pair) {
  forward(pair);
  backward(pair);
}
