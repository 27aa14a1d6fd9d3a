// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a job is ready is read under the shared lock, and it is claimed under
// the exclusive one, without a second look: two workers claim it.
#include "start.h"
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace {

std::shared_mutex lock;
bool ready = true;
int runs;

void work() {
  {
    std::shared_lock<std::shared_mutex> reading(lock);
    if (!ready)
      return;
  }
  std::unique_lock<std::shared_mutex> writing(lock);
#ifdef FIXED
  if (!ready)
    return;
#endif
  ready = false;
  ++runs;
}

} // namespace

int main() {
  std::thread one(work), two(work);
  one.join();
  two.join();
  assert(runs == 1);
}
