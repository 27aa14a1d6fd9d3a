// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The declarations that RealFunctions.def needs.
#ifndef RADDLE_RUNTIME_INTERPOSE_REALFUNCTIONS_H
#define RADDLE_RUNTIME_INTERPOSE_REALFUNCTIONS_H

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

// What calls become in programs built with -D_FORTIFY_SOURCE; the headers
// declare them only there.
extern "C" {
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *__restrict, size_t, size_t, int,
                       sockaddr *__restrict, socklen_t *__restrict);
int __poll_chk(pollfd *, nfds_t, int, size_t);
int __ppoll_chk(pollfd *, nfds_t, const timespec *, const sigset_t *, size_t);
}

// std::random_device::_M_getval() of libstdc++.
extern "C" unsigned _ZNSt13random_device9_M_getvalEv(void *);

#endif
