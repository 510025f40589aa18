"""The peer in Python: a plain asyncio server that does by hand what the daemon does, for one line of JSON a point.

For each point: json.loads, the mean and deviation of the last 100 values (recomputed, as a first version would),
a plain ADWIN (clock 32), json.dumps of a verdict. Standard library alone. Prints `listening on 127.0.0.1:PORT`.
"""

import asyncio
import json
import math
from collections import deque


class Adwin:
    """Bifet and Gavalda's ADWIN with exponential buckets, as one would write it down in Python."""

    def __init__(self, delta=0.002, clock=32, max_buckets=5):
        self.delta, self.clock, self.max_buckets = delta, clock, max_buckets
        self.rows = [deque()]
        self.width = self.total = self.variance = 0.0
        self.tick = 0

    def update(self, x):
        self.rows[0].append((x, 0.0))
        self.width += 1
        if self.width > 1:
            d = x - self.total / (self.width - 1)
            self.variance += (self.width - 1) * d * d / self.width
        self.total += x
        self.compress()
        self.tick += 1
        if self.tick % self.clock or self.width <= 10:
            return False
        drift = False
        while self.has_cut():
            self.drop_oldest()
            drift = True
        return drift

    def compress(self):
        r = 0
        while len(self.rows[r]) > self.max_buckets:
            if r + 1 == len(self.rows):
                self.rows.append(deque())
            (t0, v0), (t1, v1) = self.rows[r].popleft(), self.rows[r].popleft()
            n = 2.0**r
            d = (t0 - t1) / n
            self.rows[r + 1].append((t0 + t1, v0 + v1 + n * 0.5 * d * d))
            r += 1

    def has_cut(self):
        dp = math.log(2 * math.log(self.width) / self.delta)
        v = self.variance / self.width
        n0, u0 = 0.0, 0.0
        for r in range(len(self.rows) - 1, -1, -1):
            n = 2.0**r
            for t, _ in self.rows[r]:
                n0 += n
                u0 += t
                n1 = self.width - n0
                if n0 < 5 or n1 < 5:
                    continue
                m = 1 / (n0 - 4) + 1 / (n1 - 4)
                if abs(u0 / n0 - (self.total - u0) / n1) > math.sqrt(2 * m * v * dp) + 2 / 3 * dp * m:
                    return True
        return False

    def drop_oldest(self):
        n = 2.0 ** (len(self.rows) - 1)
        total, variance = self.rows[-1].popleft()
        if not self.rows[-1]:
            self.rows.pop()
        mean = total / n
        self.width -= n
        self.total -= total
        d = mean - self.total / self.width
        self.variance -= variance + n * self.width * d * d / (n + self.width)


class Stream:
    def __init__(self):
        self.n = 0
        self.window = deque(maxlen=100)
        self.adwin = Adwin()

    def observe(self, x):
        self.n += 1
        mean = sigma = z = 0.0
        if len(self.window) >= 10:
            mean = sum(self.window) / len(self.window)
            sigma = math.sqrt(sum((v - mean) ** 2 for v in self.window) / len(self.window))
            z = (x - mean) / sigma if sigma > 0 else 0.0
        self.window.append(x)
        return mean, sigma, z, self.adwin.update(x)


streams = {}


def answer(line):
    point = json.loads(line)
    stream = streams.setdefault(point.get("stream", "default"), Stream())
    mean, sigma, z, drift = stream.observe(float(point["value"]))
    return json.dumps({
        "type": "verdict", "stream": point.get("stream", "default"), "n": stream.n, "ts": point.get("ts"),
        "value": point["value"], "expected": mean, "sigma": sigma, "z": z, "anomaly": abs(z) > 3, "drift": drift,
    })


async def serve(reader, writer):
    try:
        while line := await reader.readline():
            writer.write(answer(line).encode() + b"\n")
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("listening on 127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
