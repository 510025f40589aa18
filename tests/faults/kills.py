"""The end of the process under load: by kill -9 again and again, and by SIGTERM with a reader that is slow."""

import json
import random
import signal
import socket
import threading
import time

from stage import Client, Daemon, Scratch, eventually, point_line, without_dup

IN_FLIGHT_MAX = 1_024


class Producer:
    """A pipelining producer with a name that survives the server: it sends again whatever has no verdict."""

    def __init__(self, count):
        self.count = count
        self.verdicts = {}  # seq: line, dup taken out
        self.wrong = []
        self.repeated = 0

    def talk(self, port, stop_at=None, on_stop=None):
        """One connection, until all is answered or the server is gone. Calls on_stop when stop_at points are answered;
        when that returns True, what is on its way is not read any more: as if the producer's machine had failed too."""
        try:
            with Client(port) as server:
                self._talk(server, stop_at, on_stop)
        except (ConnectionError, TimeoutError):
            return

    def _talk(self, server, stop_at, on_stop):
        welcome = server.ask({"op": "hello", "producer": "plant-7"})
        if welcome is None:
            return
        if self.verdicts and welcome["last_seq"] < max(self.verdicts):
            self.wrong.append(f"last_seq {welcome['last_seq']} is below the answered {max(self.verdicts)}")
        waiting = [seq for seq in range(1, min(self.count, len(self.verdicts) + 2 * IN_FLIGHT_MAX) + 1)
                   if seq not in self.verdicts][:IN_FLIGHT_MAX]
        next_seq = (waiting[-1] if waiting else self.count) + 1
        server.send(b"".join(point_line(seq) for seq in waiting))
        in_flight = len(waiting)
        while len(self.verdicts) < self.count:
            line = server.line()
            if line is None:
                return
            in_flight -= 1
            self.take(line)
            if stop_at is not None and len(self.verdicts) >= stop_at:
                if on_stop():
                    return
                stop_at = None
            if in_flight < IN_FLIGHT_MAX // 2 and next_seq <= self.count:
                last = min(self.count, next_seq + IN_FLIGHT_MAX - in_flight - 1)
                server.send(b"".join(point_line(seq) for seq in range(next_seq, last + 1)))
                in_flight += last - next_seq + 1
                next_seq = last + 1

    def take(self, line):
        reply = json.loads(line)
        if reply["type"] != "verdict":
            self.wrong.append(line.decode())
            return
        plain = without_dup(line)
        self.repeated += line != plain
        if self.verdicts.setdefault(reply["seq"], plain) != plain:
            self.wrong.append(f"seq {reply['seq']} was answered in two ways")


def kill_after(server, pause):
    time.sleep(pause)
    server.process.kill()


def undisturbed(binary, count):
    with Daemon(binary) as server:
        producer = Producer(count)
        producer.talk(server.port)
        return producer.verdicts


def kill_cycles(report, binary, count, kills, durability, flags=(), seed=1):
    """Kills the server `kills` times while a producer pipelines `count` points through it."""
    expected = undisturbed(binary, count)
    dice = random.Random(seed)
    producer = Producer(count)
    with Scratch() as state:
        flags = ("--state-dir", state, "--durability", durability, *flags)
        slowest = 0.0
        for cycle in range(kills + 1):
            began = time.monotonic()
            with Daemon(binary, *flags) as server:
                slowest = max(slowest, time.monotonic() - began)
                if cycle == kills:
                    producer.talk(server.port)
                    break
                # Somewhere in the next stretch, and a moment later than an answer: in the middle of whatever goes on.
                goal = len(producer.verdicts) + 1 + dice.randrange(max(1, 2 * count // (kills + 1) - 2))
                pause = dice.random() * 0.004
                deaf = dice.random() < 0.5
                producer.talk(server.port, min(goal, count), lambda: kill_after(server, pause) or deaf)
    differing = sum(producer.verdicts.get(seq) != line for seq, line in expected.items()) + len(producer.wrong)
    for item in producer.wrong[:5]:
        print("   ", item)
    report.check(
        f"kill -9, {kills} cycles, durability {durability}",
        f"{differing} of {count} differ, {producer.repeated} repeated",
        "0 differ",
        differing == 0 and len(expected) == count,
    )
    report.check("  slowest start after a kill", f"{slowest * 1000:.0f} ms", "<= 5000 ms", slowest <= 5)


def slow_reader_stop(report, binary, named):
    """SIGTERM while a client sends as fast as it can and reads slowly: everything applied must be answered."""
    with Scratch() as state:
        with Daemon(binary, "--state-dir", state, "--detectors", "zscore") as server:
            client = Client(server.port, receive_buffer=65_536)
            if named:
                client.ask({"op": "hello", "producer": "plant-7"})
            stop = threading.Event()
            sender = threading.Thread(target=flood, args=(client.socket, stop))
            sender.start()
            answered = []
            reader = threading.Thread(target=read_slowly, args=(client, answered))
            reader.start()
            eventually(lambda: server.stats()["points"] > 20_000, 20)
            began = time.monotonic()
            code = server.stop()
            took = time.monotonic() - began
            stop.set()
            reader.join()
            sender.join()
            client.close()
        with Daemon(binary, "--state-dir", state, "--detectors", "zscore") as again, again.connect() as asking:
            applied = asking.ask({"op": "streams"})["streams"][0]["n"]
    verdicts = [json.loads(line) for line in answered if line.startswith(b'{"type":"verdict"')]
    missing = applied - len(verdicts)
    who = "a named producer" if named else "a producer that sends seq"
    last = answered[-1].decode()[:60] if answered else "nothing"
    report.check(f"SIGTERM, slow reader, {who}", f"{missing} of {applied} unanswered", "0", missing == 0)
    report.check("  its last line", last, "shutting_down", "shutting_down" in last)
    report.check("  exit code, seconds", f"{code}, {took:.1f} s", "0, <= 10 s", code == 0 and took <= 10)


def flood(sock, stop):
    seq = 1
    try:
        while not stop.is_set():
            sock.sendall(b"".join(point_line(item, 1) for item in range(seq, seq + 500)))
            seq += 500
    except OSError:
        pass


def read_slowly(client, answered):
    """Some 250 KB/s in small sips: far less than the server answers."""
    rest = b""
    while True:
        try:
            more = client.socket.recv(4_096)
        except OSError:
            break
        if not more:
            break
        *whole, rest = (rest + more).split(b"\n")
        answered.extend(whole)
        time.sleep(0.016)


def prompt_stops(report, binary, count):
    """SIGTERM at any moment, with clients that answer the goodbye by a reset: nothing is waited for in vain."""
    slowest = 0.0
    codes = set()
    for run_number in range(count):
        with Daemon(binary, "--threads", str(1 + run_number % 2)) as server:
            clients = [server.connect() for _ in range(10)]
            for item in clients:
                item.ask({"value": 1})
            time.sleep(run_number % 10 / 50)
            server.process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            for number, item in enumerate(clients):
                if number % 2:
                    item.line()  # the goodbye; the others are gone without having read it
                item.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                item.close()
            codes.add(server.process.wait(30))
            slowest = max(slowest, time.monotonic() - began)
    report.check(f"SIGTERM and clients that reset, {count} times", f"{slowest * 1000:.0f} ms, exit codes {codes}",
                 "<= 1500 ms, 0", slowest <= 1.5 and codes == {0})


def run(report, binary, short, _sanitized=""):
    if short:
        kill_cycles(report, binary, 12_000, 10, "process")
        kill_cycles(report, binary, 4_000, 4, "fsync", seed=2)
    else:
        kill_cycles(report, binary, 60_000, 50, "process")
        kill_cycles(report, binary, 60_000, 50, "fsync", seed=2)
    prompt_stops(report, binary, 20 if short else 200)
    slow_reader_stop(report, binary, named=False)
    slow_reader_stop(report, binary, named=True)
