// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inline functions that three files include: one finding, not three.
#pragma once
#include <mutex>

struct Pair {
  std::mutex left;
  std::mutex right;
  int value = 0;
};

inline void forward(Pair &pair) {
  std::lock_guard<std::mutex> x(pair.left);
  std::lock_guard<std::mutex> y(pair.right); // expect-any(header): raddle-lock-order-inversion "Pair::left" "Pair::right"
  ++pair.value;
}
inline void backward(Pair &pair) {
  std::lock_guard<std::mutex> y(pair.right);
  std::lock_guard<std::mutex> x(pair.left); // expect-any(header): raddle-lock-order-inversion "Pair::left" "Pair::right"
  --pair.value;
}
