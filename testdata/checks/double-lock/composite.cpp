// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A composite passes a call on to its parts, which are of the same type as it is: each has its own lock.
#include <memory>
#include <mutex>
#include <vector>

namespace good_virtual {
class Storage {
public:
  virtual ~Storage() = default;
  virtual int find(int key) = 0;
};
class Simple : public Storage {
public:
  int find(int key) override {
    std::lock_guard<std::mutex> lock(mutex_);
    return key + offset_;
  }

private:
  std::mutex mutex_;
  int offset_ = 1;
};
class Composite : public Storage {
public:
  int find(int key) override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto &part : parts_)
      if (int found = part->find(key))
        return found;
    return 0;
  }

private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Storage>> parts_;
};
int use(Composite &composite) { return composite.find(1); }
} // namespace good_virtual

namespace good_tree {
class Directory {
public:
  int count() {
    std::lock_guard<std::mutex> lock(mutex_);
    int sum = files_;
    for (auto &child : children_)
      sum += child->count();
    return sum;
  }
  void remove(Directory *parent) {
    if (parent)
      parent->forget();
    std::lock_guard<std::mutex> lock(mutex_);
    files_ = 0;
  }

private:
  void forget() {
    std::lock_guard<std::mutex> lock(mutex_);
    --files_;
  }
  std::mutex mutex_;
  int files_ = 0;
  std::vector<std::unique_ptr<Directory>> children_;
};
int use(Directory &directory) {
  directory.remove(nullptr);
  return directory.count();
}
} // namespace good_tree

namespace bad_itself {
class Storage {
public:
  virtual ~Storage() = default;
  virtual int find(int key) = 0;
};
class Composite : public Storage {
public:
  int find(int key) override {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(itself): raddle-double-lock
    if (key > 0)
      return find(key - 1); // expect-any(itself): raddle-double-lock
    return 0;
  }

private:
  std::mutex mutex_;
};
int use(Composite &composite) { return composite.find(1); }
} // namespace bad_itself
