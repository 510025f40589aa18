"""The limits of a frame: its length, its depth, its end."""

import json
import socket
import time

from stage import Daemon

LIGHT = ("--detectors", "zscore")


def too_large(report, binary):
    """A frame of 64 MiB costs one error and no memory, and the connection lives on."""
    with Daemon(binary, *LIGHT) as server, server.connect() as one:
        one.ask({"op": "ping"})
        before = server.resident_kib()
        highest = before
        one.send(b'{"value":1,"x":"')
        for _ in range(64):
            one.send(b"y" * (1 << 20))
            highest = max(highest, server.resident_kib())
        one.send(b'"}\n{"value":2}\n')
        replies = [json.loads(one.line()) for _ in range(2)]
        report.check("a frame of 64 MiB", f"{replies[0].get('code')}, {replies[1]['type']}, "
                     f"{highest - before} KiB", "frame_too_large, verdict, <= 1,024 KiB",
                     replies[0].get("code") == "frame_too_large" and replies[1]["type"] == "verdict" and
                     highest - before <= 1_024)
        whole = b'{"value":3,"x":"' + b"y" * (65_536 - 18) + b'"}'
        longest = one.ask(whole + b"\n")["type"]
        longer = one.ask(whole.replace(b"3", b"33") + b"\n").get("code")
        report.check("  65,536 bytes, and one more", f"{longest}, {longer}", "verdict, frame_too_large",
                     len(whole) == 65_536 and longest == "verdict" and longer == "frame_too_large")


def depth(report, binary):
    with Daemon(binary, *LIGHT) as server, server.connect() as one:
        replies = []
        for levels in (8, 9, 30_000):
            inner = levels - 1
            replies.append(one.ask(b'{"value":1,"x":' + b"[" * inner + b"]" * inner + b"}\n"))
        told = [item.get("code", item["type"]) for item in replies]
        report.check("nesting of 8, 9 and 30,000", ", ".join(told), "verdict, bad_json, bad_json",
                     told == ["verdict", "bad_json", "bad_json"])


def silence(report, binary):
    """Producers that never send a line end get their verdicts all the same."""
    with Daemon(binary, *LIGHT) as server, server.connect() as one:
        one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waits = []
        for number in range(20):
            began = time.monotonic()
            one.send(b'{"value":%d}' % number)
            one.line()
            waits.append((time.monotonic() - began) * 1000)
        middle = sorted(waits)[10]
        report.check("objects without a line end", f"answered after {middle:.0f} ms", "20 to 100 ms", 18 <= middle <= 100)


def run(report, binary, _short, _sanitized=""):
    too_large(report, binary)
    depth(report, binary)
    silence(report, binary)
