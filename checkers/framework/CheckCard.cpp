// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/framework/CheckCard.h"

namespace raddle::checkers {

const CheckCard *findCheck(llvm::StringRef Id) {
  for (const CheckCard &Card : allChecks())
    if (Card.Id == Id)
      return &Card;
  return nullptr;
}

} // namespace raddle::checkers
