#!/usr/bin/env python3
"""The same as client.py for programs of asyncio: send() returns at once, verdicts come to a callback.

    client_asyncio.py PRODUCER STREAM [HOST [PORT]]
"""
import asyncio
import json
import sys
import time


class Client:
    def __init__(self, producer, on_verdict, host="127.0.0.1", port=7171):
        self.producer, self.on_verdict, self.address = producer, on_verdict, (host, int(port))
        self.unanswered, self.seq, self.writer = {}, 0, None
        self.welcomed, self.room = asyncio.Event(), asyncio.Condition()

    async def run(self):
        """Connects, and connects again, until it is cancelled."""
        pause = 0.1
        while True:
            try:
                reader, writer = await asyncio.open_connection(*self.address)
                writer.write(json.dumps({"op": "hello", "producer": self.producer}).encode() + b"\n")
                welcome = json.loads(await reader.readline())
                if welcome["type"] != "welcome":
                    raise SystemExit(f"refused: {welcome}")
                self.seq, pause = max(self.seq, welcome["last_seq"]), 0.1
                # Only now may send() write: numbers must come in their order, the old ones first.
                writer.writelines(self.unanswered.values())
                self.writer = writer
                self.welcomed.set()
                while line := await reader.readline():
                    await self.take(json.loads(line))
            except (OSError, ValueError) as failed:
                print(f"{failed}; again in {pause:.1f} s", file=sys.stderr)
            self.writer = None
            await asyncio.sleep(pause)
            pause = min(2 * pause, 10)

    async def take(self, reply):
        if self.unanswered.pop(reply.get("seq"), None) is None:
            return
        self.on_verdict(reply)
        async with self.room:
            self.room.notify_all()

    async def send(self, stream, value, ts=None):
        await self.welcomed.wait()
        async with self.room:
            await self.room.wait_for(lambda: len(self.unanswered) < 512)
        self.seq += 1
        point = {"stream": stream, "value": value, "seq": self.seq, "ts": ts or int(time.time() * 1000)}
        self.unanswered[self.seq] = json.dumps(point).encode() + b"\n"
        if self.writer:
            self.writer.write(self.unanswered[self.seq])

    async def drain(self):
        async with self.room:
            await self.room.wait_for(lambda: not self.unanswered)


async def main():
    client = Client(sys.argv[1], lambda verdict: print(json.dumps(verdict)), *sys.argv[3:5])
    connection = asyncio.create_task(client.run())
    while number := await asyncio.to_thread(sys.stdin.readline):
        await client.send(sys.argv[2], float(number))
    await client.drain()
    connection.cancel()


if __name__ == "__main__":
    asyncio.run(main())
