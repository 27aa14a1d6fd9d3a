// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// folly's SharedMutex, its holders, and Synchronized.
#include <folly/SharedMutex.h>
#include <folly/Synchronized.h>
#include <mutex>

namespace bad_holders {
folly::SharedMutex a, b;
int counter;

void forward() {
  folly::SharedMutex::WriteHolder x(a);
  folly::SharedMutex::WriteHolder y(&b); // expect-any(holders): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  folly::SharedMutex::WriteHolder y(b);
  std::unique_lock<folly::SharedMutex> x(a); // expect-any(holders): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_holders

namespace bad_synchronized {
struct Users {
  int count = 0;
};
struct Rooms {
  int count = 0;
};
folly::Synchronized<Users> users;
folly::Synchronized<Rooms> rooms;

void enter() {
  auto lockedUsers = users.wlock();
  auto lockedRooms = rooms.wlock(); // expect-any(synchronized): raddle-lock-order-inversion
  lockedRooms->count += lockedUsers->count;
}
void leave() {
  auto lockedRooms = rooms.wlock();
  auto lockedUsers = users.wlock(); // expect-any(synchronized): raddle-lock-order-inversion
  lockedUsers->count -= lockedRooms->count;
}
} // namespace bad_synchronized

namespace good_temporaries {
// A temporary locked pointer gives the lock back at the end of its statement.
struct Users {
  int count = 0;
};
struct Rooms {
  int count = 0;
};
folly::Synchronized<Users> users;
folly::Synchronized<Rooms> rooms;

void enter() {
  users.wlock()->count += 1;
  rooms.wlock()->count += 1;
}
void leave() {
  rooms.wlock()->count -= 1;
  users.wlock()->count -= 1;
}
} // namespace good_temporaries

namespace good_released {
folly::SharedMutex a, b;
int counter;

void forward() {
  folly::SharedMutex::WriteHolder x(a);
  ++counter;
  x.unlock();
  folly::SharedMutex::WriteHolder y(b);
  ++counter;
}
void backward() {
  folly::SharedMutex::WriteHolder y(b);
  folly::SharedMutex::WriteHolder x(a);
  ++counter;
}
} // namespace good_released
