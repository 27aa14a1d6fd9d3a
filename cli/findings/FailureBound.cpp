// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/findings/FailureBound.h"
#include <algorithm>
#include <cmath>

namespace raddle::cli {
namespace {

/// Chance of at most \p Failures failures in \p Runs runs at that rate. Terms
/// are added from the largest, the last one, down until they no longer count.
double atMost(double Failures, double Runs, double Rate) {
  auto Log = [&](double K) {
    return std::lgamma(Runs + 1) - std::lgamma(K + 1) -
           std::lgamma(Runs - K + 1) + K * std::log(Rate) +
           (Runs - K) * std::log1p(-Rate);
  };
  double Term = std::exp(Log(Failures)), Sum = 0;
  for (double K = Failures; K >= 0 && Term > Sum * 1e-12; --K) {
    Sum += Term;
    Term *= K * (1 - Rate) / ((Runs - K + 1) * Rate);
  }
  return Sum;
}

} // namespace

double failureBound(uint64_t Failures, uint64_t Runs) {
  constexpr double Alpha = 0.05;
  if (Failures >= Runs)
    return 1;
  auto N = static_cast<double>(Runs), K = static_cast<double>(Failures);
  if (Failures == 0)
    return -std::expm1(std::log(Alpha) / N);
  // Too many to add up, and enough for the normal distribution.
  if (Runs > 1'000'000'000)
    return std::min(1.0, K / N + 1.645 * std::sqrt(K * (N - K) / N) / N);
  double Low = K / N, High = 1;
  for (int I = 0; I < 60 && High - Low > 1e-12; ++I) {
    double Middle = (Low + High) / 2;
    (atMost(K, N, Middle) > Alpha ? Low : High) = Middle;
  }
  return High;
}

} // namespace raddle::cli
