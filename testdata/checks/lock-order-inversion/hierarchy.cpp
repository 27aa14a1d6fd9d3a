// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One class, but always from the parent to the child, or from an element to its successor.
#include <memory>
#include <mutex>
#include <vector>

namespace good_tree {
class Node {
public:
  int sum() {
    std::lock_guard<std::mutex> lock(mutex_);
    int total = value_;
    for (auto &child : children_)
      total += child->sum();
    return total;
  }
  void addTo(Node &parent) { // the new node is locked within its parent, too
    std::lock_guard<std::mutex> lock(parent.mutex_);
    parent.children_.push_back(std::make_unique<Node>());
    std::lock_guard<std::mutex> inner(parent.children_.back()->mutex_);
    parent.children_.back()->value_ = 1;
  }

private:
  std::mutex mutex_;
  int value_ = 0;
  std::vector<std::unique_ptr<Node>> children_;
};
} // namespace good_tree

namespace good_hand_over_hand {
struct Item {
  std::mutex mutex;
  int value = 0;
  Item *next = nullptr;
};

bool contains(Item *head, int value) {
  Item *current = head;
  current->mutex.lock();
  while (current->next) {
    Item *next = current->next;
    next->mutex.lock();
    current->mutex.unlock();
    current = next;
    if (current->value == value) {
      current->mutex.unlock();
      return true;
    }
  }
  current->mutex.unlock();
  return false;
}
} // namespace good_hand_over_hand

namespace good_wrapped_object {
// The outer stream locks itself, then the stream below it, which may be of the same class.
class Stream {
public:
  explicit Stream(Stream *below) : below_(below) {}
  void write(int byte) {
    std::lock_guard<std::mutex> lock(mutex_);
    last_ = byte;
    if (below_)
      below_->write(byte);
  }

private:
  Stream *below_;
  std::mutex mutex_;
  int last_ = 0;
};
} // namespace good_wrapped_object
