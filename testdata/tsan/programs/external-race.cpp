#include <thread>
extern "C" { void *__tsan_external_register_tag(const char *); void __tsan_external_write(void *, void *, void *); void __tsan_external_assign_tag(void *, void *); void __tsan_external_register_header(void*,const char*);}
int main() {
  void *tag = __tsan_external_register_tag("Bag of things");
  long *o = new long;
  __tsan_external_assign_tag(o, tag);
  std::thread t([&] { __tsan_external_write(o, __builtin_return_address(0), tag); });
  __tsan_external_write(o, __builtin_return_address(0), tag);
  t.join();
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
