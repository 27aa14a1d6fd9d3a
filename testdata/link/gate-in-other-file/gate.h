// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <mutex>

extern std::mutex gate, a, b;
extern int counter;
void takeBoth();
void takeBothReversed();
