// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asio looks up names in a thread of its own, which lives as long as its
// context. With an argument, a pool of the user's is left.
#include "threads.h"
#include <asio.hpp>

int main(int Argc, char **) {
  auto *Context = new asio::io_context;
  auto *Resolver = new asio::ip::tcp::resolver(*Context);
  Resolver->async_resolve("localhost", "80", [](auto, auto) {});
  Context->run();
  if (Argc > 1)
    asio::post(*new asio::thread_pool(1), [] {});
  printThreads();
}
