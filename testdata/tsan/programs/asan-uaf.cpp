#include <thread>
struct Session { int id = 7; };
static int use(Session *s) { return s->id; }
int main() {
  auto *s = new Session;
  std::thread t([s] { delete s; });
  t.join();
  return use(s);
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
