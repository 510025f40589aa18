#!/usr/bin/env python3
"""Numbers from stdin to a stream, verdicts to stdout; after a broken connection nothing is lost and nothing counts twice.

    client.py PRODUCER STREAM [HOST [PORT]]        standard library alone
"""
import json
import socket
import sys
import time
from collections import OrderedDict

IN_FLIGHT = 512  # points without a verdict; the server keeps 1,024


class Client:
    def __init__(self, producer, host="127.0.0.1", port=7171):
        self.producer, self.address = producer, (host, int(port))
        self.unanswered = OrderedDict()  # seq -> line
        self.seq = 0
        self.connect()

    def connect(self):
        pause = 0.1
        while True:
            try:
                self.socket = socket.create_connection(self.address, 10)
                self.lines = self.socket.makefile("rb")
                self.write({"op": "hello", "producer": self.producer})
                welcome = self.read()
                if welcome["type"] != "welcome":
                    raise SystemExit(f"refused: {welcome}")
                # The first connection goes on where the last run ended; later ones repeat what has no verdict yet.
                self.seq = max(self.seq, welcome["last_seq"])
                for line in self.unanswered.values():
                    self.socket.sendall(line)
                return
            except OSError as failed:
                print(f"{failed}; again in {pause:.1f} s", file=sys.stderr)
                time.sleep(pause)
                pause = min(2 * pause, 10)

    def write(self, frame):
        self.socket.sendall(json.dumps(frame).encode() + b"\n")

    def read(self):
        line = self.lines.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the server went away")
        return json.loads(line)

    def send(self, stream, value, ts=None):
        """Sends a point; returns the verdicts that it had to wait for."""
        self.seq += 1
        point = {"stream": stream, "value": value, "seq": self.seq, "ts": ts or int(time.time() * 1000)}
        self.unanswered[self.seq] = json.dumps(point).encode() + b"\n"
        try:
            self.socket.sendall(self.unanswered[self.seq])
        except OSError:
            self.connect()
        return self.wait(IN_FLIGHT)

    def wait(self, left=0):
        """The verdicts that come until at most `left` points have none."""
        while len(self.unanswered) > left:
            try:
                reply = self.read()
            except OSError:
                self.connect()
                continue
            if self.unanswered.pop(reply.get("seq"), None) is not None:
                yield reply


def main():
    client = Client(sys.argv[1], *sys.argv[3:5])
    for number in sys.stdin:
        for verdict in client.send(sys.argv[2], float(number)):
            print(json.dumps(verdict))
    for verdict in client.wait():
        print(json.dumps(verdict))


if __name__ == "__main__":
    main()
