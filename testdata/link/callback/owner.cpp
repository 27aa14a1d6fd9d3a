// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "registry.h"

class Owner {
public:
  void clear() {
    registry_.forEach([this](int item) { // expect-any(callback): raddle-double-lock
      registry_.remove(item); // expect-any(callback): raddle-double-lock
    });
  }
  void copyTo(Registry &other) {
    // Another registry's lock.
    registry_.forEach([&](int item) { other.remove(item); });
  }

private:
  Registry registry_;
};

void use(Owner &owner, Registry &other) {
  owner.clear();
  owner.copyTo(other);
}
