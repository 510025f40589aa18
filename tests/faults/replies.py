"""Clients that do not read, in every part they may have: what waits for them is bounded, and nobody else waits."""

import ctypes
import json
import os
import socket
import struct
import threading
import time

from stage import Bystander, Client, Daemon, Scratch, check_bystander, eventually, point_line, quiet, side_by_side

LIGHT = ("--detectors", "zscore")


def flood(client, lines, seconds):
    """Sends for so long, or until no byte is taken for a second; how many lines were taken."""
    client.socket.settimeout(1)
    taken = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            taken += client.socket.send(lines)
        except TimeoutError:
            break
    return taken // (len(lines) // lines.count(b"\n"))


def unread_named(report, binary):
    """A producer with a name that does not read is not read from, and its verdicts are all there in the end."""
    with Daemon(binary, *LIGHT) as server, server.connect(receive_buffer=8_192) as one:
        alone, bound = quiet(server)
        bystander = Bystander(server.port)
        before = server.resident_kib()
        one.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        one.send({"op": "hello", "producer": "deaf"})
        sent = 0
        one.socket.settimeout(1)
        stalled = False
        while not stalled and sent < 100_000:
            try:
                one.socket.sendall(point_line(sent + 1))
                sent += 1
            except TimeoutError:
                stalled = True
        grown = server.resident_kib() - before
        points = server.stats()["points"]
        p99 = bystander.end()
        report.check("a producer with a name that never reads", f"stalled after {sent} points, {grown} KiB",
                     "stalled, <= 2,048 KiB", stalled and points < 20_000 and grown <= 2_048)
        check_bystander(report, server, alone, bound, p99)


def unread_anonymous(report, binary, count):
    """Anonymous producers that never read: their points are taken, their replies dropped and counted."""
    with Daemon(binary, *LIGHT, "--mute-after", "500") as server:
        bystander = Bystander(server.port)
        before = server.resident_kib()
        clients = [Client(server.port, receive_buffer=4_096) for _ in range(count)]
        lines = b'{"stream":"unread","value":1}\n' * 200
        taken = [0] * count

        def send(number):
            taken[number] = flood(clients[number], lines, 6)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(count)]
        for one in threads:
            one.start()
        highest = 0
        while any(one.is_alive() for one in threads):
            highest = max(highest, server.resident_kib() - before)
            time.sleep(0.05)
        p99 = bystander.end()
        eventually(lambda: server.stats()["points"] >= sum(taken), 10, 0.1)
        stats = server.stats()
        report.check(f"{count} anonymous producers that never read", f"{stats['points']} points taken, "
                     f"{stats['replies_muted']} replies dropped", "> 10,000 each on the mean, > 0",
                     stats["points"] > 10_000 * count and stats["replies_muted"] > 0)
        bound = 2 * 64 + count
        report.check("  memory", f"{highest / 1024:.0f} MiB", f"<= {bound} MiB: 2 for 64, 0.5 for others",
                     highest <= bound * 1024)
        report.check("  a bystander", f"p99 {p99:.1f} ms", "served", p99 < 1_000)
        for one in clients:
            one.close()


def gaps(report, binary):
    """A subscriber that reads late: what was dropped is told, in its place, to the line."""
    with Daemon(binary, *LIGHT, "--max-feed-bytes", "262144", "--feed-send-buffer", "32768") as server, \
            server.connect(receive_buffer=4_096) as late, server.connect() as one:
        late.ask({"op": "subscribe"})
        count = 20_000
        for _ in range(0, count, 1_000):
            one.send(b'{"stream":"s","value":1}\n' * 1_000)
            for _ in range(1_000):
                one.line()
        behind = queued(server.port)
        heard = missed = at = 0
        is_right = True
        while at < count and (line := late.line(10)) is not None:
            told = json.loads(line)
            if told["type"] == "gap":
                missed += told["missed"]
                at += told["missed"]
            elif told["type"] == "verdict":
                heard += 1
                at += 1
                is_right = is_right and told["n"] == at
        report.check("a subscriber that reads late", f"{heard} heard, {missed} told as missed", f"{count} in all, in order",
                     heard + missed == count and missed > 0 and is_right)
        report.check("  how far the kernel is behind", f"{behind / 1024:.0f} KiB", "<= 128 KiB: 32 asked for, twice, and "
                     "the reader's", behind <= 128 * 1024)


def queued(port):
    """The most that waits in a send buffer of the server's connections, by the kernel's own figures."""
    most = 0
    with open("/proc/net/tcp") as table:
        for line in list(table)[1:]:
            fields = line.split()
            if int(fields[1].split(":")[1], 16) == port and fields[3] == "01":
                most = max(most, int(fields[4].split(":")[0], 16))
    return most


def posted_batches(report, binary):
    """Between two threads one batch alone may be on its way: what does not go is dropped and counted, none twice."""
    flags = ("--threads", "2", "--max-posted-batches", "1")
    with Daemon(binary, *LIGHT, *flags) as server:
        readers = [server.connect() for _ in range(4)]
        heard = [0] * len(readers)
        for one in readers:
            one.ask({"op": "subscribe"})

        def read(number):
            while (line := readers[number].line(3)) is not None:
                heard[number] += b'"verdict"' in line
                if b'"gap"' in line:
                    heard[number] += json.loads(line)["missed"]

        threads = [threading.Thread(target=read, args=(number,)) for number in range(len(readers))]
        for one in threads:
            one.start()
        count = 100_000
        senders = [server.connect() for _ in range(4)]
        for _ in range(0, count // 4, 500):
            for one in senders:
                one.send(b'{"stream":"s","value":1}\n' * 500)
            for one in senders:
                for _ in range(500):
                    one.line()
        for one in threads:
            one.join()
        stats = server.stats()
        most = max(heard)
        report.check("--max-posted-batches 1, two threads", f"{min(heard)} to {most} of {count} heard, "
                     f"{stats['feed_lines_dropped']} dropped", "no more than there were; alike",
                     0 < most <= count and (stats["feed_lines_dropped"] > 0) == (min(heard) < count))
        for one in readers + senders:
            one.close()


def silent_kernel(one):
    """From now on the client's machine confirms nothing: a filter on the socket throws away whatever comes."""
    program = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    one.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", 1, ctypes.addressof(program)))  # SO_ATTACH_FILTER


def unconfirmed(report, binary):
    """A client whose machine confirms nothing any more while replies are on their way to it."""
    with Daemon(binary, *LIGHT, "--unacknowledged-timeout", "1000") as server, server.connect() as one:
        one.ask({"op": "ping"})
        silent_kernel(one.socket)
        one.send({"op": "ping"})
        began = time.monotonic()
        gone = eventually(lambda: server.stats()["connections"] == 1, 15, 0.1)
        took = time.monotonic() - began
        report.check("a machine that confirms nothing, 1 s", f"closed after {took:.1f} s" if gone else "lives on",
                     "<= 5 s", gone and took <= 5)


def lingering(report, binary):
    """Clients that are told a last error and neither read it nor close."""
    with Daemon(binary, *LIGHT, "--linger", "500", "--max-connections", "1") as server, server.connect() as inside:
        inside.ask({"op": "ping"})
        before = server.descriptors()
        beyond = [Client(server.port) for _ in range(40)]
        told = eventually(lambda: server.descriptors() >= before + 30, 5)
        began = time.monotonic()
        gone = eventually(lambda: server.descriptors() <= before, 10)
        took = time.monotonic() - began
        report.check("40 who neither read nor close, --linger 0.5 s", f"gone after {took:.1f} s" if gone else "there",
                     "<= 3 s", told and gone and took <= 3)
        for one in beyond:
            one.close()


def refused_at_once(report, binary):
    """Beyond --max-refused nobody is told: they are closed without a word, and cost no descriptor."""
    with Daemon(binary, *LIGHT, "--max-connections", "1", "--max-refused", "8", "--linger", "1500") as server, \
            server.connect() as inside:
        inside.ask({"op": "ping"})
        before = server.descriptors()
        beyond = [Client(server.port) for _ in range(50)]
        time.sleep(0.3)
        held = server.descriptors() - before
        told = sum(b"too_many_connections" in (one.line(3) or b"") for one in beyond)
        report.check("50 beyond the last place, --max-refused 8", f"{told} told, {held} descriptors", "8, <= 8",
                     told == 8 and held <= 8)
        for one in beyond:
            one.close()


def drain(report, binary):
    """SIGTERM while a client has megabytes to read and reads nothing."""
    with Daemon(binary, *LIGHT, "--drain-timeout", "1500") as server, server.connect(receive_buffer=4_096) as one:
        one.send({"op": "hello", "producer": "deaf"})
        flood(one, point_line(1) * 200, 2)
        began = time.monotonic()
        code = server.stop()
        took = time.monotonic() - began
        report.check("SIGTERM, a client that never reads, 1.5 s", f"exit code {code} after {took:.1f} s", "0, 1 to 4 s",
                     code == 0 and 1 <= took <= 4)


def kept_of_one(report, binary):
    """A producer's last 1,024 verdicts come again; what is older does not. Of many producers the oldest are forgotten."""
    with Scratch() as folder, Daemon(binary, *LIGHT, "--state-dir", os.path.join(folder, "state"), "--max-producers",
                                     "4") as server:
        with server.connect() as one:
            one.ask({"op": "hello", "producer": "long"})
            one.send(b"".join(point_line(seq) for seq in range(1, 2_001)))
            for _ in range(2_000):
                one.line()
            one.send(b"".join(point_line(seq) for seq in (976, 977, 2_000)))
            replies = [json.loads(one.line()) for _ in range(3)]
            codes = [item.get("code", "dup" if item.get("dup") else item["type"]) for item in replies]
            report.check("seqs 976, 977, 2,000 of 2,000 again", ", ".join(codes), "bad_seq, dup, dup",
                         codes == ["bad_seq", "dup", "dup"])
        for number in range(4):
            with server.connect() as one:
                one.ask({"op": "hello", "producer": f"p{number}"})
                one.ask({"seq": 7, "value": 1})
        with server.connect() as one:
            lasts = [one.ask({"op": "hello", "producer": name})["last_seq"] for name in ("p3", "p1", "long")]
            held = server.stats()["producers"]
        report.check("--max-producers 4, a fifth", f"last_seq {lasts}, {held} remembered", "[7, 7, 0], 4",
                     lasts == [7, 7, 0] and held == 4)


def run(report, binary, short, _sanitized=""):
    proofs = [unconfirmed, lingering, refused_at_once, drain, kept_of_one]
    side_by_side(report, *[lambda into, proof=proof: proof(into, binary) for proof in proofs])
    gaps(report, binary)
    posted_batches(report, binary)
    unread_named(report, binary)
    unread_anonymous(report, binary, 16 if short else 150)
