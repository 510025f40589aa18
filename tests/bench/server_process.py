"""The servers under test, each a process of its own on the server's core, and the load that is put on them."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def pinned(cores):
    return lambda: os.sched_setaffinity(0, cores)


class Server:
    def __init__(self, name, command, cores, resp=False, expect="", port=0):
        self.name, self.resp, self.expect, self.port = name, resp, expect, port
        self.folders = []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        preexec_fn=pinned(cores))
        if port == 0:
            self.port = self.printed_port()
        else:
            self.await_port()

    def printed_port(self):
        for line in self.process.stdout:
            found = re.match(r"listening on .*:(\d+)", line)
            if found:
                return int(found[1])
        raise RuntimeError(f"{self.name} did not come up: {self.process.stderr.read()}")

    def await_port(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"{self.name} did not come up")

    def cpu_ns(self):
        """Time its threads have spent on a core, by the scheduler's own count."""
        total = 0
        folder = f"/proc/{self.process.pid}/task"
        for task in os.listdir(folder):
            with open(f"{folder}/{task}/schedstat") as file:
                total += int(file.read().split()[0])
        return total

    def rss_bytes(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s*(\d+)", file.read())[1]) * 1024

    def run(self, bench, connections, window):
        return bench.load(self, "pipelined", connections=connections, window=window, seconds=bench.seconds)

    def stats(self):
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b'{"op":"stats"}\n')
            return json.loads(connection.makefile().readline())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


class Bench:
    """Where things are, and how hard to try."""

    def __init__(self, bin_folder, cores, rounds, seconds):
        self.bin, self.cores, self.rounds, self.seconds = bin_folder, cores, rounds, seconds
        self.here = os.path.dirname(os.path.abspath(__file__))
        self.help = subprocess.run([f"{bin_folder}/spindriftd", "--help"], capture_output=True, text=True).stdout
        self.servers = []
        self.has_redis = shutil.which("redis-server") is not None

    def echo(self):
        return self.start("raw echo", [f"{self.bin}/bench-echo"])

    def spindriftd(self, name, *flags, state=True, cores=None):
        """With the journal as the default has it, on a disk folder of its own; state=False: without."""
        command = [f"{self.bin}/spindriftd", "--listen", "127.0.0.1:0", "--http", "off", "--log-level", "warning"]
        if "--threads" not in flags:
            command += ["--threads", "1"]
        folders = []
        if "  --state-dir " in self.help:
            if state:
                folders.append(tempfile.mkdtemp(prefix="bench-state-", dir=os.path.dirname(self.bin)))
            command += ["--state-dir", folders[0] if state else "off"]
        server = self.start(name, command + list(flags), cores=cores, expect='{"type":"verdict"')
        server.folders = folders
        return server

    def redis(self):
        """Without persistence, which is how it is quickest."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        return self.start("Redis SET", command, resp=True, expect="+OK", port=port)

    def python(self):
        return self.start("Python peer", ["python3", f"{self.here}/peer.py"], expect='{"type": "verdict"')

    def start(self, name, command, cores=None, **more):
        server = Server(name, command, cores or self.cores.server, **more)
        self.servers.append(server)
        return server

    def stop_all(self):
        while self.servers:
            self.servers.pop().stop()

    def load_command(self, server, mode, **settings):
        command = [f"{self.bin}/bench-load", mode, "--port", str(server.port), "--expect", server.expect]
        if server.resp:
            command.append("--resp")
        for name, value in settings.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        return command

    def load(self, server, mode, cores=None, **settings):
        """One run; what bench-load printed, and `cpu_ns`: the server's time on a core for each point."""
        before = server.cpu_ns()
        done = subprocess.run(self.load_command(server, mode, **settings), capture_output=True, text=True,
                              preexec_fn=pinned(cores or self.cores.client))
        if done.returncode != 0:
            raise RuntimeError(f"{server.name}: {done.stderr}")
        result = json.loads(done.stdout)
        # The warm-up's points are in the time but not in `points`: the whole count is what tells.
        result["cpu_ns"] = (server.cpu_ns() - before) / max(1, result["answered"])
        return result

    def interleaved(self, peers, measure, rounds=None):
        """measure(peer) for each peer in turn, so many rounds; every round begins with another peer."""
        results = {peer: [] for peer in peers}
        for turn in range(rounds or self.rounds):
            order = peers[turn % len(peers):] + peers[:turn % len(peers)]
            for peer in order:
                results[peer].append(measure(peer))
        return results

    def children(self, command, cores=None):
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                preexec_fn=pinned(cores or self.cores.client))
