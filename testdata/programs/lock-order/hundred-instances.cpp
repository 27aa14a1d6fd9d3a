// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: raddle-lock-order-inversion "forth"
#include "turns.h"
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

struct Node {
  std::mutex state, log;
};

void forth(Node &node) {
  std::lock_guard<std::mutex> first(node.state);
  std::lock_guard<std::mutex> second(node.log);
}

void back(Node &node) {
  std::lock_guard<std::mutex> first(node.log);
  std::lock_guard<std::mutex> second(node.state);
}

int main() {
  std::vector<std::unique_ptr<Node>> nodes;
  for (int i = 0; i < 100; ++i)
    nodes.push_back(std::make_unique<Node>());
  std::thread one([&] {
    for (auto &node : nodes)
      forth(*node);
    nextTurn();
  });
  std::thread two([&] {
    waitForTurn(1);
    for (auto &node : nodes)
      back(*node);
  });
  one.join();
  two.join();
}
