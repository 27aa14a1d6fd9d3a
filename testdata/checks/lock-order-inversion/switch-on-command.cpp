// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function that does one of several things, by an enumerator that its caller
// sets: only the case of that enumerator counts for the caller.
#include <mutex>

struct Command {
  enum Kind { Attach, Stop } kind;
};

namespace good_other_case {
std::mutex endpoints, monitor;
int counter;

static void run(const Command &command) {
  switch (command.kind) {
  case Command::Attach:
    ++counter;
    break;
  case Command::Stop: {
    std::lock_guard<std::mutex> x(monitor);
    --counter;
    break;
  }
  }
}
void attach() {
  std::lock_guard<std::mutex> x(endpoints);
  Command command;
  command.kind = Command::Attach;
  run(command);
}
void watch() {
  std::lock_guard<std::mutex> x(monitor);
  std::lock_guard<std::mutex> y(endpoints);
  ++counter;
}
} // namespace good_other_case

namespace bad_that_case {
std::mutex endpoints, monitor;
int counter;

static void run(const Command &command) {
  switch (command.kind) {
  case Command::Attach:
    ++counter;
    break;
  case Command::Stop: {
    std::lock_guard<std::mutex> x(monitor); // expect-any(case): raddle-lock-order-inversion
    --counter;
    break;
  }
  }
}
void stop() {
  std::lock_guard<std::mutex> x(endpoints);
  Command command;
  command.kind = Command::Stop;
  run(command);
}
void watch() {
  std::lock_guard<std::mutex> x(monitor);
  std::lock_guard<std::mutex> y(endpoints); // expect-any(case): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_that_case
