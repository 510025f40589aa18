"""What the disk can do to the server: bytes torn off or flipped, a full disk, and the Nth write or fsync that fails.

The judge is always the same: a producer with a name sends its series until every point has its verdict, and these
must be the very lines of a run that nothing disturbed. A server may refuse to start, if it says why; it may not crash,
and it may not continue from a state that never was.
"""

import errno
import json
import os
import shutil
import struct
import subprocess
import time

from stage import Client, Daemon, Scratch, point_line, without_dup

LIGHT = ("--detectors", "zscore,adwin")
SEGMENT_HEADER = 40
RECORD_HEADER = 32


class Careful:
    """Sends a series a few points at a time, until all are answered, over as many connections as it takes."""

    def __init__(self, count, window=1):
        self.count = count
        self.window = window
        self.verdicts = {}
        self.refused = 0
        self.wrong = []

    def talk(self, port):
        """True when all points are answered. Ends at the connection's end, or when one is refused."""
        try:
            with Client(port) as server:
                welcome = server.ask({"op": "hello", "producer": "plant-7"})
                # Whatever the server says, all is sent again: what it has gives the same verdicts once more.
                seq = 1 if welcome is not None and welcome["type"] == "welcome" else None
                while seq is not None and seq <= self.count:
                    last = min(self.count, seq + self.window - 1)
                    server.send(b"".join(point_line(item, 3) for item in range(seq, last + 1)))
                    for _ in range(seq, last + 1):
                        line = server.line()
                        if line is None:
                            return False
                        if not self.take(line):
                            time.sleep(0.02)
                            return False
                    seq = last + 1
                return seq is not None
        except OSError:
            return False

    def take(self, line):
        reply = json.loads(line)
        if reply["type"] == "verdict":
            plain = without_dup(line)
            if self.verdicts.setdefault(reply["seq"], plain) != plain:
                self.wrong.append(f"seq {reply['seq']} was answered in two ways")
            return True
        if reply["code"] == "storage_full":
            self.refused += 1
        elif reply["code"] != "shutting_down":
            self.wrong.append(line.decode())
        return False


def undisturbed(binary, count):
    with Daemon(binary, *LIGHT) as server:
        producer = Careful(count, 64)
        producer.talk(server.port)
        return producer.verdicts


def ends_loudly(server):
    """The process ended by itself, with an exit code of its own and a reason."""
    code = server.process.wait(20)
    return code > 0 and code < 128 and "spindriftd:" in server.log()


def how_it_ended(server):
    return f"ended with {server.process.returncode}: {server.log()[-200:]}"


# --- damage -----------------------------------------------------------------------------------------------------------


def make_state(binary, folder, count):
    """A snapshot and journals before and behind it, as a kill leaves them."""
    half = Careful(count // 2, 8)
    with Daemon(binary, "--state-dir", folder, *LIGHT) as server:
        half.talk(server.port)
        server.stop()
    whole = Careful(count, 8)
    with Daemon(binary, "--state-dir", folder, *LIGHT) as server:
        whole.talk(server.port)


def classes_of_journal(content):
    """Offsets of every kind: in the segment's header, in the first, a middle and the last record."""
    records = []
    at = SEGMENT_HEADER
    while at + RECORD_HEADER <= len(content):
        length = struct.unpack_from("<I", content, at)[0]
        if length == 0 or at + RECORD_HEADER + length > len(content):
            break
        records.append((at, RECORD_HEADER + length))
        at += RECORD_HEADER + length
    offsets = {0, 7, 8, 15, 23, 31, SEGMENT_HEADER - 1}
    for begin, size in {*records[:1], *records[len(records) // 2:][:1], *records[-1:]}:
        offsets |= {begin + item for item in (0, 3, 4, 8, 12, 16, 24, RECORD_HEADER - 1)}
        offsets |= {begin + RECORD_HEADER, begin + RECORD_HEADER + 1, begin + size // 2, begin + size - 1}
    return sorted(item for item in offsets if item < len(content))


def classes_of_snapshot(content):
    spread = range(0, len(content), max(1, len(content) // 12))
    return sorted({*range(0, min(64, len(content)), 8), *spread, len(content) - 5, len(content) - 1})


def damaged_states(pristine, every):
    """(file, offset, what) for each damage; `every` takes one of so many."""
    wanted = []
    for name in sorted(os.listdir(pristine)):
        is_journal = name.startswith("journal-")
        if not is_journal and not name.startswith("snapshot-"):
            continue
        with open(os.path.join(pristine, name), "rb") as file:
            content = file.read()
        for offset in classes_of_journal(content) if is_journal else classes_of_snapshot(content):
            wanted += [(name, offset, what) for what in ("flip", "cut", "zero")]
    return wanted[::every]


def damage(path, offset, what):
    with open(path, "r+b") as file:
        if what == "cut":
            file.truncate(offset)
            return
        file.seek(offset)
        if what == "zero":
            end = os.fstat(file.fileno()).st_size
            file.write(bytes(end - offset))
            return
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x10]))


def damaged_files(report, binary, every):
    count = 240
    expected = undisturbed(binary, count)
    outcome = {"same": 0, "refused": 0, "repaired": 0}
    bad = []
    with Scratch() as folder:
        pristine = os.path.join(folder, "pristine")
        make_state(binary, pristine, count)
        wanted = damaged_states(pristine, every)
        for name, offset, what in wanted:
            state = os.path.join(folder, "state")
            shutil.rmtree(state, ignore_errors=True)
            shutil.copytree(pristine, state)
            damage(os.path.join(state, name), offset, what)
            result = start_damaged(binary, state, count, expected)
            if result == "refused":
                outcome["refused"] += 1
                result = start_damaged(binary, state, count, expected, "--repair")
                outcome["repaired"] += result == "same"
            outcome["same"] += result == "same"
            if result != "same":
                bad.append(f"{what} at {offset} of {name}: {result}")
    for item in bad[:10]:
        print("   ", item)
    report.check(
        f"damaged journal or snapshot, {len(wanted)} places",
        f"{outcome['refused']} refused, {len(bad)} wrong",
        "0 crashes, 0 wrong states",
        not bad and len(wanted) > 0,
    )
    report.check("  after --repair", f"{outcome['repaired']} of {outcome['refused']} continue", "all",
                 outcome["repaired"] == outcome["refused"])


def start_damaged(binary, state, count, expected, *flags):
    with Daemon(binary, "--state-dir", state, *LIGHT, *flags, wait=False) as server:
        if not server.await_ready():
            return "refused" if ends_loudly(server) else how_it_ended(server)
        producer = Careful(count, 64)
        is_done = producer.talk(server.port)
        if server.process.poll() is not None:
            return how_it_ended(server)
        if not is_done or producer.wrong or producer.verdicts != expected:
            differing = [seq for seq in expected if producer.verdicts.get(seq) != expected[seq]]
            return f"wrong state, from seq {differing[:1]}, {producer.wrong[:1]}"
        return "same"


# --- a full disk ------------------------------------------------------------------------------------------------------


def full_disk(report, binary):
    with Scratch() as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", folder], capture_output=True)
        if mounted.returncode != 0:
            return report.skip("disk full on a tmpfs of 3 MiB", "mount needs root")
        try:
            full_disk_at(report, binary, folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=False)


def fill(path):
    with open(path, "wb") as file:
        for size in (65_536, 4_096, 512):
            try:
                while True:
                    os.write(file.fileno(), bytes(size))
            except OSError as failure:
                if failure.errno != errno.ENOSPC:
                    raise


def full_disk_at(report, binary, folder):
    count = 900
    expected = undisturbed(binary, count)
    state = os.path.join(folder, "state")
    filler = os.path.join(folder, "filler")
    producer = Careful(count, 8)
    first = Careful(300, 8)
    with Daemon(binary, "--state-dir", state, *LIGHT) as server:
        first.talk(server.port)
        fill(filler)
        until = time.monotonic() + 3
        while producer.refused < 20 and time.monotonic() < until:
            producer.talk(server.port)
        with server.connect() as other:
            pong = other.ask({"op": "ping"})
            # The page that the journal ends in may still take some.
            for _ in range(1_000):
                anonymous = other.ask({"stream": "other", "value": 1})
                if anonymous["type"] != "verdict":
                    break
        report.check("disk full: what a point is answered", anonymous.get("code", anonymous["type"]), "storage_full",
                     producer.refused >= 20 and anonymous.get("code") == "storage_full")
        report.check("  everything else goes on", str(pong), "pong, running",
                     pong == {"type": "pong"} and server.process.poll() is None)
        os.unlink(filler)
        began = time.monotonic()
        while not producer.talk(server.port) and time.monotonic() - began < 20:
            pass
        report.check("  space again, without a restart", f"{time.monotonic() - began:.2f} s", "<= 5 s",
                     time.monotonic() - began <= 5)
        fill(filler)
        server.process.kill()
        server.process.wait()
    with Daemon(binary, "--state-dir", state, *LIGHT, wait=False) as server:
        came = server.await_ready()
        says_why = came or ends_loudly(server)
        report.check("  kill -9 and start on the full disk", "starts" if came else "refuses with a reason",
                     "starts, or refuses loudly", says_why)
    os.unlink(filler)
    with Daemon(binary, "--state-dir", state, *LIGHT) as server:
        again = Careful(count, 64)
        again.talk(server.port)
    differing = sum(again.verdicts.get(seq) != line or producer.verdicts.get(seq) != line
                    for seq, line in expected.items())
    report.check("  verdicts over all of it", f"{differing} of {count} differ", "0 differ",
                 differing == 0 and not producer.wrong and not again.wrong)


# --- the Nth call fails -----------------------------------------------------------------------------------------------


FAULTS = {
    "write, EIO": {"FAULT_CALL": "write", "FAULT_ERROR": str(errno.EIO)},
    "write, short, then ENOSPC": {"FAULT_CALL": "write", "FAULT_ERROR": str(errno.ENOSPC), "FAULT_SHORT": "17",
                                  "FAULT_TIMES": "3"},
    "fsync, EIO": {"FAULT_CALL": "sync", "FAULT_ERROR": str(errno.EIO)},
}


def failing_calls(report, binary, shim, numbers):
    count = 120
    expected = undisturbed(binary, count)
    for name, fault in FAULTS.items():
        bad = []
        hits = 0
        for at in numbers:
            with Scratch() as folder:
                environment = {**fault, "FAULT_AT": str(at), "FAULT_PATH": folder, "LD_PRELOAD": shim}
                hit, wrong = failing_run(binary, os.path.join(folder, "state"), environment, count, expected)
            hits += hit
            if wrong:
                bad.append(f"the {at}th: {wrong}")
        for item in bad[:5]:
            print("   ", item)
        report.check(
            f"the Nth {name}, {len(numbers)} of N = 1..{numbers[-1]}",
            f"{len(bad)} wrong, {hits} were noticed",
            "0 lost, 0 wrong, exit != 0",
            not bad and hits > 0,
        )


def failing_run(binary, state, environment, count, expected):
    """One run with the fault, then one without. (whether anything was noticed, what was wrong or empty)"""
    flags = ("--state-dir", state, "--durability", "fsync", *LIGHT)
    producer = Careful(count)
    noticed = False
    with Daemon(binary, *flags, environment=environment, wait=False) as server:
        if server.await_ready():
            until = time.monotonic() + 20
            while not producer.talk(server.port) and server.process.poll() is None and time.monotonic() < until:
                pass
            if server.process.poll() is None:
                code = server.stop()
            else:
                code = server.process.returncode
        else:
            code = server.process.returncode
        noticed = code != 0 or producer.refused > 0
        if code < 0 or code >= 128:
            return True, f"ended with {code}: {server.log()[-200:]}"
        if code != 0 and not server.log():
            return True, "ended without a word"
    if producer.wrong:
        return noticed, producer.wrong[0]
    with Daemon(binary, *flags) as server:
        again = Careful(count, 64)
        if not again.talk(server.port):
            return noticed, f"not all was answered after the restart, {again.wrong[:1]}"
    for seq, line in expected.items():
        if again.verdicts.get(seq) != line or producer.verdicts.get(seq, line) != line:
            return noticed, f"seq {seq} differs"
    return noticed, ""


def run(report, binary, short, _sanitized=""):
    damaged_files(report, binary, 7 if short else 1)
    full_disk(report, binary)
    shim = os.path.join(os.path.dirname(binary), "failing_io.so")
    if not os.path.exists(shim):
        return report.skip("the Nth write or fsync fails", f"there is no {shim}")
    failing_calls(report, binary, shim, [*range(1, 31, 6), 60, 100, 200] if short else list(range(1, 201)))
