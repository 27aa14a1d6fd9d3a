// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads, writes, sockets and queues.
#include "calls.h"
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

// What calls become in programs built with -D_FORTIFY_SOURCE.
extern "C" {
ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *__restrict, size_t, size_t, int,
                       sockaddr *__restrict, socklen_t *__restrict);
}

void files() {
  int Pipe[2];
  char Buffer[16] = "text";
  iovec Vector = {Buffer, 4};
  if (pipe2(Pipe, O_NONBLOCK) != 0)
    return;
  SHOW(read(Pipe[0], Buffer, 4));
  SHOW(write(Pipe[1], "abcd", 4));
  SHOW(read(Pipe[0], Buffer, 4));
  SHOW(writev(Pipe[1], &Vector, 1));
  SHOW(readv(Pipe[0], &Vector, 1));
  SHOW(read(-1, Buffer, 4));
  SHOW(write(-1, Buffer, 4));
  SHOW(readv(-1, &Vector, 1));
  SHOW(writev(-1, &Vector, 1));
  SHOW(__read_chk(Pipe[0], Buffer, 4, sizeof(Buffer)));
  SHOW(__read_chk(-1, Buffer, 4, sizeof(Buffer)));
  SHOW(fcntl(Pipe[0], F_GETFL) & O_NONBLOCK);
  SHOW(fcntl(Pipe[0], F_SETLKW, nullptr));
  SHOW(fcntl64(-1, F_GETFL));
  SHOW(flock(-1, LOCK_EX));
  FILE *Temporary = tmpfile();
  SHOW(flock(fileno(Temporary), LOCK_EX));
  struct flock Whole = {};
  Whole.l_type = F_WRLCK;
  SHOW(fcntl(fileno(Temporary), F_SETLKW, &Whole));
  fclose(Temporary);
  int Pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, Pair) != 0)
    return;
  msghdr Message = {};
  Message.msg_iov = &Vector;
  Message.msg_iovlen = 1;
  SHOW(send(Pair[0], "abcd", 4, 0));
  SHOW(recv(Pair[1], Buffer, 4, 0));
  SHOW(sendto(Pair[0], "abcd", 4, 0, nullptr, 0));
  SHOW(recvfrom(Pair[1], Buffer, 4, 0, nullptr, nullptr));
  SHOW(sendmsg(Pair[0], &Message, 0));
  SHOW(recvmsg(Pair[1], &Message, 0));
  SHOW(__recv_chk(Pair[1], Buffer, 4, sizeof(Buffer), MSG_DONTWAIT));
  SHOW(__recvfrom_chk(Pair[1], Buffer, 4, sizeof(Buffer), MSG_DONTWAIT, nullptr,
                      nullptr));
  SHOW(recv(Pair[1], Buffer, 4, MSG_DONTWAIT));
  SHOW(send(-1, Buffer, 4, 0));
  SHOW(sendto(-1, Buffer, 4, 0, nullptr, 0));
  SHOW(recvfrom(-1, Buffer, 4, 0, nullptr, nullptr));
  SHOW(sendmsg(-1, &Message, 0));
  SHOW(recvmsg(-1, &Message, 0));
  int Listener = socket(AF_INET, SOCK_STREAM, 0), Client;
  sockaddr_in Address = {};
  Address.sin_family = AF_INET;
  Address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t Length = sizeof(Address);
  auto *Plain = reinterpret_cast<sockaddr *>(&Address);
  bind(Listener, Plain, Length);
  getsockname(Listener, Plain, &Length);
  listen(Listener, 4);
  for (int I = 0; I != 2; ++I) {
    Client = socket(AF_INET, SOCK_STREAM, 0);
    SHOW(connect(Client, Plain, Length));
    int Got = I ? accept4(Listener, nullptr, nullptr, SOCK_CLOEXEC)
                : accept(Listener, nullptr, nullptr);
    SHOW(Got >= 0);
  }
  SHOW(connect(-1, Plain, Length));
  SHOW(accept(-1, nullptr, nullptr));
  SHOW(accept4(-1, nullptr, nullptr, 0));
  struct {
    long Type;
    char Text[8];
  } Letter = {1, "letter"};
  int Queue = msgget(IPC_PRIVATE, 0600);
  if (Queue >= 0) {
    SHOW(msgsnd(Queue, &Letter, 8, 0));
    SHOW(msgrcv(Queue, &Letter, 8, 0, 0));
    SHOW(msgrcv(Queue, &Letter, 8, 0, IPC_NOWAIT));
    msgctl(Queue, IPC_RMID, nullptr);
  }
  SHOW(msgsnd(-1, &Letter, 8, 0));
  int Set = semget(IPC_PRIVATE, 1, 0600);
  if (Set >= 0) {
    sembuf Up = {0, 1, 0};
    SHOW(semop(Set, &Up, 1));
    semctl(Set, 0, IPC_RMID);
  }
  SHOW(semop(-1, nullptr, 1));
  SHOW(mq_receive(-1, Buffer, 4, nullptr));
  SHOW(mq_send(-1, Buffer, 4, 0));
}
