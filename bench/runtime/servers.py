# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Servers on loopback and the load they get: see real_programs."""
import glob
import os
import signal
import socket
import threading

from harness import Failure, Server, client, digest


class Redis(Server):
    name, needs = "redis-server", ["redis-server", "redis-benchmark"]
    packages = "redis-server redis-tools"

    def command(self):
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
                "--save", "", "--appendonly", "no", "--io-threads", "2",
                "--dir", self.folder]

    def cli(self, *words):
        return client(["redis-cli", "-p", str(self.port), *words]).decode()

    def ready(self):
        return self.cli("ping").strip() == "PONG"

    def load(self):
        client(["redis-benchmark", "-p", str(self.port), "-q", "-n", "40000",
                "-c", "20", "-P", "4", "-t", "set,get,incr,lpush,lrange_100"])

    def check(self):
        said = [self.cli("eval", "for i = 1, 3000 do redis.call('zadd', 'z', "
                         "i * 7 % 1009, 'm' .. i) end return redis.call("
                         "'zrange', 'z', 0, 20)", "0"),
                self.cli("llen", "mylist"), self.cli("dbsize"),
                self.cli("save"), # By a forked child as well as by itself:
                self.cli("bgsave"), self.cli("unlink", "mylist", "z"),
                self.cli("flushall", "async")]
        return "".join(said)


class Memcached(Server):
    name, needs = "memcached", ["memcached", "memcslap"]
    packages, user = "memcached libmemcached-tools", "nobody"

    def command(self):
        return ["memcached", "-l", "127.0.0.1", "-p", str(self.port), "-t", "2",
                "-m", "64", "-U", "0"]

    def load(self):
        for test in ("set", "get", "mget"):
            client(["memcslap", f"--servers=127.0.0.1:{self.port}", "--quiet",
                    "--concurrency=4", "--execute-number=4000",
                    "--initial-load=2000", "--test=" + test])

    def check(self):
        """What many keys hold, set and read over four connections at once."""
        sums = []
        clients = [threading.Thread(target=self.ask, args=(n * 1000, sums))
                   for n in range(4)]
        for c in clients:
            c.start()
        for c in clients:
            c.join()
        return str(sorted(sums))

    def ask(self, first, sums):
        keys = range(first, first + 500)
        with socket.create_connection(("127.0.0.1", self.port), 10) as s:
            got = s.makefile("rb")
            total = 0
            for turn in range(10):
                request = bytearray()
                for key in keys:
                    value = b"%d" % (key * 31 + turn) * (1 + key % 20)
                    request += b"set k%d 0 0 %d noreply\r\n%s\r\n" % (
                        key, len(value), value)
                request += b"".join(b"get k%d\r\n" % key for key in keys)
                s.sendall(request)
                for _ in keys:
                    header = got.readline().split()
                    if not header or header[0] != b"VALUE":
                        raise Failure(f"memcached: answers {header}")
                    total += sum(got.read(int(header[3]) + 2))
                    got.readline()
            sums.append(total)


class Postgres(Server):
    name, needs = "postgres", ["pgbench", "runuser"]
    packages, user = "postgresql", "postgres"

    def __init__(self, folder):
        super().__init__(folder)
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        self.bin = os.path.dirname(found[-1]) if found else ""
        self.environment = dict(os.environ, PGHOST="127.0.0.1", PGUSER="postgres",
                                PGDATABASE="postgres")

    def prepare(self):
        client(self.as_user([self.bin + "/initdb", "-D", self.path("data"),
                             "-A", "trust", "-U", "postgres", "-N"]))

    def command(self):
        return [self.bin + "/postgres", "-D", self.path("data"), "-p",
                str(self.port), "-k", self.folder, "-c", "fsync=off", "-c",
                "listen_addresses=127.0.0.1", "-c", "autovacuum=off"]

    def call(self, *words):
        return client([words[0], "-p", str(self.port), *words[1:]],
                      self.environment).decode()

    def ready(self):
        # A client of its own: a bare connection would fill the log.
        return self.call("psql", "-Atc", "select 1").strip() == "1"

    stop_signal = signal.SIGINT  # Fast shutdown.

    def fill(self):
        self.call("pgbench", "-i", "-q", "-s", "2")

    def load(self):
        self.call("pgbench", "-n", "-c", "4", "-j", "2", "-t", "1500",
                  "--random-seed=7")

    def check(self):
        return self.call("psql", "-Atc",
                         "set max_parallel_workers_per_gather = 2;"
                         "set parallel_setup_cost = 0;"
                         "set parallel_tuple_cost = 0;"
                         "set min_parallel_table_scan_size = 0;"
                         "select count(*), sum(aid), md5(string_agg(aid::text, "
                         "',' order by aid)) from pgbench_accounts;"
                         "select count(*) from pgbench_history")


class MariaDb(Server):
    name, needs = "mariadb", ["mariadbd", "mysqlslap", "runuser"]
    packages, user = "mariadb-server mariadb-client", "mysql"

    def prepare(self):
        client(self.as_user(["mariadb-install-db", "--no-defaults",
                             "--datadir=" + self.path("data"),
                             "--auth-root-authentication-method=normal",
                             "--skip-test-db"]))

    def command(self):
        return ["mariadbd", "--no-defaults", "--datadir=" + self.path("data"),
                "--port=" + str(self.port), "--bind-address=127.0.0.1",
                "--socket=" + self.path("socket"), "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M",
                "--thread-handling=pool-of-threads",
                "--innodb-flush-log-at-trx-commit=0"]

    def call(self, *words):
        return client([words[0], "--no-defaults", "--protocol=tcp", "-h",
                       "127.0.0.1", "-u", "root", "-P", str(self.port),
                       *words[1:]]).decode()

    def ready(self):
        return self.call("mysql", "-Ne", "select 1").strip() == "1"

    def load(self):
        self.call("mysqlslap", "--concurrency=4", "--iterations=1",
                  "--auto-generate-sql", "--auto-generate-sql-load-type=mixed",
                  "--number-of-queries=4000", "--engine=innodb",
                  "--auto-generate-sql-write-number=500")

    def check(self):
        return self.call("mysql", "-Ne",
                         "create database work; use work;"
                         "create table t(a int primary key, b int) "
                         "engine=innodb; insert into t select seq, seq*31%97 "
                         "from seq_1_to_20000; update t set b=b+1 where a%3=0;"
                         "select b, count(*), sum(a) from t group by b "
                         "order by b limit 20; drop database work")


class Nginx(Server):
    """A master and a worker that serves files with a thread pool."""
    name, needs, packages = "nginx", ["nginx", "ab"], "nginx apache2-utils"
    stop_signal = signal.SIGQUIT

    def prepare(self):
        os.makedirs(self.path("html"), exist_ok=True)
        os.chmod(self.folder, 0o755)
        with open(self.path("html", "page"), "w") as out:
            out.write("0123456789abcdef" * 2000)

    def command(self):
        with open(self.path("conf"), "w") as out:
            out.write(f"daemon off; worker_processes 2; pid {self.folder}/pid;"
                      f"error_log {self.folder}/errors; "
                      "thread_pool default threads=2;"
                      "events { worker_connections 256; } http { "
                      f"client_body_temp_path {self.folder}/b; proxy_temp_path "
                      f"{self.folder}/p; fastcgi_temp_path {self.folder}/f; "
                      f"uwsgi_temp_path {self.folder}/u; scgi_temp_path "
                      f"{self.folder}/s; access_log {self.folder}/access;"
                      "aio threads; directio 16k; server { listen 127.0.0.1:"
                      f"{self.port}; root {self.folder}/html; }} }}")
        return ["nginx", "-p", self.folder, "-c", self.path("conf")]

    def load(self):
        self.said = client(["ab", "-q", "-n", "40000", "-c", "8", "-k",
                            f"http://127.0.0.1:{self.port}/page"]).decode()

    def check(self):
        wanted = [line for line in self.said.splitlines() if line.startswith(
            ("Complete requests", "Failed requests", "HTML transferred"))]
        with socket.create_connection(("127.0.0.1", self.port), 10) as s:
            s.sendall(b"GET /page HTTP/1.0\r\n\r\n")
            body = s.makefile("rb").read().split(b"\r\n\r\n", 1)[1]
        return "\n".join(wanted) + digest(body)


SERVERS = [Redis, Memcached, Postgres, MariaDb, Nginx]
