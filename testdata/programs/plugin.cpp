// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A library that plugin-host loads by a relative path.
#include <chrono>
#include <mutex>
#include <thread>

std::mutex pluginFirst, pluginSecond;

static void sleepInPlugin() {
  std::this_thread::sleep_for(std::chrono::hours(1));
}

extern "C" void leak() { std::thread(sleepInPlugin).detach(); }

extern "C" void forth() {
  std::lock_guard<std::mutex> first(pluginFirst);
  std::lock_guard<std::mutex> second(pluginSecond);
}

extern "C" void back() {
  std::lock_guard<std::mutex> second(pluginSecond);
  std::lock_guard<std::mutex> first(pluginFirst);
}
