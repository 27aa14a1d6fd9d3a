// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "job.h"

namespace jobserver {

std::uint64_t runJob(const Job &job) {
  std::uint64_t digest = 14695981039346656037ull;
  for (int round = 0; round < 200; ++round) {
    for (unsigned char c : job.input)
      digest = (digest ^ c) * 1099511628211ull;
  }
  return digest;
}

} // namespace jobserver
