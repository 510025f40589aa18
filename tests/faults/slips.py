"""Slips of a hand in the state directory while the server runs: the lock deleted, links in place of files, the directory
or its files deleted, moved, unmounted or made read-only.

What was answered more than a second after the slip must be there for the next start; a server that can no longer keep
that promise must take no more points and end with 1, saying why.
"""

import json
import os
import shutil
import subprocess
import threading
import time

from stage import Client, Daemon, Scratch, eventually

LIGHT = ("--detectors", "zscore,adwin")
NOTICED_S = 1.0


class Steady(threading.Thread):
    """A producer without a name that asks, waits for the verdict and asks again; keeps when each n was answered."""

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.answered = []  # (when, n, round trip)
        self.refused = []  # (when, code)
        self.stops = False

    def run(self):
        try:
            with Client(self.port) as server:
                while not self.stops:
                    began = time.monotonic()
                    reply = server.ask({"stream": "steady", "value": 1}, 10)
                    now = time.monotonic()
                    if reply is None:
                        return
                    if reply["type"] == "verdict":
                        self.answered.append((now, reply["n"], now - began))
                    else:
                        self.refused.append((now, reply.get("code")))
        except OSError:
            pass

    def end(self):
        self.stops = True
        self.join()
        return self

    def answered_after(self, when):
        return sum(item[0] > when for item in self.answered)

    def last_n(self):
        return self.answered[-1][1] if self.answered else 0


def points_kept(binary, state):
    """What a start finds of the steady producer's stream; -1 when there is no start."""
    with Daemon(binary, "--state-dir", state, *LIGHT, wait=False) as server:
        if not server.await_ready():
            return -1
        with server.connect() as asking:
            listed = asking.ask({"op": "streams"})["streams"]
        return sum(item["n"] for item in listed if item["stream"] == "steady")


def deleted_lock(report, binary):
    """Nobody else gets in, whatever becomes of the file that is called lock."""
    with Scratch() as folder:
        state = os.path.join(folder, "state")
        with Daemon(binary, "--state-dir", state, *LIGHT) as server:
            os.unlink(os.path.join(state, "lock"))
            with Daemon(binary, "--state-dir", state, *LIGHT, wait=False) as second:
                came = second.await_ready()
                report.check("rm lock: a second server", "starts" if came else f"exit code {second.process.returncode}",
                             "1, in use", not came and second.process.returncode == 1 and "in use" in second.log())
            with server.connect() as one:
                sent = 500
                one.send(b'{"stream":"steady","value":1}\n' * sent)
                answered = sum(b'"verdict"' in (one.line() or b"") for _ in range(sent))
            server.kill()
        kept = points_kept(binary, state)
        report.check("  kill -9 of the first, and a start", f"{answered} answered, {kept} there", "0 lost",
                     answered == sent == kept)


def links(report, binary):
    """A link where a file should be is refused with a reason, and what it leads to stays as it is."""
    wrong = []
    wanted = ("lock", "history.db", "journal-0000000000000000", "snapshot-0000000000000000", "snapshot.tmp")
    for name in wanted:
        with Scratch() as folder:
            state = os.path.join(folder, "state")
            target = os.path.join(folder, "target")
            os.mkdir(state, 0o700)
            with open(target, "w") as file:
                file.write("precious\n")
            os.symlink(target, os.path.join(state, name))
            with Daemon(binary, "--state-dir", state, *LIGHT, wait=False) as server:
                came = server.await_ready()
                told = "symbolic link" in server.log()
                # The name of a snapshot in the making belongs to us: the link is deleted, not followed.
                is_good = came if name == "snapshot.tmp" else not came and told and server.process.returncode == 1
                if came:
                    server.stop()
            with open(target) as file:
                is_good = is_good and file.read() == "precious\n"
            if not is_good:
                wrong.append(f"{name}: {'started' if came else server.process.returncode}, {server.log()[-200:]}")
    for item in wrong:
        print("   ", item)
    report.check("a symbolic link in place of each file", f"{len(wanted) - len(wrong)} of {len(wanted)} not followed",
                 "all; a reason, or deleted", not wrong)
    with Scratch() as folder:
        os.mkdir(os.path.join(folder, "real"), 0o700)
        os.symlink("real", os.path.join(folder, "state"))
        with Daemon(binary, "--state-dir", os.path.join(folder, "state"), *LIGHT) as server:
            with server.connect() as one:
                reply = one.ask({"value": 1})["type"]
        report.check("  the directory itself as a link", reply, "verdict", reply == "verdict")


def mounted(folder, size="16m"):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], capture_output=True)


def lost_directory(report, binary, name, lose, recovered, environment=None):
    """`lose(volume, state)` is the slip; `recovered(volume, state)` the directory with what was kept, or None."""
    with Scratch() as folder:
        volume = os.path.join(folder, "volume")
        os.mkdir(volume)
        if mounted(volume).returncode != 0:
            return report.skip(name, "mount needs root")
        try:
            state = os.path.join(volume, "state")
            with Daemon(binary, "--state-dir", state, *LIGHT, environment=environment) as server:
                producer = Steady(server.port)
                producer.start()
                time.sleep(0.5)
                slip = time.monotonic()
                lose(volume, state)
                ended = eventually(lambda: server.process.poll() is not None, 15)
                took = time.monotonic() - slip
                producer.end()
                late = producer.answered_after(slip + NOTICED_S)
                code = server.process.poll()
                report.check(name, f"{late} late verdicts, exit code {code} after {took:.1f} s",
                             "0 after 1 s, 1, said", ended and late == 0 and code == 1 and
                             "storage_failed" in server.log())
            kept_in = recovered(volume, state)
            if kept_in:
                kept = points_kept(binary, kept_in)
                report.check("  what was answered before", f"{producer.last_n()} answered, {kept} there", "0 lost",
                             kept >= producer.last_n() > 0)
        finally:
            for _ in range(3):
                subprocess.run(["umount", "-l", volume], check=False, capture_output=True)


def delete_files(_, state):
    for name in os.listdir(state):
        os.unlink(os.path.join(state, name))


def directories(report, binary, shim):
    lost_directory(report, binary, "the state directory deleted", lambda _, state: shutil.rmtree(state),
                   lambda *_: None)
    lost_directory(report, binary, "  only its files", delete_files, lambda *_: None)
    lost_directory(report, binary, "  moved", lambda volume, state: os.rename(state, os.path.join(volume, "aside")),
                   lambda volume, _: os.path.join(volume, "aside"))
    lost_directory(report, binary, "  unmounted", lambda volume, _: subprocess.run(["umount", "-l", volume], check=True),
                   lambda *_: None)
    lost_directory(report, binary, "  another volume mounted over it",
                   lambda volume, _: mounted(volume),
                   lambda volume, state: state if not subprocess.run(["umount", volume]).returncode else None)
    # A volume that is written to cannot be remounted read-only by hand; the kernel does it after an error of the disk.
    with Scratch() as folder:
        flag = os.path.join(folder, "read-only")
        lost_directory(report, binary, "  made read-only", lambda *_: open(flag, "w").close(), lambda _, state: state,
                       {"LD_PRELOAD": shim, "FAULT_READ_ONLY": flag})


def kept_journal(state):
    return sum(os.path.getsize(os.path.join(state, name)) for name in os.listdir(state) if name.startswith("journal-"))


def failing_snapshots(report, binary):
    """A folder where the next snapshot should be written: the journal grows to its bound, and no further."""
    bound = 4 << 20
    with Scratch() as folder:
        state = os.path.join(folder, "state")
        obstacle = os.path.join(state, "snapshot.tmp", "by-mistake")
        with Daemon(binary, "--state-dir", state, *LIGHT, "--max-journal", str(bound)) as server, \
                server.connect() as one:
            os.makedirs(obstacle)
            answered = 0
            code = ""
            while not code and answered < 2_000_000:
                one.send(b'{"stream":"steady","value":1}\n' * 2_000)
                replies = [one.line() for _ in range(2_000)]
                answered += sum(b'"verdict"' in item for item in replies)
                code = next((json.loads(item)["code"] for item in replies if b'"error"' in item), "")
            while one.ask({"stream": "steady", "value": 1})["type"] == "verdict":
                answered += 1
            size = kept_journal(state)
            stats = server.stats()
            report.check("snapshots that fail, --max-journal 4 MiB", f"{size / 2**20:.2f} MiB, then {code}",
                         "<= 4.01 MiB, storage_full", size <= bound + 10_000 and code == "storage_full")
            failed = server.log().count("snapshot_failed")
            report.check("  said in the metrics and the log", f"{stats['snapshots_failed']} failed, {failed} lines",
                         ">= 1, alike; with pauses", stats["storage_full"] == 1 and 1 <= failed <= 2 and
                         stats["snapshots_failed"] == failed and stats["journal_kept_bytes"] <= bound)
            shutil.rmtree(os.path.dirname(obstacle))
            began = time.monotonic()
            recovers = eventually(lambda: one.ask({"stream": "steady", "value": 1})["type"] == "verdict", 40, 0.1)
            report.check("  once they succeed again", f"points are taken after {time.monotonic() - began:.1f} s",
                         "<= 21 s", recovers and time.monotonic() - began <= 21)
            report.check("  the journal then", f"{kept_journal(state) / 2**20:.2f} MiB", "< 1 MiB",
                         eventually(lambda: kept_journal(state) < 2**20, 5))
            server.kill()
        kept = points_kept(binary, state)
        report.check("  kill -9 and a start", f"{answered} answered before, {kept} there", "all and one more",
                     kept == answered + 1)


def stopped_without_directory(report, binary):
    """SIGTERM right behind the slip is no way to a clean end."""
    with Scratch() as folder:
        state = os.path.join(folder, "state")
        with Daemon(binary, "--state-dir", state, *LIGHT) as server:
            with server.connect() as one:
                one.ask({"value": 1})
            shutil.rmtree(state)
            code = server.stop()
            report.check("  SIGTERM at once after it", f"exit code {code}", "1, said",
                         code == 1 and "storage_failed" in server.log())


def run(report, binary, _short, _sanitized=""):
    deleted_lock(report, binary)
    links(report, binary)
    shim = os.path.join(os.path.dirname(binary), "failing_io.so")
    if not os.path.exists(shim):
        return report.skip("the state directory lost", f"there is no {shim}")
    directories(report, binary, shim)
    stopped_without_directory(report, binary)
    failing_snapshots(report, binary)
