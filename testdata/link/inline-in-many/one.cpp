// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pair.h"

void one(Pair &pair) {
  forward(pair);
  backward(pair);
}
