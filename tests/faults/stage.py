"""What every proof needs: a daemon of its own, clients, a look at the kernel's figures, and one line of result a check.

Standard library only. Each daemon gets port 0 and a scratch folder, so proofs may run side by side with anything else;
every wait has a deadline, and every process is killed when its `with` ends.
"""

import concurrent.futures
import json
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = 60.0  # seconds; a wait that ends early costs nothing
FIRST_TS = 1_764_000_000_000  # the event time of every first point: verdicts must not depend on when a proof runs


class Report:
    """Collects the lines; `failed` counts those out of bounds."""

    def __init__(self):
        self.failed = 0
        self.count = 0

    def check(self, name, measured, bound, is_good):
        self.count += 1
        self.failed += 0 if is_good else 1
        print(f"{name:<52} {str(measured):<34} {bound:<34} {'ok' if is_good else 'FAIL'}", flush=True)

    def skip(self, name, reason):
        print(f"{name:<52} {'skipped: ' + reason}", flush=True)


class Later:
    """A report that is told to another one when the time has come."""

    def __init__(self):
        self.lines = []

    def check(self, *line):
        self.lines.append(("check", line))

    def skip(self, *line):
        self.lines.append(("skip", line))

    def tell(self, report):
        for kind, line in self.lines:
            getattr(report, kind)(*line)


def side_by_side(report, *proofs):
    """Runs proofs at the same time that mostly wait, each with a daemon of its own, and reports in their order."""
    with concurrent.futures.ThreadPoolExecutor(len(proofs)) as threads:
        told = [Later() for _ in proofs]
        running = [threads.submit(proof, into) for proof, into in zip(proofs, told)]
        for one, into in zip(running, told):
            try:
                one.result()
            finally:
                into.tell(report)


class Scratch:
    """A folder that goes with its `with`."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="spindrift-faults-")
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Daemon:
    """One run of spindriftd. `flags` replace ours; `environment` goes on top of the proof's own."""

    def __init__(self, binary, *flags, environment=None, port=0, wait=True, files_max=None, memory_max=None):
        self.errors = tempfile.TemporaryFile("w+")
        command = [binary, "--listen", f"127.0.0.1:{port}", *flags]
        if "--log-level" not in flags:
            command += ["--log-level", "warning"]
        if "--http" not in flags:
            command += ["--http", "off"]
        if "--state-dir" not in flags:
            command += ["--state-dir", "off"]

        def limit():
            for which, bound in ((resource.RLIMIT_NOFILE, files_max), (resource.RLIMIT_AS, memory_max)):
                if bound:
                    resource.setrlimit(which, (bound, bound))

        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env={**os.environ, **(environment or {})},
            preexec_fn=limit,
        )
        self.pid = self.process.pid
        self.port = 0
        if wait and not self.await_ready():
            self.kill()
            raise RuntimeError(f"{' '.join(command)} did not come up: {self.log()}")

    def await_ready(self):
        """True once the address is printed; False when the process ended instead."""
        line = b""
        until = time.monotonic() + PATIENCE
        while not line.endswith(b"\n"):
            if not select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))[0]:
                return False
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                self.process.wait(PATIENCE)
                return False
            line += byte
        self.port = int(line.rsplit(b":", 1)[1])
        return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def log(self):
        self.errors.seek(0)
        return self.errors.read()

    def connect(self, **how):
        return Client(self.port, **how)

    def stats(self):
        with self.connect() as asking:
            return asking.ask({"op": "stats"})

    def resident_kib(self):
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return 0

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Client:
    """Lines out and in over one socket, each call with a deadline."""

    def __init__(self, port, receive_buffer=0, wrap=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        if wrap:
            self.socket = wrap(self.socket)
        self.received = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, what):
        self.socket.sendall(what if isinstance(what, bytes) else (json.dumps(what) + "\n").encode())

    def line(self, deadline=PATIENCE):
        """The next line without its end; None at the end of the connection, or at the deadline."""
        until = time.monotonic() + deadline
        begin = 0
        while (end := self.received.find(b"\n", begin)) < 0:
            begin = len(self.received)
            self.socket.settimeout(max(0.001, until - time.monotonic()))
            try:
                more = self.socket.recv(262_144)
            except (TimeoutError, ConnectionError):
                return None
            if not more:
                return None
            self.received += more
        line = bytes(self.received[:end])
        del self.received[: end + 1]
        return line

    def lines_to_end(self, deadline=PATIENCE):
        lines = []
        while (line := self.line(deadline)) is not None:
            lines.append(line)
        return lines

    def ask(self, what, deadline=PATIENCE):
        self.send(what)
        line = self.line(deadline)
        return None if line is None else json.loads(line)

    def has_ended(self, deadline=PATIENCE):
        """Reads until the end comes; False when it does not come in time."""
        self.socket.settimeout(deadline)
        try:
            while self.socket.recv(262_144):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


BYSTANDER = """
import socket, sys, time
one = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
trips = []
print(flush=True)
import select
while not select.select([sys.stdin], [], [], 0)[0] or len(trips) < 50:
    began = time.monotonic()
    one.sendall(b'{"stream":"bystander","value":1}\\n')
    got = b""
    while not got.endswith(b"\\n"):
        more = one.recv(65536)
        if not more: sys.exit(1)
        got += more
    trips.append(time.monotonic() - began)
    time.sleep(0.005)
trips.sort()
print(trips[int(len(trips) * 0.99)] * 1000)
"""


class Bystander:
    """Asks and waits, 200 times a second, in a process of its own, and keeps every round trip's time."""

    def __init__(self, port):
        self.process = subprocess.Popen([sys.executable, "-c", BYSTANDER, str(port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def end(self):
        """The 99th percentile in milliseconds; infinite for one that was not served."""
        try:
            told, _ = self.process.communicate("\n", PATIENCE)
            return float(told)
        except (ValueError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.communicate()
            return float("inf")


def quiet(server):
    """What a bystander waits when nothing is going on, and the bound that follows: where that is long already, the
    machine is busy with something else."""
    alone = Bystander(server.port).end()
    return alone, max(20, 4 * alone)


def is_starved(server, seconds=0.5):
    """Whether the machine makes the server wait for a processor although hardly anything is asked of it: then what a
    bystander waits says nothing about the server, and its longest turn must do."""
    def waited_ns():
        tasks = f"/proc/{server.pid}/task"
        return sum(int(open(f"{tasks}/{task}/schedstat").read().split()[1]) for task in os.listdir(tasks))

    before = waited_ns()
    bystander = Bystander(server.port)
    time.sleep(seconds)
    bystander.end()
    return waited_ns() - before > 0.02 * seconds * 1e9


def check_bystander(report, server, alone, bound, p99):
    waits = f"p99 {p99:.1f} ms ({alone:.1f} alone)"
    is_good = p99 <= bound
    if not is_good and is_starved(server):
        waits, is_good = f"{waits}, starved", True
    report.check("  a bystander", waits, f"<= {bound:.0f} ms", is_good)


class Turns:
    """The longest turn of a thread of the daemon that serves sockets, in milliseconds of its processor time: what a
    bystander may have to wait for, however busy the machine is. Needs the shim."""

    def __init__(self, folder, binary):
        self.shim = os.path.join(os.path.dirname(binary), "failing_io.so")
        self.path = os.path.join(folder, "turns")
        with open(self.path, "wb") as file:
            file.write(bytes(8))

    def environment(self):
        return {"LD_PRELOAD": self.shim, "FAULT_TURNS": self.path} if os.path.exists(self.shim) else {}

    def take(self):
        """The longest since the last call."""
        with open(self.path, "r+b") as file:
            longest = int.from_bytes(file.read(8), "little")
            file.seek(0)
            file.write(bytes(8))
        return longest / 1e6


def point(stream, value, seq=None, ts=None, **more):
    made = {"stream": stream, "value": value, **more}
    if seq is not None:
        made["seq"] = seq
    if ts is not None:
        made["ts"] = ts
    return made


def point_line(seq, streams=8):
    """Point number `seq` of the proof's own series: same number, same bytes; noise, a season, spikes and a drift."""
    word = (seq * 2_654_435_761) & 0xFFFFFFFF
    word ^= word >> 15
    word = (word * 2_246_822_519) & 0xFFFFFFFF
    noise = ((word ^ (word >> 13)) % 10_000) / 10_000
    turn = seq // streams
    value = 20 + noise + (6 if turn > 2_000 else 0) + (30 if turn % 211 == 210 else 0) + turn % 24 / 10
    ts = FIRST_TS + turn * 1_000
    return b'{"stream":"s%d","value":%.4f,"ts":%d,"seq":%d}\n' % (seq % streams, value, ts, seq)


def without_dup(line):
    return line.replace(b',"dup":true', b"")


def eventually(is_so, deadline=PATIENCE, interval=0.01):
    until = time.monotonic() + deadline
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(interval)
    return True


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
