#include <mutex>
#include <thread>
std::mutex a, b, c;
void ab() { std::lock_guard<std::mutex> x(a); std::lock_guard<std::mutex> y(b); }
void bc() { std::lock_guard<std::mutex> x(b); std::lock_guard<std::mutex> y(c); }
void ca() { std::lock_guard<std::mutex> x(c); std::lock_guard<std::mutex> y(a); }
int main() {
  std::thread(ab).join();
  std::thread(bc).join();
  std::thread(ca).join();
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
