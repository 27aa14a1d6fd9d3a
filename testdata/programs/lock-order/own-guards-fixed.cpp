// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>

// Most projects have locks of their own.
class Mutex {
public:
  void lock() { impl.lock(); }
  void unlock() { impl.unlock(); }

private:
  std::mutex impl;
};

class Guard {
public:
  explicit Guard(Mutex &m) : held(m) { held.lock(); }
  ~Guard() { held.unlock(); }

private:
  Mutex &held;
};

struct Server {
  Mutex sessions, log;

  void open() {
    Guard first(sessions);
    Guard second(log);
  }
  void rotate() {
    Guard first(sessions);
    Guard second(log);
  }
};

int main() {
  Server *server = new Server;
  std::thread one([=] {
    server->open();
    nextTurn();
  });
  std::thread two([=] {
    waitForTurn(1);
    server->rotate();
  });
  one.join();
  two.join();
  delete server;
}
