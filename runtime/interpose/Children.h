// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The environment of programs that this one starts.
//
// Without follow_children it is left alone: what starts us was taken out of
// `environ` at start-up, so what is in there now the caller put in.
#ifndef RADDLE_RUNTIME_INTERPOSE_CHILDREN_H
#define RADDLE_RUNTIME_INTERPOSE_CHILDREN_H

#include <alloca.h>
#include <stddef.h>

namespace raddle {

/// Notes what children need, from the environment that we were started with.
void keepForChildren(char **Environment);

/// How many bytes childEnvironment() needs; 0: \p Environment will do as it is.
size_t childEnvironmentSize(char *const *Environment);
/// A copy of \p Environment in \p Memory that has us in.
char *const *childEnvironment(char *const *Environment, void *Memory);

/// What to hand on instead of \p Environment. On the caller's stack: in the
/// child of a vfork nothing else may be used.
#define RADDLE_FOR_CHILD(Environment)                                          \
  (::raddle::childEnvironmentSize(Environment)                                 \
       ? ::raddle::childEnvironment(                                           \
             Environment, alloca(::raddle::childEnvironmentSize(Environment))) \
       : Environment)

} // namespace raddle

#endif
