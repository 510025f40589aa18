"""The limits of one connection and of the process, and the clock: each is reached on purpose."""

import os
import socket
import subprocess
import time

from stage import Daemon, Scratch, eventually, point_line

LIGHT = ("--detectors", "zscore")
TCP_REPAIR = 19


def bad_frames(report, binary):
    """A flood of bad frames is slowed to the rate once the burst is spent, and costs a bystander nothing."""
    rate = 50
    with Daemon(binary, *LIGHT, "--max-bad-frames", str(rate)) as server:
        with server.connect() as bad, server.connect() as good:
            bad.send(b"{x\n" * 20_000)
            begin = server.cpu_seconds()
            time.sleep(4)
            share = (server.cpu_seconds() - begin) / 4
            answered = server.stats()["errors"]["bad_json"]
            pong = good.ask({"op": "ping"})
            burst = 10 * rate
            report.check(f"20,000 bad frames, --max-bad-frames {rate}", f"{answered} answered after 4 s",
                         f"{burst} at once, then {rate}/s", burst <= answered <= burst + rate * 6)
            report.check("  the processor meanwhile, and a bystander", f"{share * 100:.0f} %, {pong}", "< 10 %, pong",
                         share < 0.1 and pong == {"type": "pong"})
        with server.connect() as mixed:
            mixed.send((b"{x\n" + b'{"value":1}\n') * 200)
            kinds = [b"verdict" in mixed.line() for _ in range(400)]
            report.check("  200 bad frames among 200 good ones", f"{sum(kinds)} verdicts", "one reply each, in order",
                         kinds == [False, True] * 200)


def no_memory(report, binary):
    """The system's own limit, below --max-memory: a word, a code of its own, and no answered point lost."""
    with Scratch() as folder:
        state = os.path.join(folder, "state")
        answered = 0
        with Daemon(binary, "--state-dir", state, memory_max=400 << 20) as server:
            try:
                with server.connect() as one:
                    for number in range(0, 1_000_000, 200):
                        one.send(b"".join(b'{"stream":"m%d","value":1}\n' % (number + item) for item in range(200)))
                        replies = [one.line() for _ in range(200)]
                        answered += sum(b'"verdict"' in (item or b"") for item in replies)
                        if None in replies:
                            break
            except OSError:
                pass
            code = server.process.wait(20)
            lines = server.log().count("no_memory")
            report.check("ulimit -v of 400 MiB", f"exit code {code}, {lines} line", "71, 1", code == 71 and lines == 1)
        with Daemon(binary, "--state-dir", state) as again:
            kept = again.stats()["streams"]
        report.check("  a start without it", f"{answered} answered, {kept} there", "0 lost", kept >= answered > 1_000)


def many_streams(report, binary):
    """A full table evicts only what has been idle for long enough, the longest idle first."""
    with Daemon(binary, *LIGHT, "--max-streams", "100", "--evict-after", "1000") as server, server.connect() as one:
        codes = [one.ask({"stream": f"s{item}", "value": 1}).get("code") for item in range(101)]
        time.sleep(1.3)
        one.ask({"stream": "s0", "value": 1})
        again = one.ask({"stream": "new", "value": 1})
        first = one.ask({"stream": "s0", "value": 1})
        stats = server.stats()
        report.check("--max-streams 100", f"the 101st: {codes[100]}, {stats['streams_evicted']} evicted",
                     "too_many_streams, then 1", codes[:100] == [None] * 100 and codes[100] == "too_many_streams" and
                     again["type"] == "verdict" and first["n"] == 3 and stats["streams_evicted"] == 1)


def too_few_descriptors(report, binary):
    with Daemon(binary, "--max-connections", "5000", wait=False, files_max=1_000) as server:
        server.await_ready()
        report.check("RLIMIT_NOFILE below --max-connections", f"exit code {server.process.returncode}",
                     "78, with a reason", server.process.returncode == 78 and "--max-connections" in server.log())


def vanished_peer(report, binary):
    """A client whose machine forgot the connection without a word is found by a probe."""
    flags = ("--keepalive-idle", "1", "--keepalive-interval", "1", "--keepalive-probes", "2")
    with Daemon(binary, *LIGHT, *flags) as server:
        one = server.connect()
        one.ask({"op": "ping"})
        try:
            one.socket.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        except OSError:
            return report.skip("a peer that vanished without a word", "TCP_REPAIR needs root")
        one.close()
        began = time.monotonic()
        found = eventually(lambda: server.stats()["connections"] == 1, 10, 0.1)
        report.check("a peer that vanished without a word", f"found after {time.monotonic() - began:.1f} s", "<= 5 s",
                     found and time.monotonic() - began <= 5)


def clock_jump(report, binary, shim):
    """The wall clock is set a day forward and two back: deadlines, evictions, verdicts do not care, and times go on."""
    with Scratch() as folder:
        clock = os.path.join(folder, "clock")
        write(clock, 0)
        flags = ("--state-dir", os.path.join(folder, "state"), "--frame-timeout", "2000", "--feed-timeout", "2000",
                 "--evict-after", "2000", "--max-streams", "10")
        environment = {"LD_PRELOAD": shim, "FAULT_CLOCK": clock}
        with Daemon(binary, *flags, environment=environment) as server:
            with server.connect() as one, server.connect() as subscriber, server.connect() as partial:
                subscriber.ask({"op": "subscribe"})
                partial.send(b'{"value":')
                stamps = []
                wrong = 0
                for seq in range(1, 201):
                    if seq in (60, 120):
                        write(clock, 86_400 if seq == 60 else -86_400)
                    one.send(point_line(seq, 4) if seq % 2 else b'{"stream":"now","value":%d}\n' % seq)
                    reply = one.line()
                    wrong += b'"verdict"' not in reply or subscriber.line() != reply
                    if seq % 2 == 0:
                        stamps.append(int(reply.split(b'"ts":')[1].split(b",")[0]))
                partial.send(b"7}\n")
                alive = b'"verdict"' in (partial.line() or b"")
                stats = server.stats()
                jumps = [round((after - before) / 86_400_000) for before, after in zip(stamps, stamps[1:])]
                jumped = [item for item in jumps if item]
        falls = sum(after < before for before, after in zip(stamps, stamps[1:]))
        report.check("the clock set +1 day, then -2 days",
                     f"{wrong} wrong, ts steps by {jumped} days, falls {falls} times",
                     "0 wrong, [1], 0: ts goes on", wrong == 0 and jumped == [1] and falls == 0)
        report.check("  connections, streams, subscribers", f"{stats['streams_evicted']} evicted, half frame "
                     f"{'ended well' if alive else 'lost'}", "nothing happens",
                     alive and stats["streams_evicted"] == 0 and stats["subscribers"] == 1 and not stats["errors"])
        with Daemon(binary, *flags) as again, again.connect() as asking:
            listed = {item["stream"]: item["n"] for item in asking.ask({"op": "streams"})["streams"]}
        total = sum(listed.values())
        report.check("  and a restart on another day", f"{total} points", "201 points", total == 201)


def write(path, seconds):
    with open(path + ".new", "w") as file:
        file.write(str(seconds))
    os.replace(path + ".new", path)


def run(report, binary, short, _sanitized=""):
    bad_frames(report, binary)
    no_memory(report, binary)
    many_streams(report, binary)
    too_few_descriptors(report, binary)
    vanished_peer(report, binary)
    shim = os.path.join(os.path.dirname(binary), "failing_io.so")
    if os.path.exists(shim):
        clock_jump(report, binary, shim)
    else:
        report.skip("the clock set by a day", f"there is no {shim}")
