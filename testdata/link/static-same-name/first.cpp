// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// 'own' and 'step' are static here and in second.cpp: four entities. Here 'own' comes before 'shared'.
#include "shared.h"

std::mutex shared;
int counter;

static std::mutex own;

static void step() {
  std::lock_guard<std::mutex> lock(shared);
  ++counter;
}

void first() {
  std::lock_guard<std::mutex> lock(own);
  step();
}
