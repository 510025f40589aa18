"""The HTTP port and the viewer's page: half requests, bodies, odd headers, readers that stand still, pages of a browser."""

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import time

from stage import Client, Daemon, Scratch, eventually, free_port, side_by_side

LIGHT = ("--detectors", "zscore")


def reply_to(port, request, deadline=10.0):
    """The whole answer, to the end of the connection or of its body; empty when there is none."""
    with socket.create_connection(("127.0.0.1", port), deadline) as one:
        try:
            one.sendall(request)
            return read_reply(one)
        except OSError:
            return b""


def read_reply(one):
    got = b""
    while b"\r\n\r\n" not in got:
        more = one.recv(65_536)
        if not more:
            return got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    wanted = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")),
                  0)
    while len(body) < wanted and (more := one.recv(65_536)):
        body += more
    return head + b"\r\n\r\n" + body


def status(reply):
    return int(reply.split(b" ", 2)[1]) if reply.startswith(b"HTTP/1.1 ") else 0


def get(port, path="/healthz", deadline=10.0):
    return reply_to(port, b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % path.encode(), deadline)


def served(binary, *flags, **how):
    port = free_port()
    return Daemon(binary, *LIGHT, "--http", f"127.0.0.1:{port}", *flags, **how), port


def half_requests(report, binary):
    """As many connections with half a request as there may be, and twice as many: a scraper goes on scraping."""
    server, port = served(binary)
    with server:
        halves = []
        for _ in range(128):
            halves.append(socket.create_connection(("127.0.0.1", port)))
            halves[-1].sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Half: ")
        times = []
        good = 0
        for _ in range(10):
            began = time.monotonic()
            good += status(get(port, "/metrics")) == 200
            times.append(time.monotonic() - began)
        report.check("128 half HTTP requests: a scraper", f"{good} of 10 served, {max(times) * 1000:.0f} ms at most",
                     "10, <= 500 ms", good == 10 and max(times) <= 0.5)
        began = time.monotonic()
        ended = sum(ends(item, 6) for item in halves)
        took = time.monotonic() - began
        report.check("  the header of the first request, 3 s", f"{ended} cut, the last after {took:.1f} s", "all, <= 5 s",
                     ended == len(halves) and took <= 5)


def half_posts(report, binary):
    """The same at --ingest, which has more places."""
    port = free_port()
    with Daemon(binary, *LIGHT, "--ingest", f"127.0.0.1:{port}") as server:
        halves = []
        for _ in range(600):
            halves.append(socket.create_connection(("127.0.0.1", port)))
            halves[-1].sendall(b"POST /v1/points HTTP/1.1\r\nHost: localhost\r\nX-Half: ")
        held = server.descriptors()
        point = b'{"stream":"web","value":1}\n'
        whole = (b"POST /v1/points HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" %
                 len(point)) + point
        good = sum(status(reply_to(port, whole)) == 200 for _ in range(10))
        report.check("600 half POSTs at --ingest: a producer", f"{good} of 10 served, {held} descriptors", "10, <= 560",
                     good == 10 and held <= 560)
        for one in halves:
            one.close()


def ends(one, deadline):
    one.settimeout(deadline)
    try:
        while one.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    one.close()
    return True


def odd_headers(report, binary):
    """What proxies and careful clients send, and what smugglers do."""
    server, port = served(binary)
    with server:
        point = b'{"stream":"web","value":1}\n'
        smuggled = (b"POST /v1/points HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, unknown\r\n\r\n"
                    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port), 10) as one:
            one.sendall(smuggled)
            reply = b""
            try:
                while more := one.recv(65_536):
                    reply += more
            except OSError:
                pass
        report.check("an unknown Transfer-Encoding", f"{status(reply)}, {reply.count(b'HTTP/1.1 ')} answer, closed",
                     "4xx or 501, 1 answer, closed", reply.count(b"HTTP/1.1 ") == 1 and status(reply) >= 400)
        with socket.create_connection(("127.0.0.1", port), 10) as one:
            one.sendall(b"POST /v1/points HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n"
                        b"Connection: close\r\n\r\n" % len(point))
            first = one.recv(65_536)
            one.sendall(point)
            second = read_reply(one)
        report.check("Expect: 100-continue", f"{status(first)}, then {status(second)}", "100, 200",
                     status(first) == 100 and status(second) == 200)
        absolute = reply_to(port, b"GET http://127.0.0.1:%d/healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                            b"Connection: close\r\n\r\n" % (port, port))
        report.check("an absolute-form target", f"{status(absolute)}", "200", status(absolute) == 200)


def bodies(report, binary):
    """Bodies that are too long, too slow, too many, or too long once unpacked."""
    server, port = served(binary)
    with server:
        head = b"POST /v1/points HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
        before = server.resident_kib()
        large = reply_to(port, head % ((16 << 20) + 1) + b"\r\n" + b"x" * 1_000)
        report.check("a POST of 16 MiB and a byte", f"{status(large)}", "413", status(large) == 413)
        packed = gzip.compress(b'{"stream":"z","value":1}\n' * 1_500_000)
        bomb = reply_to(port, head % len(packed) + b"Content-Encoding: gzip\r\n\r\n" + packed)
        report.check("  that unpacks to 36 MiB", f"{status(bomb)}", "400", status(bomb) == 400)
        slow = []
        for _ in range(8):
            slow.append(socket.create_connection(("127.0.0.1", port), 15))
            slow[-1].sendall(head % (16 << 20) + b"\r\n" + b" " * (1 << 20))
        busy = {}

        def is_busy():
            busy["reply"] = reply_to(port, head % 26 + b"\r\n" + b'{"stream":"b","value":1}\r\n')
            return status(busy["reply"]) == 503

        refused = eventually(is_busy, 5)
        report.check("  a ninth while eight are on their way", f"{status(busy['reply'])}, "
                     f"{'Retry-After' if b'retry-after' in busy['reply'].lower() else 'no word when'}", "503, Retry-After",
                     refused and b"retry-after" in busy["reply"].lower())
        grown = (server.resident_kib() - before) / 1024
        report.check("  memory meanwhile", f"{grown:.0f} MiB", "<= 100 MiB", grown <= 100)
        began = time.monotonic()
        ended = sum(ends(item, 15) for item in slow)
        took = time.monotonic() - began
        report.check("  bodies that do not go on, 10 s", f"{ended} cut after {took:.1f} s", "8, <= 13 s",
                     ended == 8 and took <= 13)


def stuck_disk(report, binary, shim):
    """A POST whose points wait for a disk that does not answer."""
    with Scratch() as folder:
        state = os.path.join(folder, "state")
        flag = os.path.join(folder, "stuck")
        environment = {"LD_PRELOAD": shim, "FAULT_PATH": state, "FAULT_STUCK": flag}
        server, port = served(binary, "--state-dir", state, "--durability", "fsync", environment=environment)
        with server:
            point = b'{"stream":"web","value":1}\n'
            post = b"POST /v1/points HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(point)
            first = status(reply_to(port, post + point))
            with open(flag, "w"):
                pass
            began = time.monotonic()
            second = status(reply_to(port, post + point, 30))
            took = time.monotonic() - began
            os.unlink(flag)
            third = status(reply_to(port, post + point, 30))
            report.check("a POST while the disk is stuck", f"{first}, {second} after {took:.1f} s, then {third}",
                         "200; 503, 10 to 12 s; 200", (first, second, third) == (200, 503, 200) and 9 <= took <= 12)


def pages_of_browsers(report, binary):
    """What a page in any browser can send: to the TCP port whole requests, to the HTTP port those with its Origin."""
    server, port = served(binary)
    with server:
        body = b'{"op":"hello","producer":"plant-7"}\n{"seq":9007199254740991,"value":1}\n' * 50
        request = (b"POST / HTTP/1.1\r\nHost: 127.0.0.1:7171\r\nOrigin: http://evil.example\r\n"
                   b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body)) + body
        with Client(server.port) as page:
            page.send(request)
            lines = page.lines_to_end(10)
            ended = page.has_ended(5)
        stats = server.stats()
        report.check("an HTTP request on the TCP port", f"{len(lines)} line, {json.loads(lines[0])['code'] if lines else '-'}"
                     f", {stats['points']} points, {stats['producers']} producers", "1 error, closed, 0, 0",
                     len(lines) == 1 and b'"error"' in lines[0] and ended and stats["points"] == 0 and
                     stats["producers"] == 0)
        posted = reply_to(port, b"POST /v1/points HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 12\r\n"
                          b"\r\n" + b'{"value":1}\n')
        report.check("  one with an Origin on the HTTP port", f"{status(posted)}, {server.stats()['points']} points",
                     "403, 0", status(posted) == 403 and server.stats()["points"] == 0)


def alerts(report, binary):
    """The alert rules name metrics that there are."""
    rules = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "server", "deploy", "alerts.yml")
    with open(rules) as file:
        wanted = set(re.findall(r"\bspindrift_[a-z_]+(?:{[^}]*})?", "".join(line for line in file if "expr:" in line)))
    server, port = served(binary)
    with server:
        shown = get(port, "/metrics").decode()
    missing = [name for name in wanted if f"\n{name} " not in shown]
    report.check("the metrics of the alert rules", f"{len(wanted)} named, {missing or 'none'} missing", ">= 8, none",
                 len(wanted) >= 8 and not missing)


def standing_viewers(report, binary, seconds):
    """Browsers that ask for /events and do not read, with as many points a panel as there may be."""
    viewer = os.path.join(os.path.dirname(binary), "spindrift-viz")
    if not os.path.exists(viewer):
        return report.skip("/events that are not read", f"there is no {viewer}")
    with Daemon(binary) as server, server.connect() as one:
        port = free_port()
        with subprocess.Popen([viewer, "--server", f"127.0.0.1:{server.port}", "--web", f"127.0.0.1:{port}", "--points",
                               "100000", "--fps", "10"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as shown:
            try:
                if not eventually(lambda: is_up(port), 10):
                    return report.check("/events that are not read", "no page", "a page", False)
                for begin in range(0, 60):
                    one.send(b"".join(b'{"stream":"panel%d","value":%d,"ts":%d}\n' % (item % 16, item % 7,
                                      1_764_000_000_000 + begin * 2_000 + item) for item in range(2_000)))
                    for _ in range(2_000):
                        one.line()
                time.sleep(1)
                before = resident_kib(shown.pid)
                readers = []
                for _ in range(31):
                    reader = socket.socket()
                    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                    reader.connect(("127.0.0.1", port))
                    reader.sendall(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port)
                    readers.append(reader)
                until = time.monotonic() + seconds
                highest = 0
                value = 0
                while time.monotonic() < until:
                    value += 1
                    one.send(b"".join(b'{"stream":"panel%d","value":%d}\n' % (item % 16, value % 9)
                                      for item in range(320)))
                    for _ in range(320):
                        one.line()
                    highest = max(highest, resident_kib(shown.pid))
                    time.sleep(0.1)
                grown = (highest - before) / 1024
                good = status(get(port, "/"))
                report.check("31 /events not read, --points 100000", f"{grown:.0f} MiB, the page {good}", "<= 80 MiB, 200",
                             grown <= 80 and good == 200)
                for item in readers:
                    item.close()
            finally:
                shown.send_signal(signal.SIGTERM)


def is_up(port):
    try:
        return status(get(port, "/")) == 200
    except OSError:
        return False


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def run(report, binary, short, _sanitized=""):
    shim = os.path.join(os.path.dirname(binary), "failing_io.so")
    odd_headers(report, binary)
    pages_of_browsers(report, binary)
    alerts(report, binary)
    proofs = [half_requests, half_posts, bodies, lambda into, by: standing_viewers(into, by, 3 if short else 30)]
    if os.path.exists(shim):
        proofs.append(lambda into, by: stuck_disk(into, by, shim))
    else:
        report.skip("a POST while the disk is stuck", f"there is no {shim}")
    side_by_side(report, *[lambda into, proof=proof: proof(into, binary) for proof in proofs])
