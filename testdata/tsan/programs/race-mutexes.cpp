#include <mutex>
#include <thread>
std::mutex first, second;
struct Account { long balance = 0; };
static Account account;
void deposit(long n) { std::lock_guard<std::mutex> g(first); account.balance += n; }
void withdraw(long n) { std::lock_guard<std::mutex> g(second); account.balance -= n; }
int main() {
  std::thread a(deposit, 5), b(withdraw, 3);
  a.join(); b.join();
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
