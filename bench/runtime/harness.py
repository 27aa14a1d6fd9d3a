# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the programs of real_programs share: running them, bounded in time, and
what they cost."""
import collections
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# output: what has to be the same with and without the runtime. wall and cpu: in
# seconds, of the work alone.
Result = collections.namedtuple("Result", "output code wall cpu")
TICK = os.sysconf("SC_CLK_TCK")
TIME_LIMIT = 120


class Failure(Exception):
    """The program did not do its work: it crashed, hung or refused."""


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def file_digest(path):
    with open(path, "rb") as data:
        return digest(data.read())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def client(command, env=None):
    """Runs a program that is not the one observed; returns what it prints."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, env=env,
                              stderr=subprocess.STDOUT, timeout=TIME_LIMIT,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise Failure(f"{command[0]}: not done in {TIME_LIMIT} s") from None
    if done.returncode:
        raise Failure(f"{command[0]}: exit code {done.returncode}: "
                      + done.stdout.decode(errors="replace")[-400:])
    return done.stdout


def wait(process, limit, what):
    """Its resource usage and exit code; never leaves it running."""
    end = time.monotonic() + limit
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage, process.returncode
        if time.monotonic() > end:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise Failure(f"{what}: not done in {limit} s")
        time.sleep(0.002)


def living_cpu(pid):
    """CPU seconds of a process, without its children. Threads that ended
    count."""
    try:
        return time.clock_gettime(~pid << 3 | 2)  # As clock_getcpuclockid().
    except OSError:
        return 0.0


def tree_cpu(root):
    """CPU seconds of a process, its descendants and those that ended."""
    parents, ended = {}, {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(name)] = int(fields[1])
        ended[int(name)] = (int(fields[13]) + int(fields[14])) / TICK
    total = 0.0
    for pid, children in ended.items():
        at = pid
        while at not in (0, root):
            at = parents.get(at, 0)
        if at == root:
            total += living_cpu(pid) + children
    return total


def write_table(path, name, table):
    """Puts a table where the file has it: between the comments "NAME begins"
    and "NAME ends"."""
    with open(path) as page:
        text = page.read()
    begin, end = f"<!-- {name} begins -->\n", f"<!-- {name} ends -->\n"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise SystemExit(f"{path} has no place for the table: it needs lines "
                         f"{begin.strip()} and {end.strip()}")
    before, rest = text.split(begin)
    with open(path, "w") as page:
        page.write(before + begin + table + end + rest.split(end)[1])


class Program:
    """One that does its work and ends."""
    name = ""
    needs = []      # Commands; the first that is missing is named.
    packages = ""
    user = None     # Not root.

    def __init__(self, folder):
        self.folder = folder

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def as_user(self, command):
        if self.user and os.getuid() == 0:
            return ["runuser", "-u", self.user, "--", *command]
        return command

    def give_folder(self):
        if self.user and os.getuid() == 0:
            shutil.chown(self.folder, self.user)

    def prepare(self):
        """Once, without the runtime."""

    def commands(self):
        raise NotImplementedError

    def outcome(self, printed):
        """From what was printed and written: must not depend on timing."""
        return digest(printed)

    def clean(self):
        """What a run has written."""

    def run(self, prefix):
        printed, wall, cpu, code = b"", 0.0, 0.0, 0
        self.clean()
        for command in self.commands():
            with tempfile.TemporaryFile() as out:
                start = time.monotonic()
                process = subprocess.Popen(
                    self.as_user(prefix + command), stdout=out,
                    stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                    cwd=self.folder, start_new_session=True)
                usage, code = wait(process, TIME_LIMIT, command[0])
                wall += time.monotonic() - start
                cpu += usage.ru_utime + usage.ru_stime
                out.seek(0)
                printed += out.read()
            if code:
                break
        return Result(self.outcome(printed), code, wall, cpu)


class Server(Program):
    """One that listens on loopback, until it is told to stop."""
    stop_signal = signal.SIGTERM
    process = None

    def command(self):
        raise NotImplementedError

    def ready(self):
        """Whether it answers."""
        with socket.create_connection(("127.0.0.1", self.port), 1):
            return True

    def fill(self):
        """What the load needs, once."""

    def load(self):
        """About a second of the work that is measured."""

    def check(self):
        """What is to be the same: the server's answers after the load."""
        return ""

    def start(self, prefix):
        self.port = free_port()
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen(
                self.as_user(prefix + self.command()), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd=self.folder,
                start_new_session=True)
        end = time.monotonic() + 30
        while True:
            self.still_there()
            try:
                if self.ready():
                    return
            except (OSError, Failure):
                pass
            if time.monotonic() > end:
                raise Failure(f"{self.name}: does not answer in 30 s")
            time.sleep(0.05)

    def still_there(self):
        if self.process.poll() is not None:
            with open(self.path("log"), errors="replace") as log:
                raise Failure(f"{self.name}: has ended with "
                              f"{self.process.returncode}: {log.read()[-600:]}")

    def measured_load(self):
        """Wall and CPU seconds."""
        cpu, start = tree_cpu(self.process.pid), time.monotonic()
        self.load()
        wall = time.monotonic() - start
        self.still_there()
        return wall, tree_cpu(self.process.pid) - cpu

    def stop(self):
        """Its exit code, once it was told to stop."""
        pid = self.process.pid
        if self.process.args[0] == "runuser":  # It waits for its child.
            with open(f"/proc/{pid}/task/{pid}/children") as children:
                pid = int(children.read().split()[0])
        os.kill(pid, self.stop_signal)
        _, code = wait(self.process, 30, self.name + " told to stop")
        return code

    def kill(self):
        """Whatever is left, and however far it came."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
