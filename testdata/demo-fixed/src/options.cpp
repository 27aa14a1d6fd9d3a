// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "options.h"

#include <charconv>
#include <iostream>
#include <string_view>

namespace jobserver {

namespace {

bool readNumber(std::string_view text, unsigned &out) {
  const char *end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && stop == end;
}

void printUsage() {
  std::cerr << "usage: jobserver [--workers N] [--clients N] [--jobs N] [--ttl MS]\n"
               "                 [--audit FILE] [--adaptive] [--abandon]\n";
}

} // namespace

std::optional<Options> parseOptions(int argc, char **argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string_view name = argv[i];
    if (name == "--adaptive") {
      options.adaptive = true;
      continue;
    }
    if (name == "--abandon") {
      options.abandon = true;
      continue;
    }
    if (name == "--audit" && i + 1 != argc) {
      options.auditFile = argv[++i];
      continue;
    }
    unsigned number = 0;
    if (i + 1 == argc || !readNumber(argv[++i], number)) {
      printUsage();
      return std::nullopt;
    }
    if (name == "--workers" && number > 0) {
      options.workers = number;
    } else if (name == "--clients") {
      options.clients = number;
    } else if (name == "--jobs") {
      options.jobsPerClient = number;
    } else if (name == "--ttl") {
      options.resultTtl = std::chrono::milliseconds(number);
    } else {
      printUsage();
      return std::nullopt;
    }
  }
  return options;
}

} // namespace jobserver
