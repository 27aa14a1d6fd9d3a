# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Programs that do their work and end: see real_programs."""
import os
import random
import shutil
import subprocess

from harness import Program, client, digest, file_digest


def words(seed, count):
    pick = random.Random(seed)
    return " ".join(str(pick.randrange(5000)) for _ in range(count))


class Git(Program):
    """Clones a repository and packs it anew, with two threads."""
    name, needs, packages = "git", ["git"], "git"

    def prepare(self):
        client(["git", "init", "-q", "-b", "main", "--bare",
                self.path("origin")])
        stream = []
        for commit in range(150):
            text = f"commit {commit}"
            stream.append("commit refs/heads/main\n"
                          f"committer A <a@b> {1700000000 + commit} +0000\n"
                          f"data {len(text)}\n{text}\n")
            for file in range(20):
                body = words(file, 400) + words(1000 + commit * 20 + file, 400)
                stream.append(f"M 100644 inline dir{file % 7}/f{file}-"
                              f"{commit % 30}\ndata {len(body)}\n{body}\n")
        subprocess.run(["git", "-C", self.path("origin"), "fast-import",
                        "--quiet"], input="".join(stream).encode(), check=True)

    def clean(self):
        shutil.rmtree(self.path("clone"), ignore_errors=True)

    def commands(self):
        git = ["git", "-C", self.path("clone"), "-c", "pack.threads=2"]
        return [["git", "-c", "pack.threads=2", "-c", "index.threads=2",
                 "clone", "-q", "file://" + self.path("origin"),
                 self.path("clone")],
                [*git, "repack", "-q", "-a", "-d", "-f", "--window=60"],
                [*git, "gc", "--quiet", "--prune=now"],
                [*git, "-c", "grep.threads=2", "grep", "-c", "49 .*9[0-9] 1"]]

    def outcome(self, printed):
        git = ["git", "-C", self.path("clone")]
        return (digest(printed) + " "
                + digest(client([*git, "rev-list", "--all", "--objects"]))
                + " " + client([*git, "fsck", "--full"]).decode())


class Xz(Program):
    name, needs, packages = "xz -T2", ["xz"], "xz-utils"

    def prepare(self):
        with open(self.path("data"), "w") as out:
            for block in range(12):
                out.write(words(block, 400000))

    def clean(self):
        for name in ("data.xz", "back"):
            if os.path.exists(self.path(name)):
                os.unlink(self.path(name))

    def commands(self):
        return [["xz", "-T2", "-3", "-k", "--block-size=2MiB", "data"],
                ["xz", "-T2", "-t", "data.xz"]]

    def outcome(self, printed):
        return digest(printed) + file_digest(self.path("data.xz"))


class Ffmpeg(Program):
    name, needs, packages = "ffmpeg", ["ffmpeg"], "ffmpeg"

    def clean(self):
        for name in ("out.mkv", "sums"):
            if os.path.exists(self.path(name)):
                os.unlink(self.path(name))

    def commands(self):
        common = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
        return [[*common, "-f", "lavfi", "-i",
                 "testsrc2=size=640x360:rate=25:duration=24", "-c:v", "libx264",
                 "-preset", "fast", "-threads", "3", "-bitexact", "-flags:v",
                 "+bitexact", "out.mkv"],
                [*common, "-threads", "3", "-i", "out.mkv", "-vf",
                 "scale=320:180", "-f", "framemd5", "sums"]]

    def outcome(self, printed):
        return (digest(printed) + file_digest(self.path("out.mkv"))
                + file_digest(self.path("sums")))


PYTHON_WORK = r'''
import concurrent.futures, hashlib, queue, sqlite3, subprocess, threading, zlib
jobs, sums, lock = queue.Queue(50), [], threading.Lock()
def worker():
    while (item := jobs.get()) is not None:
        value = zlib.crc32(hashlib.sha256(bytes(str(item), "ascii") * 400).digest())
        with lock:
            sums.append(value)
threads = [threading.Thread(target=worker) for _ in range(4)]
for t in threads: t.start()
for i in range(200000): jobs.put(i)
for t in threads: jobs.put(None)
for t in threads: t.join()
print(len(sums), sum(sums))
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(lambda n: n * n % 1009, range(60000))))
    print(b"".join(pool.map(lambda n: subprocess.check_output(["echo", str(n)]),
                            range(20))))
event, barrier = threading.Event(), threading.Barrier(3)
def meet():
    barrier.wait(); event.wait(5)
for t in (few := [threading.Thread(target=meet) for _ in range(3)]): t.start()
event.set()
for t in few: t.join()
base = sqlite3.connect(":memory:")
base.execute("create table t(a, b)")
base.executemany("insert into t values(?, ?)", ((i, i % 97) for i in range(600000)))
print(base.execute("select b, count(*), sum(a) from t group by b").fetchall()[:3])
'''


class Python(Program):
    name, needs, packages = "python3", ["/usr/bin/python3"], "python3"

    def prepare(self):
        with open(self.path("work.py"), "w") as out:
            out.write(PYTHON_WORK)

    def commands(self):
        return [["/usr/bin/python3", "work.py"]]


NODE_WORK = r'''
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const crypto = require('crypto'), fs = require('fs'), zlib = require('zlib');
if (isMainThread) {
  const results = [], shared = new SharedArrayBuffer(8);
  let left = 4;
  for (let n = 0; n < 4; n++) {
    const w = new Worker(__filename, { workerData: { n, shared } });
    w.on('message', m => results.push(m));
    w.on('exit', code => {
      if (code) throw new Error('exit ' + code);
      if (--left === 0) {
        console.log(results.sort().join('\n'));
        console.log(Atomics.load(new Int32Array(shared), 0));
        pool();
      }
    });
  }
  function pool() {
    let open = 40;
    const sums = [];
    for (let i = 0; i < 40; i++)
      crypto.pbkdf2('secret' + i, 'salt', 60000, 32, 'sha256', (e, key) => {
        if (e) throw e;
        sums.push(key.toString('hex'));
        if (--open === 0) pack(sums.sort().join(''));
      });
  }
  function pack(text) {
    zlib.gzip(Buffer.from(text.repeat(999)), (e, packed) => console.log(
        text.length, crypto.createHash('md5').update(packed).digest('hex')));
  }
} else {
  const counter = new Int32Array(workerData.shared);
  let h = '';
  for (let i = 0; i < 450000; i++) {
    h = crypto.createHash('sha1').update(h + i + workerData.n).digest('hex');
    Atomics.add(counter, 0, 1);
  }
  parentPort.postMessage(workerData.n + ' ' + h);
}
'''


class Node(Program):
    name, needs, packages = "node", ["node"], "nodejs"

    def prepare(self):
        with open(self.path("work.js"), "w") as out:
            out.write(NODE_WORK)

    def commands(self):
        return [["node", "work.js"]]


JAVA_WORK = r'''
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;
public class Work {
  static int shared;
  static synchronized void add(int n) { shared += n; }
  public static void main(String[] arguments) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<Long>> parts = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      final int part = i;
      parts.add(pool.submit(() -> {
        long sum = 0;
        Map<Integer, Integer> seen = new HashMap<>();
        for (int n = 0; n < 60000; n++) {
          seen.merge(n * 31 % 977, n, Integer::sum);
          if (n % 50 == 0) add(1);
          sum += Integer.toHexString(n * part).hashCode();
        }
        return sum + seen.get(5);
      }));
    }
    long total = 0;
    for (Future<Long> part : parts) total += part.get();
    pool.shutdown();
    System.out.println(total + " " + shared + " "
        + pool.awaitTermination(5, TimeUnit.SECONDS));
    System.out.println(IntStream.range(0, 3000000).parallel()
        .mapToLong(n -> Long.hashCode(n * 2654435761L)).sum());
    for (int i = 0; i < 3000; i++) {
      Thread t = new Thread(() -> add(1));
      t.start();
      t.join();
    }
    Object monitor = new Object();
    AtomicInteger turns = new AtomicInteger();
    Thread[] pair = new Thread[2];
    for (int who = 0; who < 2; who++) {
      final int me = who;
      pair[who] = new Thread(() -> {
        synchronized (monitor) {
          while (turns.get() < 60000) {
            if (turns.get() % 2 == me) { turns.incrementAndGet(); monitor.notifyAll(); }
            else try { monitor.wait(); } catch (InterruptedException e) { return; }
          }
          monitor.notifyAll();
        }
      });
      pair[who].start();
    }
    for (Thread t : pair) t.join();
    System.out.println(shared + " " + turns.get());
    System.exit(7 - 7);
  }
}
'''


class Java(Program):
    name, needs, packages = "java", ["java", "javac"], "default-jdk-headless"

    def prepare(self):
        with open(self.path("Work.java"), "w") as out:
            out.write(JAVA_WORK)
        client(["javac", "-d", self.folder, self.path("Work.java")])

    def commands(self):
        return [["java", "-Xmx256m", "-cp", ".", "Work"]]


BATCH = [Git, Xz, Ffmpeg, Python, Node, Java]
