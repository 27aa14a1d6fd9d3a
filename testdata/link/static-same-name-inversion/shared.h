// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <mutex>

extern std::mutex a;
extern std::mutex b;
extern int counter;
