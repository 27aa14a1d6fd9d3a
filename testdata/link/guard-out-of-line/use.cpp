// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "guard.h"

namespace bad {
Section a, b;
int counter;

void forward() {
  Inside x(a);
  Inside y = enter(b); // expect-any(bad): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  Inside y(b);
  Inside x(a); // expect-any(bad): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad

namespace good {
Section a, b;
int counter;

void forward() {
  Inside x = enter(a);
  ++counter;
  x.end();
  Inside y(b);
  ++counter;
}
void backward() {
  Inside y(b);
  Inside x(a);
  ++counter;
}
} // namespace good
