"""--max-memory, held within a tenth whoever does what: new streams, streams that grow, streams that go idle.

Kept verdicts are with the producers.
"""

import json
import os
import random
import threading
import time

from stage import Bystander, Daemon, Scratch, check_bystander, eventually, quiet

CEILING = 64  # MiB
FEATURES = 64


class Watch(threading.Thread):
    """The highest resident memory of a daemon, looked at fifty times a second."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.highest = 0
        self.stops = False
        self.start()

    def run(self):
        while not self.stops:
            try:
                self.highest = max(self.highest, self.server.resident_kib() / 1024)
            except OSError:
                return
            time.sleep(0.02)

    def end(self):
        self.stops = True
        self.join()
        return self.highest


def replies_to(one, lines):
    one.send(b"".join(lines))
    return [one.line() or b"" for _ in lines]


def invent(one, prefix, most):
    """New streams until one is refused: how many there are, and what was said to the refused one."""
    created = 0
    for begin in range(0, most, 200):
        replies = replies_to(one, [b'{"stream":"%s%d","value":1}\n' % (prefix, begin + item) for item in range(200)])
        created += sum(b'"verdict"' in item for item in replies)
        refused = next((item for item in replies if b'"error"' in item), None)
        if refused:
            return created, json.loads(refused)
    return created, {}

def new_streams(report, binary):
    """One client invents streams as fast as it can."""
    with Daemon(binary, "--max-memory", str(CEILING)) as server, server.connect() as one:
        watch = Watch(server)
        alone, bound = quiet(server)
        bystander = Bystander(server.port)
        created, refused = invent(one, b"new", 100_000)
        known = one.ask({"stream": "new1", "value": 2})["type"]
        said = eventually(lambda: "memory_full" in server.log(), 5)
        p99 = bystander.end()
        highest = watch.end()
        report.check(f"new streams, --max-memory {CEILING}", f"{created} streams, {highest:.0f} MiB, {refused.get('code')}",
                     ">= 1,500, <= 70 MiB, too_many_streams", created >= 1_500 and highest <= CEILING * 1.1 and
                     refused.get("code") == "too_many_streams" and "memory" in refused.get("message", ""))
        report.check("  those that are there; said once", f"{known}, {server.log().count('memory_full')} line, memory_full "
                     f"{server.stats()['memory_full']}", "verdict, 1, 1", known == "verdict" and said and
                     server.log().count("memory_full") == 1 and server.stats()["memory_full"] == 1)
        check_bystander(report, server, alone, bound, p99)


def idle_streams(report, binary):
    """Once they have been idle for --evict-after they make room, again and again."""
    with Daemon(binary, "--max-memory", str(CEILING), "--evict-after", "1000") as server, server.connect() as one:
        watch = Watch(server)
        alone, bound = quiet(server)
        bystander = Bystander(server.port)
        first, _ = invent(one, b"first", 100_000)
        full = server.stats()["memory_full"]
        time.sleep(1.2)
        second, _ = invent(one, b"second", 100_000)
        time.sleep(1.2)
        third, _ = invent(one, b"third", 100_000)
        p99 = bystander.end()
        highest = watch.end()
        report.check("idle streams make room", f"{first}, {second}, {third} streams, {highest:.0f} MiB",
                     "alike each time, <= 70 MiB", full == 1 and min(second, third) >= first * 0.8 and
                     highest <= CEILING * 1.1)
        check_bystander(report, server, alone, bound, p99)


def wide_values(count):
    """The values of so many points of 64 features, with tails that make detectors as large as they may get."""
    dice = random.Random(3)
    return [",".join('"f%d":%.4f' % (item, dice.lognormvariate(0, 2)) for item in range(FEATURES)).encode()
            for _ in range(count)]


def feed(one, names, values, rounds):
    """So many points to each; the replies by kind."""
    kinds = {}
    for turn in range(rounds):
        for reply in replies_to(one, [b'{"stream":"%s","values":{%s}}\n' % (name, values[(turn * 7 + at) % len(values)])
                                      for at, name in enumerate(names)]):
            kind = "verdict" if b'"verdict"' in reply[:30] else json.loads(reply).get("code", "?") if reply else "none"
            kinds[kind] = kinds.get(kind, 0) + 1
    return kinds


def growth(report, binary, rounds):
    """The streams that were taken in grow old: what they grow to was reckoned with."""
    values = wide_values(100)
    with Daemon(binary, "--max-memory", str(CEILING)) as server, server.connect() as one:
        watch = Watch(server)
        names = []
        while replies_to(one, [b'{"stream":"wide%d","values":{%s}}\n' % (len(names), values[0])])[0][9:16] == b"verdict":
            names.append(b"wide%d" % len(names))
        kinds = feed(one, names, values, rounds)
        highest = watch.end()
        report.check(f"{len(names)} streams of 64 values, {rounds} points each", f"{highest:.0f} MiB, {kinds}",
                     ">= 24 streams, <= 70 MiB", len(names) >= 24 and highest <= CEILING * 1.1)


def second_mark(report, binary):
    """A ceiling that was lowered: there are more streams than would be let in, and they still grow."""
    with Scratch() as folder:
        flags = ("--state-dir", os.path.join(folder, "state"), "--evict-after", "3000")
        values = wide_values(100)
        names = [b"wide%d" % item for item in range(225)]
        with Daemon(binary, *flags) as server, server.connect() as one:
            feed(one, names, values, 1)
            for _ in range(100):
                one.send(b'{"stream":"old","value":1}\n' * 1_000)
                for _ in range(1_000):
                    one.line()
            server.stop()
        with Daemon(binary, *flags, "--max-memory", str(CEILING)) as server, server.connect() as one:
            watch = Watch(server)
            begin = server.resident_kib() / 1024
            kinds = {}
            for _ in range(300):
                for kind, count in feed(one, names, values, 1).items():
                    kinds[kind] = kinds.get(kind, 0) + count
                if kinds.get("memory_full", 0) > 500:
                    break
            old = one.ask({"stream": "old", "value": 1})
            new = one.ask({"stream": "new", "value": 1})
            stats = server.stats()
            highest = watch.highest
            report.check("a ceiling lowered below what is there", f"{begin:.0f}, then {highest:.0f} MiB, {kinds}",
                         "<= 73 MiB, memory_full", highest <= max(CEILING * 1.15, begin + 2) and
                         kinds.get("memory_full", 0) > 500)
            report.check("  a grown stream, a new one, stats", f"{old['type']}, {new.get('code')}, {stats['memory_full']}",
                         "verdict, too_many_streams, 2", old["type"] == "verdict" and
                         new.get("code") == "too_many_streams" and stats["memory_full"] == 2 and
                         server.log().count("growth_stopped") == 1)
            # Idle streams leave, or what is free goes back to the system: that may be enough.
            began = time.monotonic()
            goes_on = eventually(lambda: server.stats()["memory_full"] < 2, 20, 0.1)
            report.check("  growth goes on once they are idle, 3 s", f"after {time.monotonic() - began:.1f} s, "
                         f"{server.resident_kib() / 1024:.0f} MiB", "<= 10 s",
                         goes_on and time.monotonic() - began <= 10)
            is_taken = eventually(lambda: one.ask({"stream": "new", "value": 1})["type"] == "verdict", 20, 0.2)
            report.check("  a new one then", "verdict" if is_taken else "refused", "verdict", is_taken)
            watch.end()


def feeds(report, binary, subscribers):
    """Subscribers that read nothing, each of which wants a copy of its own of nearly all lines."""
    with Scratch() as folder:
        flags = ("--state-dir", os.path.join(folder, "state"), "--max-memory", str(CEILING), "--detectors", "zscore",
                 "--feed-timeout", "60000", "--threads", "1")
        with Daemon(binary, *flags) as server, server.connect() as one:
            watch = Watch(server)
            deaf = [server.connect(receive_buffer=4_096) for _ in range(subscribers)]
            for number, client in enumerate(deaf):
                client.ask({"op": "subscribe", "streams": [f"f*{number % 10}"], "only": "all"})
            for number in range(100):
                one.send(b"".join(b'{"stream":"f%d","value":%d}\n' % (item % 50, number) for item in range(1_000)))
                for _ in range(1_000):
                    one.line()
            highest = watch.highest
            answered = one.ask({"op": "ping"})["type"]
            report.check(f"{subscribers} subscribers that read nothing", f"{highest:.0f} MiB, {answered}",
                         "<= 70 MiB, pong", highest <= CEILING * 1.1)
            watch.end()
            for client in deaf:
                client.close()


def run(report, binary, short, _sanitized=""):
    new_streams(report, binary)
    idle_streams(report, binary)
    growth(report, binary, 150 if short else 3_000)
    second_mark(report, binary)
    feeds(report, binary, 100 if short else 1_000)
