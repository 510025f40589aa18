"""Many clients: idle ones, busy ones, ones that drip, ones that come and go by the thousand, and more than there are
descriptors for."""

import json
import os
import resource
import selectors
import socket
import threading
import time

from stage import PATIENCE, Client, Daemon, eventually, percentile, point_line

LIGHT = ("--detectors", "zscore")


def raise_files_limit():
    """As many descriptors for ourselves as we may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def opened(port, number):
    """A connection from one of many loopback addresses, so that ports last."""
    made = socket.socket()
    made.settimeout(PATIENCE)
    made.bind((f"127.0.{1 + number // 5_000}.1", 0))
    made.connect(("127.0.0.1", port))
    return made


class Busy(threading.Thread):
    """`count` connections that ask and wait, each again and again; keeps every round trip's time."""

    def __init__(self, port, count, pause=0.0):
        super().__init__()
        self.pause = pause
        self.round_trips = []
        self.asked = 0
        self.lost = 0
        self.stops = False
        self.sockets = [opened(port, item) for item in range(count)]

    def run(self):
        chooser = selectors.DefaultSelector()
        begun = {}
        for number, item in enumerate(self.sockets):
            chooser.register(item, selectors.EVENT_READ, number)
            begun[number] = self.ask(item, number)
        waiting = set(begun)
        until = time.monotonic() + PATIENCE
        while waiting and time.monotonic() < until:
            for key, _ in chooser.select(1):
                reply = key.fileobj.recv(65_536)
                if not reply.endswith(b"\n"):
                    self.lost += 1
                self.round_trips.append(time.monotonic() - begun[key.data])
                if self.stops or not reply:
                    waiting.discard(key.data)
                    chooser.unregister(key.fileobj)
                    continue
                if self.pause:
                    time.sleep(self.pause)
                begun[key.data] = self.ask(key.fileobj, key.data)
                until = time.monotonic() + PATIENCE
        self.lost += len(waiting)
        for item in self.sockets:
            item.close()

    def ask(self, to, number):
        self.asked += 1
        to.sendall(b'{"stream":"busy%d","value":%d}\n' % (number, self.asked % 100))
        return time.monotonic()

    def end(self):
        self.stops = True
        self.join()
        return self


def idle_and_busy(report, binary, idle_count):
    hard = raise_files_limit()
    if hard < idle_count + 500:
        report.skip(f"{idle_count} idle and 64 busy connections", f"only {hard} open files are allowed")
        return
    with Daemon(binary, *LIGHT) as server:
        busy = Busy(server.port, 64)
        busy.start()
        time.sleep(0.3)
        before = server.resident_kib()
        idle = []
        for number in range(idle_count):
            idle.append(opened(server.port, number))
            idle[-1].sendall(b'{"value":1}\n')
        silent = sum(not item.recv(4_096).endswith(b"\n") for item in idle)
        each_kib = (server.resident_kib() - before) / idle_count
        time.sleep(1)
        for one in idle:
            one.sendall(b'{"op":"ping"}\n')
        silent += sum(item.recv(4_096) != b'{"type":"pong"}\n' for item in idle)
        busy.end()
        report.check(f"{idle_count} idle and 64 busy connections", f"{silent + busy.lost} lost, {busy.asked} answered",
                     "0 lost", silent + busy.lost == 0)
        report.check("  memory of an idle connection", f"{each_kib:.1f} KiB", "<= 40 KiB", each_kib <= 40)
        for item in idle:
            item.close()
        came_back = eventually(lambda: server.stats()["connections"] == 1, 10)
        report.check("  descriptors after they left", f"{server.descriptors()}", "as before", came_back)


def slowloris(report, binary, count, timeout_s):
    """Frames that are begun and dripped on for ever, a byte a second, while a bystander asks."""
    with Daemon(binary, *LIGHT, "--frame-timeout", str(int(timeout_s * 1_000))) as server:
        dripping = [opened(server.port, item) for item in range(count)]
        begun = time.monotonic()
        bystander = Busy(server.port, 1, pause=0.005)
        bystander.start()
        for item in dripping:
            item.sendall(b'{"value":1')
        cut = {}
        while len(cut) < count and time.monotonic() - begun < timeout_s + 10:
            for number, item in enumerate(dripping):
                if number in cut:
                    continue
                try:
                    item.sendall(b"0")
                    item.settimeout(0)
                    if (last := item.recv(4_096)) != b"":
                        cut[number] = (time.monotonic() - begun, last)
                except BlockingIOError:
                    pass
                except OSError:
                    cut[number] = (time.monotonic() - begun, b"")
            time.sleep(min(1.0, timeout_s / 10))
        bystander.end()
        for item in dripping:
            item.close()
        times = [when for when, _ in cut.values()] or [0]
        named = sum(b'"idle"' in last for _, last in cut.values())
        report.check(f"{count} slowloris, --frame-timeout {timeout_s:g} s",
                     f"{len(cut)} cut at {min(times):.1f} to {max(times):.1f} s, {named} told idle",
                     f"all, at {timeout_s:g} to {timeout_s + 3:g} s",
                     len(cut) == count == named and min(times) >= timeout_s - 0.1 and max(times) <= timeout_s + 3)
        p99 = percentile(bystander.round_trips, 0.99)
        report.check("  a bystander's p99", f"{p99 * 1000:.1f} ms", "<= 250 ms", p99 <= 0.25 and bystander.lost == 0)


def connect_flood(report, binary, count):
    """Clients that come and go at once, in all the ways there are to go."""
    raise_files_limit()
    with Daemon(binary, *LIGHT) as server:
        server.stats()
        time.sleep(0.2)
        before = server.descriptors()
        threads = [threading.Thread(target=come_and_go, args=(server.port, count // 4, part)) for part in range(4)]
        began = time.monotonic()
        for item in threads:
            item.start()
        for item in threads:
            item.join()
        took = time.monotonic() - began
        # Half-closed and silent ones are lingered for; then nothing of them may be left.
        eventually(lambda: server.descriptors() <= before, 5)
        left = server.descriptors() - before
        report.check(f"a flood of {count} connects in {took:.1f} s", f"{left} descriptors left behind", "<= 8",
                     left <= 8)
        report.check("  and it still answers", str(server.stats()["connections"]), "1 connection",
                     server.stats()["connections"] == 1)


def come_and_go(port, count, part):
    for number in range(count):
        try:
            with opened(port, part * count + number) as one:
                if number % 4 == 0:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset
                elif number % 4 == 1:
                    one.sendall(b'{"value":1}\n{"val')
                elif number % 4 == 2:
                    one.sendall(b'{"value":1}\n')
                    one.shutdown(socket.SHUT_WR)
        except OSError:
            time.sleep(0.01)


def no_descriptors(report, binary):
    """The daemon runs out of descriptors while clients keep knocking."""
    with Daemon(binary, *LIGHT) as server:
        server.stats()
        room = 40
        soft = max(int(item) for item in os.listdir(f"/proc/{server.pid}/fd")) + 1 + room
        _, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (soft, hard))
        crowd = [opened(server.port, item) for item in range(room + 200)]
        eventually(lambda: server.descriptors() >= soft - 1, 5)
        begin = server.cpu_seconds()
        time.sleep(2)
        share = (server.cpu_seconds() - begin) / 2
        is_out = server.descriptors() >= soft - 1
        report.check("no descriptor left, 200 clients knocking", f"{share * 100:.0f} % of a core", "< 25 %",
                     share < 0.25 and is_out)
        crowd[0].sendall(b'{"op":"ping"}\n')
        pong = crowd[0].recv(100).decode().strip()
        report.check("  those inside are served", pong, "pong", pong == '{"type":"pong"}')
        for item in crowd:
            item.close()
        began = time.monotonic()
        with server.connect() as one:
            reply = one.ask({"op": "ping"}, 5)
        took = time.monotonic() - began
        report.check("  recovery once they leave", f"{took * 1000:.0f} ms", "< 1000 ms", reply is not None and took < 1)


def too_many(report, binary):
    """Beyond --max-connections each is told so, and a place is free once one has left."""
    with Daemon(binary, *LIGHT, "--max-connections", "20") as server:
        inside = [opened(server.port, item) for item in range(20)]
        for item in inside:
            item.sendall(b'{"op":"ping"}\n')
            item.recv(100)
        beyond = [Client(server.port) for _ in range(10)]
        told = sum(b"too_many_connections" in (item.line(5) or b"") for item in beyond)
        report.check("beyond --max-connections", f"{told} of 10 told too_many_connections", "all", told == 10)
        inside.pop().close()
        # The server must have heard of it: a connect in the same instant may be what it sees first.
        until = time.monotonic() + 2
        reply = None
        while reply != {"type": "pong"} and time.monotonic() < until:
            time.sleep(0.05)
            with server.connect() as one:
                reply = one.ask({"op": "ping"}, 5)
        report.check("  a place is free when one leaves", json.dumps(reply), "pong", reply == {"type": "pong"})
        for item in beyond:
            item.close()
        for item in inside:
            item.close()


def leaks(report, binary, folder, count):
    """LeakSanitizer's verdict on an ASan build after so many connects."""
    sanitized = os.path.join(folder, "spindriftd")
    if not os.path.exists(sanitized):
        report.skip(f"LeakSanitizer over {count} connects", f"there is no {sanitized}")
        return
    with Daemon(sanitized, *LIGHT) as server:
        for number in range(count):
            with server.connect() as one:
                one.send(point_line(number + 1) + b"{bad\n")
                if number % 10 == 0:
                    one.ask({"op": "subscribe"})
                if number % 3 == 0:
                    one.line()
        code = server.stop()
        report.check(f"LeakSanitizer over {count} connects", f"exit code {code}", "0, no report",
                     code == 0 and "Sanitizer" not in server.log())


def run(report, binary, short, sanitized=""):
    idle_and_busy(report, binary, 2_000 if short else 10_000)
    slowloris(report, binary, 200, 2 if short else 30)
    connect_flood(report, binary, 4_000 if short else 20_000)
    no_descriptors(report, binary)
    too_many(report, binary)
    leaks(report, binary, sanitized, 200 if short else 1_000)
