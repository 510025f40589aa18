"""What a client may ask that costs much: listings, patterns, the history. Whoever sends points meanwhile hardly notices.

Two figures: how long a bystander waits, which a busy machine makes longer for everybody, and the longest turn of a
serving thread in processor time, which it does not.
"""

import contextlib
import http.client
import os
import socket
import threading
import time

from stage import Bystander, Daemon, Scratch, Turns, free_port, is_starved, quiet

NAME = b"a" * 122
# Of the daemon's processor time: 4 ms are aimed at, and 200 new streams against 3,200 patterns each, which are one round, take a
# slow core 8 to 11. Well below what a bystander may wait.
TURN_MS = 16
COSTLY = "*" + "a" * 60 + "b"


@contextlib.contextmanager
def measured(binary, folder, *flags):
    turns = Turns(folder, binary)
    with Daemon(binary, *flags, environment=turns.environment()) as server:
        yield server, turns


def ask_in_a_loop(server, question, seconds, clients=1):
    """So many clients, each of which asks again as soon as it is answered: answers a second, and the bystander's p99."""
    done = [0] * clients
    until = time.monotonic() + seconds

    def ask(number):
        with server.connect() as one:
            while time.monotonic() < until:
                one.send(question)
                if one.line() is None:
                    return
                done[number] += 1

    bystander = Bystander(server.port)
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sum(done) / seconds, bystander.end()


def waits_of(server, alone, bound, p99):
    """What is said of a bystander's wait, and what of it counts: nothing where the machine is to blame."""
    waits = f"p99 {p99:.1f} ms ({alone:.1f} alone)"
    return (f"{waits}, starved", 0) if p99 > bound and is_starved(server) else (waits, p99)


def verdict_on(report, server, name, alone, bound, p99, turn, rate):
    waits, p99 = waits_of(server, alone, bound, p99)
    report.check(name, f"{waits}, turn {turn:.1f} ms, {rate:.0f}/s", f"<= {bound:.0f} ms, turn <= {TURN_MS} ms",
                 p99 <= bound and turn <= TURN_MS)


def listings(report, binary, streams, seconds):
    with Scratch() as folder, measured(binary, folder, "--detectors", "zscore") as (server, turns), \
            server.connect() as one:
        for begin in range(0, streams, 500):
            one.send(b"".join(b'{"stream":"%s%06d","value":1}\n' % (NAME, begin + item) for item in range(500)))
            for _ in range(500):
                one.line()
        alone, bound = quiet(server)
        turns.take()
        for what, question in (("streams, '*'", {"op": "streams", "limit": 1_000}),
                               ("streams, a costly pattern", {"op": "streams", "match": COSTLY})):
            for clients in (1, 16):
                rate, p99 = ask_in_a_loop(server, question, seconds, clients)
                verdict_on(report, server, f"{what}, {clients} in a loop, {streams} streams", alone, bound, p99, turns.take(), rate)
        fifth = one.ask({"op": "streams", "match": "*a*b*c*d*e"})
        fourth = one.ask({"op": "streams", "match": "*a*b*c*d"})["type"]
        report.check("  five stars in a pattern, and four", f"{fifth.get('code')}, {fourth}", "bad_frame, streams",
                     fifth.get("code") == "bad_frame" and fourth == "streams")


def subscriptions(report, binary, subscribers, seconds):
    """Patterns that match nothing, held against a stream that is known and against ever new ones."""
    with Scratch() as folder, measured(binary, folder, "--detectors", "zscore") as (server, turns), \
            server.connect() as one:
        alone, bound = quiet(server)
        turns.take()
        listeners = []
        for _ in range(subscribers):
            listeners.append(server.connect())
            listeners[-1].ask({"op": "subscribe", "streams": [f"{COSTLY}{item}" for item in range(64)]})
        for what, line in (("one known stream", lambda _: b'{"stream":"%s000001","value":1}\n' % NAME),
                           ("ever new streams", lambda number: b'{"stream":"%s%06d","value":1}\n' % (NAME, number))):
            bystander = Bystander(server.port)
            until = time.monotonic() + seconds
            sent = 0
            while time.monotonic() < until:
                one.send(b"".join(line(sent + item) for item in range(200)))
                for _ in range(200):
                    one.line()
                sent += 200
            verdict_on(report, server, f"{subscribers} x 64 costly patterns, {what}", alone, bound, bystander.end(), turns.take(),
                       sent / seconds)
        for item in listeners:
            item.close()


def spikes(one, events):
    """So many streams with a spike each, which is an event."""
    for begin in range(0, events, 100):
        for turn in range(52):
            value = 1_000 if turn == 40 else turn * 7 % 5
            one.send(b"".join(b'{"stream":"h%d","value":%d,"ts":%d}\n' % (begin + number, value, 1_764_000_000_000 +
                              turn * 60_000) for number in range(100)))
            for _ in range(100):
                one.line()


def history(report, binary, events, seconds):
    """Events by the ten thousand, and clients that ask for them in a loop."""
    with Scratch() as folder:
        state = os.path.join(folder, "state")
        flags = ("--state-dir", state, "--max-streams", str(events + 10))
        with measured(binary, folder, *flags) as (server, turns), server.connect() as one:
            alone, bound = quiet(server)
            spikes(one, events)
            time.sleep(1)
            turns.take()
            size = sum(os.path.getsize(os.path.join(state, name)) for name in os.listdir(state)
                       if name.startswith("history.db")) / 2**20
            loops(report, server, turns, size, alone, bound, seconds)


def loops(report, server, turns, size, alone, bound, seconds):
    for what, question in (("the newest 1,000", {"op": "history", "limit": 1_000}),
                           ("what there is not", {"op": "history", "streams": [COSTLY], "limit": 1_000})):
        for clients in (1, 16):
            rate, p99 = ask_in_a_loop(server, question, seconds, clients)
            verdict_on(report, server, f"history of {size:.0f} MiB, {what}, {clients} in a loop", alone, bound, p99,
                       turns.take(), rate)


def datagrams(report, binary, seconds):
    """As many datagrams of 60 KiB as one client can send."""
    with Scratch() as folder:
        port = free_port()
        with measured(binary, folder, "--detectors", "zscore", "--listen", f"udp://127.0.0.1:{port}") as (server, turns), \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            alone, bound = quiet(server)
            body = b'{"stream":"datagram","value":1}\n' * 2_000
            bystander = Bystander(server.port)
            turns.take()
            until = time.monotonic() + seconds
            sent = 0
            while time.monotonic() < until:
                sent += client.sendto(body, ("127.0.0.1", port)) > 0
            verdict_on(report, server, "datagrams of 60 KiB", alone, bound, bystander.end(), turns.take(), sent / seconds)


def bodies(report, binary, seconds):
    """Bodies of 8 MiB by HTTP, one after the other: their thread is busy with each of them, and serves nobody else."""
    with Scratch() as folder:
        port = free_port()
        with measured(binary, folder, "--detectors", "zscore", "--http", f"127.0.0.1:{port}") as (server, _):
            alone, bound = quiet(server)
            lines = b"body value=1\n"
            body = lines * (8 * 2**20 // len(lines))
            bystander = Bystander(server.port)
            until = time.monotonic() + seconds
            taken = 0
            while time.monotonic() < until:
                poster = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                poster.request("POST", "/write", body)
                taken += poster.getresponse().status == 204
                poster.close()
            waits, p99 = waits_of(server, alone, bound, bystander.end())
            report.check("bodies of 8 MiB", f"{waits}, {taken} taken", f"<= {bound:.0f} ms, >= 1 taken", p99 <= bound and taken >= 1)


def producers(report, binary, count, seconds):
    """So many anonymous producers, each as fast as it is taken, who read what they are answered."""
    with Scratch() as folder, measured(binary, folder) as (server, turns):
        alone, bound = quiet(server)
        turns.take()
        bystander = Bystander(server.port)
        before = server.stats()["points"]
        until = time.monotonic() + seconds

        def send(to, number):
            body = b"".join(b'{"stream":"flood%d-%d","value":%d}\n' % (number, item % 10, item % 7) for item in range(1_000))
            while time.monotonic() < until:
                to.sendall(body)
            to.shutdown(socket.SHUT_WR)

        def read(of):
            while of.recv(262_144):
                pass

        clients = [server.connect() for _ in range(count)]
        threads = [threading.Thread(target=send, args=(one.socket, number)) for number, one in enumerate(clients)]
        threads += [threading.Thread(target=read, args=(one.socket,)) for one in clients]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        for one in clients:
            one.close()
        p99 = bystander.end()
        rate = (server.stats()["points"] - before) / seconds
        verdict_on(report, server, f"{count} producers at full speed", alone, bound, p99, turns.take(), rate)


def run(report, binary, short, _sanitized=""):
    seconds = 1.5 if short else 6
    listings(report, binary, 20_000 if short else 90_000, seconds)
    subscriptions(report, binary, 50 if short else 500, seconds)
    history(report, binary, 3_000 if short else 60_000, seconds)
    datagrams(report, binary, seconds)
    bodies(report, binary, seconds)
    producers(report, binary, 16, seconds)
