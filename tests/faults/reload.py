"""A reload of settings, limits and rates while points come as fast as one connection sends them, and are kept: none is
lost, none waits long, and the new settings hold."""

import os
import re
import signal
import threading
import time

from stage import Client, Daemon, Scratch

RELOADS = 20
BATCH = 1_000  # points on their way at once
FRAME_BYTES = 2_000  # of the longest line, before the first reload


class Load(threading.Thread):
    """Sends points of a hundred streams in batches, each once the last is answered, and counts what comes back."""

    def __init__(self, port):
        super().__init__()
        self.client = Client(port)
        self.sent = self.verdicts = 0
        self.worst_s = 0.0
        self.ends = threading.Event()

    def run(self):
        batch = b"".join(b'{"stream":"s%d","value":%d}\n' % (i % 100, i * 7919 % 13) for i in range(BATCH))
        while not self.ends.is_set():
            began = time.monotonic()
            self.client.socket.sendall(batch)
            self.sent += BATCH
            if not self.read_replies():
                return
            self.worst_s = max(self.worst_s, time.monotonic() - began)

    def read_replies(self):
        lines, last = 0, b""
        while lines < BATCH:
            try:
                more = self.client.socket.recv(262_144)
            except OSError:
                return False
            if not more:
                return False
            lines += more.count(b"\n")
            self.verdicts += (last + more).count(b'"verdict"') - last.count(b'"verdict"')
            last = more[-8:]
        return True


def settings_of(i):
    """Each other than the one before."""
    return f"""log-level = "info"
threshold = {5 + i}
rate = ["count.{i}.*"]
max-streams = {1_000 + i}
max-memory = {2_000 + i}
max-connections = {100 + i}
max-frame-bytes = {FRAME_BYTES + i}
max-feed-bytes = {1_000_000 + i}
max-kept = {10_000_000 + i}
max-producers = {100 + i}
evict-after = {60_000 + i}
frame-timeout = {30_000 + i}
[[stream]]
match = "s1*"
threshold = {6 + i}
"""


def is_too_long(port, length):
    """Whether a new connection is told so of a line of so many bytes."""
    with Client(port) as client:
        begin, end = b'{"unknown":"', b'"}'
        client.socket.sendall(begin + b"x" * (length - len(begin) - len(end)) + end + b"\n")
        return b'"frame_too_l' in client.socket.recv(4_096)


def run(report, binary, short, _sanitized):
    with Scratch() as folder:
        path = os.path.join(folder, "spindriftd.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(settings_of(0))
        with Daemon(binary, "--log-level", "info", "--state-dir", os.path.join(folder, "state"),
                    environment={"SPINDRIFT_CONFIG": path}) as server:
            load = Load(server.port)
            began = time.monotonic()
            load.start()
            reloads = RELOADS // 4 if short else RELOADS
            for i in range(reloads):
                with open(path + ".new", "w", encoding="utf-8") as file:
                    file.write(settings_of(1 + i))
                os.replace(path + ".new", path)
                before = load.verdicts
                server.process.send_signal(signal.SIGHUP)
                wanted = before + 10 * BATCH
                while load.is_alive() and (load.verdicts < wanted or server.log().count(" reloaded ") <= i):
                    time.sleep(0.01)
            load.ends.set()
            load.join()
            rate = load.verdicts / (time.monotonic() - began)
            took = [int(ms) for ms in re.findall(r" reloaded milliseconds=(\d+)", server.log())]
            report.check("a reload under load: points lost", f"{load.sent - load.verdicts} of {load.sent}", "0",
                         load.sent == load.verdicts)
            report.check("  reloads that were taken", len(took), f"{reloads}", len(took) == reloads)
            report.check("  of these with something left to a restart", server.log().count("needs_restart"), "0",
                         "needs_restart" not in server.log())
            limit = FRAME_BYTES + reloads
            holds = is_too_long(server.port, limit + 1) and not is_too_long(server.port, limit)
            report.check("  a line may be as long as the last one says", holds, "True", holds)
            report.check("  the longest", f"{max(took, default=-1)} ms at {rate:.0f} points/s", "below 50 ms",
                         0 <= max(took, default=-1) < 50)
            report.check("  the longest that 1,000 points took", f"{load.worst_s * 1000:.0f} ms", "below 1 s",
                         load.worst_s < 1)
