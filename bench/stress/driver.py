# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs one program many times: by exec, as any user does, or from the runtime's
fork server. Knows nothing of what is measured."""
import collections
import ctypes
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import time

# Without the leak tracker: it is an oracle of its own, and not what is measured.
COMMON = "leaks=0:quiet=1"
TSAN_EXIT = 66

# how: None (passed), "exit", "signal", "hang". report: TSan said something.
Outcome = collections.namedtuple("Outcome", "how code report seconds")


def no_cores():
    """For this process and all that it starts."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def environment(preload=None, options=None, more=None):
    result = {k: v for k, v in os.environ.items()
              if k not in ("LD_PRELOAD", "RADDLE_OPTIONS", "TSAN_OPTIONS")}
    if preload:
        result["LD_PRELOAD"] = preload
    if options is not None:
        result["RADDLE_OPTIONS"] = COMMON + ":" + options
    result.update(more or {})
    return result


def cpu_ticks(pid):
    """Of all its threads, or None if one of them runs or the process is gone."""
    total = 0
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            if fields[0] not in "SZ":
                return None
            total += int(fields[11]) + int(fields[12])
    except OSError:
        return None
    return total


def wait(process, limit):
    """False: it hangs, because nothing in it has run for a while, or for good.
    Programs that deadlock would cost their whole time limit otherwise."""
    end = time.monotonic() + limit
    still, before = 0, None
    fd = os.pidfd_open(process.pid)
    try:
        while not select.select([fd], [], [], 0.03 if before else 0.15)[0]:
            now = cpu_ticks(process.pid)
            still = still + 1 if now is not None and now == before else 0
            before = now
            if still == 5 or time.monotonic() > end:
                return False
    finally:
        os.close(fd)
    return True


def judge(returncode, seconds, text=b""):
    """ThreadSanitizer has an exit code of its own for reports, and for crashes,
    which only its text tells apart."""
    report = b"WARNING: ThreadSanitizer" in text
    if returncode < 0:
        return Outcome("signal", returncode, report, seconds)
    if returncode == TSAN_EXIT:
        crashed = b"DEADLYSIGNAL" in text
        return Outcome("signal" if crashed else None, returncode, report,
                       seconds)
    return Outcome("exit" if returncode else None, returncode, report, seconds)


def run_once(program, env, limit, log):
    """By exec. log: a file object for what it prints to stderr."""
    log.seek(0)
    log.truncate()
    begin = time.monotonic()
    process = subprocess.Popen([program], env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=log)
    ended = wait(process, limit)
    seconds = time.monotonic() - begin
    if not ended:
        process.kill()
    process.wait()
    log.seek(0)
    text = log.read()
    if not ended:
        return Outcome("hang", None, b"WARNING: ThreadSanitizer" in text,
                       seconds)
    return judge(process.returncode, seconds, text)


class ForkServer:
    """See stress/log/RunLog.h, ForkServerAnswer."""
    READY, REFUSED, STARTED, ENDED, FAILED = range(5)
    ANSWER = struct.Struct("<Iii")

    def __init__(self, program, runtime, options, more=None):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            fd = theirs.fileno()
            env = environment(runtime, f"fork_server={fd}:{options}", more)
            self.process = subprocess.Popen(
                [program], env=env, pass_fds=[fd],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
        self.socket = ours
        answer = self.answer(20)
        self.ready = answer is not None and answer[0] == self.READY

    def answer(self, limit):
        if not select.select([self.socket], [], [], limit)[0]:
            return None
        data = self.socket.recv(self.ANSWER.size)
        return self.ANSWER.unpack(data) if len(data) == self.ANSWER.size \
            else None

    def run(self, options, limit):
        """Outcome of one run, or None if the server is gone."""
        begin = time.monotonic()
        self.socket.send(options.encode())
        started = self.answer(limit)
        if started is None or started[0] != self.STARTED:
            return None
        ended = self.answer(limit)
        if ended is None:
            os.kill(started[1], signal.SIGKILL)
            if self.answer(5) is None:
                return None
            return Outcome("hang", None, False, time.monotonic() - begin)
        if ended[0] != self.ENDED:
            return None
        return judge(os.waitstatus_to_exitcode(ended[2]),
                     time.monotonic() - begin)

    def close(self):
        self.socket.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


class RunLog:
    """The file for the option run_log; see stress/log/RunLog.h, RunLogHead."""
    HEAD = struct.Struct("<8sIIQQQiIQ16sQQQQQII")
    SIZE = 1 << 20

    def __init__(self, path):
        self.path = path
        self.fresh()

    def fresh(self):
        header_size = (self.HEAD.size + 24 + 7) // 8 * 8
        with open(self.path, "wb") as log:
            log.truncate(self.SIZE)
            log.write(struct.pack("<8sIIQ", b"RDLRUNLG", 1, header_size,
                                  self.SIZE))

    def read(self):
        """events, points, hash, or None if nothing was noted."""
        with open(self.path, "rb") as log:
            head = self.HEAD.unpack(log.read(self.HEAD.size))
        return (head[10], head[11], head[14]) if head[10] else None


def end_with_parent():
    """Helpers end when the benchmark is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
