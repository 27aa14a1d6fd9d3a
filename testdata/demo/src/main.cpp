// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Starts a job server, lets a few clients load it, and prints what happened.

#include "options.h"
#include "server.h"

#include <chrono>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace jobserver;

namespace {

void runClient(Server &server, ClientId client, unsigned jobs) {
  for (unsigned i = 0; i < jobs; ++i) {
    std::string input = "client " + std::to_string(client) + ", page " + std::to_string(i % 40);
    while (!server.submit(client, input))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

} // namespace

int main(int argc, char **argv) {
  std::optional<Options> options = parseOptions(argc, argv);
  if (!options)
    return 2;

  Server server(*options);
  {
    std::vector<std::jthread> clients;
    for (ClientId client = 0; client < options->clients; ++client)
      clients.emplace_back(
          [&server, client, jobs = options->jobsPerClient] { runClient(server, client, jobs); });
  }
  server.shutdown();

  server.metrics().print(std::cout);
  std::cout << "registered as finished: " << server.registry().finished() << '\n';
  return 0;
}
