"""Subscribers that stand still: a stopped process costs the producers nothing and the server a bounded amount."""

import json
import os
import signal
import subprocess
import sys
import time

from stage import Daemon, eventually

LISTEN = """
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b'{"op":"subscribe"}\\n')
while s.recv(65536): print("heard", flush=True)
"""


def load(binary, port, count):
    """Points as fast as the simulator can; verdicts per second."""
    simulator = os.path.join(os.path.dirname(binary), "spindrift-sim")
    command = [simulator, "--server", f"127.0.0.1:{port}", "--rate", "0", "--count", str(count), "--streams", "8",
               "--report", "json", "--quiet"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return json.loads(ended.stdout)


def stopped_subscriber(report, binary, count):
    with Daemon(binary) as server:
        load(binary, server.port, count)  # the streams are there and warm
        alone = max(load(binary, server.port, count)["throughput"] for _ in range(2))
        before = server.resident_kib()
        listener = subprocess.Popen([sys.executable, "-c", LISTEN, str(server.port)], stdout=subprocess.PIPE)
        try:
            listener.stdout.readline()
            listener.send_signal(signal.SIGSTOP)
            runs = [load(binary, server.port, count) for _ in range(2)]
            # A machine that is busy with other things is slow now and then; what is held back stays slow.
            while len(runs) < 6 and max(item["throughput"] for item in runs) < 0.7 * alone:
                runs.append(load(binary, server.port, count))
            grown = (server.resident_kib() - before) / 1024
            dropped = server.stats()["feed_lines_dropped"]
            throughput = max(item["throughput"] for item in runs)
            lost = sum(item["lost"] for item in runs)
            report.check("a stopped subscriber: producers' throughput",
                         f"{throughput:,.0f} against {alone:,.0f}/s, {lost} lost", ">= 70 % of that without it",
                         throughput >= 0.7 * alone and lost == 0)
            report.check("  what it costs", f"{grown:.1f} MiB, {dropped} lines dropped", "<= 24 MB, lines are dropped",
                         grown <= 24_000_000 / 2**20 and dropped > 0)
            is_closed = eventually(lambda: server.stats()["subscribers"] == 0, 20, 0.1)
            code = server.stats()["errors"].get("slow_consumer", 0)
            report.check("  closed when it makes no progress", f"{code} slow_consumer", "1, within 10 s", is_closed and
                         code == 1)
        finally:
            listener.kill()
            listener.wait()
            listener.stdout.close()


def run(report, binary, short, _sanitized=""):
    stopped_subscriber(report, binary, 100_000 if short else 400_000)
