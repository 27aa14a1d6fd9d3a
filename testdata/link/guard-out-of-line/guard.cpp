// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "guard.h"

void Section::enter() { mutex_.lock(); }
void Section::leave() { mutex_.unlock(); }

Inside::Inside(Section &section) : section_(&section) { section_->enter(); }
Inside::Inside(Inside &&other) noexcept : section_(other.section_) { other.section_ = nullptr; }
Inside::~Inside() { end(); }
void Inside::end() {
  if (section_) {
    section_->leave();
    section_ = nullptr;
  }
}

Inside enter(Section &section) { return Inside(section); }
