"""Hours of streams, connections, producers and subscribers that come and go, at a modest rate: what grows?

Part of no round, since it takes as long as it is told to: `faults.py --bin DIR soak`, two hours, or SOAK_MINUTES; SOAK_SPEED rounds a second.
"""

import os
import random
import socket
import time

from stage import Client, Daemon, Scratch

STREAMS_MAX = 5_000
PRODUCERS_MAX = 2_000
LASTING_PRODUCERS = 300  # each of which says hello far more often than 1,700 others come
EVERY_S = 60  # a line of figures
SPEED = float(os.environ.get("SOAK_SPEED", "1"))  # rounds a second


def memory_kib(server, key):
    with open(f"/proc/{server.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key + ":"))


class Crowd:
    """One round a second: each of its kinds of client once or a few times."""

    def __init__(self, server):
        self.server = server
        self.dice = random.Random(1)
        self.lasting = Client(server.port)
        self.subscribers = []
        self.seqs = {}
        self.lost = 0
        self.rounds = 0

    def turn(self):
        self.rounds += 1
        self.steady()
        for number in range(20):
            self.passing(number)
        for _ in range(3):
            self.named()
        self.passing_producer()
        self.listeners()
        if self.rounds % 5 == 0:
            self.curious()

    def ask_all(self, to, lines):
        to.send(b"".join(lines))
        for _ in lines:
            self.lost += b'"verdict"' not in (to.line() or b"")

    def value(self):
        return self.dice.gauss(10, 1) + (30 if self.dice.random() < 0.01 else 0)

    def steady(self):
        """Known streams, which grow old."""
        self.ask_all(self.lasting, [b'{"stream":"steady%d","value":%.3f}\n' % (number, self.value())
                                    for number in range(200)])

    def passing(self, number):
        """A connection with a few streams that nobody will hear of again."""
        with Client(self.server.port) as one:
            name = b"passing-%d-%d" % (self.rounds, number)
            self.ask_all(one, [b'{"stream":"%s-%d","value":%.3f}\n' % (name, item % 3, self.value())
                               for item in range(9)])
            self.ask_all(one, [b'{"stream":"%s-wide","values":{"a":%.3f,"b":1,"c":%.3f}}\n' %
                               (name, self.value(), self.value()) for _ in range(3)])
            if number % 4 == 0:
                one.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset
            elif number % 4 == 1:
                one.send(b'{"val')
            elif number % 4 == 2:
                one.send(b"no JSON\n")
                one.line()

    def named(self):
        name = f"plant-{self.dice.randrange(min(self.rounds + 10, LASTING_PRODUCERS))}"
        with Client(self.server.port) as one:
            welcome = one.ask({"op": "hello", "producer": name})
            if welcome is None or "last_seq" not in welcome:
                print(f"    hello of {name}: {welcome}", flush=True)
                self.lost += 1
                return
            seq = welcome["last_seq"]
            self.lost += seq != self.seqs.get(name, 0)
            self.ask_all(one, [b'{"stream":"named%d","seq":%d,"value":%.3f}\n' % (item % 5, seq + item, self.value())
                               for item in range(1, 41)])
            self.seqs[name] = seq + 40

    def passing_producer(self):
        """Names that nobody comes back with: the oldest is forgotten for each one beyond the limit."""
        with Client(self.server.port) as one:
            one.ask({"op": "hello", "producer": f"passing-{self.rounds}"})
            self.ask_all(one, [b'{"stream":"named%d","seq":%d,"value":1}\n' % (item % 5, item) for item in range(1, 11)])

    def listeners(self):
        """Twenty subscribers, the oldest of which goes; half of them read."""
        self.subscribers.append(Client(self.server.port))
        self.subscribers[-1].ask({"op": "subscribe", "streams": [f"*{self.rounds % 10}*", "named?"]})
        if len(self.subscribers) > 20:
            self.subscribers.pop(0).close()
        for one in self.subscribers[::2]:
            one.socket.settimeout(0)
            try:
                while one.socket.recv(262_144):
                    pass
            except OSError:
                pass

    def curious(self):
        with Client(self.server.port) as one:
            for asked in ({"op": "streams", "match": "*7*", "limit": 1000}, {"op": "history", "limit": 100},
                          {"op": "stats"}):
                one.ask(asked)


def run(report, binary, short, _sanitized=""):
    minutes = float(os.environ.get("SOAK_MINUTES", "1" if short else "120"))
    with Scratch() as folder:
        flags = ("--state-dir", os.path.join(folder, "state"), "--max-streams", str(STREAMS_MAX), "--evict-after", str(int(5_000 / SPEED)),
                 "--max-producers", str(PRODUCERS_MAX))
        with Daemon(binary, *flags) as server:
            crowd = Crowd(server)
            began = time.monotonic()
            said = began
            curve = []
            while (now := time.monotonic()) - began < minutes * 60:
                crowd.turn()
                if now >= said:
                    said += EVERY_S
                    stats = server.stats()
                    # Kept verdicts grow with the producers, up to a bound of their own.
                    curve.append(memory_kib(server, "RssAnon") / 1024 - stats["kept_bytes"] / 2**20)
                    print(f"    {(now - began) / 60:6.1f} min  {curve[-1]:7.1f} MiB without those kept  {stats['streams']} streams  "
                          f"{stats['streams_evicted']} evicted  {stats['kept_bytes'] >> 10} KiB kept  "
                          f"{stats['points']} points  {len(crowd.seqs)} producers", flush=True)
                time.sleep(max(0.0, 1 / SPEED - (time.monotonic() - now)))
            third = max(1, len(curve) // 3)
            middle, end = max(curve[third:2 * third] or curve), max(curve[2 * third:] or curve)
            report.check(f"{minutes:g} minutes of coming and going", f"{middle:.0f}, then {end:.0f} MiB, "
                         f"{crowd.lost} lost", "the last third within 5 % of that before; 0",
                         crowd.lost == 0 and end <= middle * 1.05)
