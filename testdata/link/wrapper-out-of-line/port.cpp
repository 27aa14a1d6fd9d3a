// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a call to Lock() does is known only here.
#include "port.h"
#include <cstdio>
#include <cstdlib>

namespace port {

static void check(const char *what, int result) {
  if (result != 0) {
    std::fprintf(stderr, "%s: %d\n", what, result);
    std::abort();
  }
}

Mutex::Mutex() { check("init", pthread_mutex_init(&mu_, nullptr)); }
Mutex::~Mutex() { check("destroy", pthread_mutex_destroy(&mu_)); }
void Mutex::Lock() { check("lock", pthread_mutex_lock(&mu_)); }
void Mutex::Unlock() { check("unlock", pthread_mutex_unlock(&mu_)); }

CondVar::CondVar(Mutex *mu) : mu_(mu) { check("init", pthread_cond_init(&cv_, nullptr)); }
CondVar::~CondVar() { pthread_cond_destroy(&cv_); }
void CondVar::Wait() { check("wait", pthread_cond_wait(&cv_, &mu_->mu_)); }
void CondVar::Signal() { check("signal", pthread_cond_signal(&cv_)); }

} // namespace port
