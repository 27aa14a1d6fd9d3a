// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <mutex>

class Section {
public:
  void enter();
  void leave();

private:
  std::mutex mutex_;
};

class Inside {
public:
  explicit Inside(Section &section);
  Inside(Inside &&other) noexcept;
  ~Inside();
  void end();

private:
  Section *section_;
};

Inside enter(Section &section);
