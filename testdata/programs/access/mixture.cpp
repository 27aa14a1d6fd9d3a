// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A little of everything that a schedule must not be shaken by: heap blocks
// that are used again, flags that are spun on, locals that others write to,
// threads that make threads. Prints what depends on the schedule.
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Item {
  std::string Name;
  int Value;
};

std::mutex Lock;
std::condition_variable Changed;
std::vector<std::shared_ptr<Item>> Items;
std::map<std::string, int> Sums;
std::atomic<bool> Go{false};
volatile bool PlainGo = false;
std::atomic<unsigned> Tickets{0};
std::string Order;

void work(int Number, int *Local) {
  while (!Go.load())
    ;
  for (int I = 0; I != 3; ++I) {
    unsigned Ticket = Tickets++;
    auto New = std::make_shared<Item>();
    New->Name = "item with a name that needs the heap " + std::to_string(I);
    New->Value = int(Ticket);
    {
      std::lock_guard<std::mutex> Guard(Lock);
      Items.push_back(std::move(New));
      Sums[Items.back()->Name] += Number;
      Order += char('a' + Number);
    }
    Changed.notify_one();
    if (I == 1) {
      std::vector<int> Scratch(50, Number);
      std::thread Inner([&Scratch, Local] { *Local += Scratch[7]; });
      Inner.join();
    }
  }
}

} // namespace

int main() {
  int Locals[3] = {};
  std::vector<std::thread> Threads;
  for (int I = 0; I != 3; ++I)
    Threads.emplace_back(work, I + 1, &Locals[I]);
  std::thread Setter([] {
    while (!PlainGo)
      ;
    Go = true;
  });
  PlainGo = true;
  {
    std::unique_lock<std::mutex> Guard(Lock);
    Changed.wait(Guard, [] { return Items.size() >= 5; });
  }
  for (std::thread &T : Threads)
    T.join();
  Setter.join();
  int Total = 0;
  for (auto &[Name, Sum] : Sums)
    Total += Sum;
  printf("%zu %d %d%d%d %s\n", Items.size(), Total, Locals[0], Locals[1],
         Locals[2], Order.c_str());
}
