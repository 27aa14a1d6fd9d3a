// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two instances of one class: swapped arguments are an inversion, an order by address or id is none.
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

struct Account {
  int id = 0;
  std::mutex mutex;
  int balance = 0;
};

namespace bad_swapped {
static void transfer(Account &from, Account &to, int amount) {
  std::lock_guard<std::mutex> x(from.mutex);
  std::lock_guard<std::mutex> y(to.mutex); // expect: raddle-lock-order-inversion "Account::mutex"
  from.balance -= amount;
  to.balance += amount;
}

void run(Account &one, Account &two) {
  std::thread there([&] { transfer(one, two, 1); });
  std::thread back([&] { transfer(two, one, 2); });
  there.join();
  back.join();
}
} // namespace bad_swapped

namespace bad_globals {
struct Book {
  std::mutex mutex;
  int pages = 0;
};
static Book left, right;

void copyRight() {
  std::lock_guard<std::mutex> x(left.mutex);
  std::lock_guard<std::mutex> y(right.mutex); // expect-any(globals): raddle-lock-order-inversion
  right.pages = left.pages;
}
void copyLeft() {
  std::lock_guard<std::mutex> x(right.mutex);
  std::lock_guard<std::mutex> y(left.mutex); // expect-any(globals): raddle-lock-order-inversion
  left.pages = right.pages;
}
} // namespace bad_globals

namespace good_one_direction {
struct Ledger {
  std::mutex mutex;
  int sum = 0;
};

static void add(Ledger &from, Ledger &to) {
  std::lock_guard<std::mutex> x(from.mutex);
  std::lock_guard<std::mutex> y(to.mutex);
  to.sum += from.sum;
}

void run(Ledger &one, Ledger &two) {
  std::thread there([&] { add(one, two); });
  std::thread again([&] { add(one, two); });
  there.join();
  again.join();
}
} // namespace good_one_direction

namespace good_by_address {
struct Purse {
  std::mutex mutex;
  int coins = 0;
};

static void transfer(Purse &from, Purse &to) {
  if (&from < &to) {
    std::lock_guard<std::mutex> x(from.mutex);
    std::lock_guard<std::mutex> y(to.mutex);
    --from.coins;
    ++to.coins;
  } else {
    std::lock_guard<std::mutex> y(to.mutex);
    std::lock_guard<std::mutex> x(from.mutex);
    --from.coins;
    ++to.coins;
  }
}

void run(Purse &one, Purse &two) {
  std::thread there([&] { transfer(one, two); });
  std::thread back([&] { transfer(two, one); });
  there.join();
  back.join();
}
} // namespace good_by_address

namespace good_by_address_swapped_pointers {
struct Purse {
  std::mutex mutex;
  int coins = 0;
};

static void transfer(Purse *from, Purse *to) {
  Purse *first = from;
  Purse *second = to;
  if (std::less<Purse *>()(second, first))
    std::swap(first, second);
  std::lock_guard<std::mutex> x(first->mutex);
  std::lock_guard<std::mutex> y(second->mutex);
  --from->coins;
  ++to->coins;
}

void run(Purse &one, Purse &two) {
  std::thread there([&] { transfer(&one, &two); });
  std::thread back([&] { transfer(&two, &one); });
  there.join();
  back.join();
}
} // namespace good_by_address_swapped_pointers

namespace good_by_id {
struct Purse {
  int id = 0;
  std::mutex mutex;
  int coins = 0;
};

static void transfer(Purse &from, Purse &to) {
  Purse &first = from.id < to.id ? from : to;
  Purse &second = from.id < to.id ? to : from;
  std::lock_guard<std::mutex> x(first.mutex);
  std::lock_guard<std::mutex> y(second.mutex);
  --from.coins;
  ++to.coins;
}

void run(Purse &one, Purse &two) {
  std::thread there([&] { transfer(one, two); });
  std::thread back([&] { transfer(two, one); });
  there.join();
  back.join();
}
} // namespace good_by_id
