"""Sends points and gets their verdicts, in order."""

import asyncio
import collections
import json
import socket
import time

from .conversation import LINE_BYTES_MAX, Conversation, as_point, pauses, split_address


class _Sender:
    """What both producers are told."""

    def __init__(self, address="127.0.0.1:7171", name=None, token=None, tls=None, in_flight=256, timeout=30.0,
                 patience=60.0):
        self._address = split_address(address)
        self._tls = tls
        self._timeout = timeout
        self._patience = patience
        self._talk = Conversation(name, token, in_flight)
        self._ready = collections.deque()  # replies that nobody has asked for yet
        self._begin()

    def _begin(self):
        """What can be done before anybody awaits anything."""


class Producer(_Sender):
    """Blocking; one thread at a time. `name` makes it one that comes back: see the package's README. `tls` is an
    ssl.SSLContext; `patience` the seconds that the server may be away before ConnectionError."""

    _socket = None
    _file = None

    def _begin(self):
        self._connect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for one in (self._file, self._socket):
            if one is not None:
                one.close()
        self._file = self._socket = None

    def send(self, value, stream=None, ts=None, label=None):
        """Sends a point; waits only where as many as may be are under way. Its reply comes with replies()."""
        while self._talk.is_full():
            self._take_reply()
        line = self._talk.point(value, stream, ts, label)
        try:
            self._socket.sendall(line)
        except OSError:
            self._come_back()

    def replies(self, wait=True):
        """The replies that are still due, in the order of the points: verdicts, or errors. Without `wait` those that have
        been read."""
        while self._ready or (wait and self._talk.waiting):
            if not self._ready:
                self._take_reply()
                continue
            yield self._ready.popleft()

    def stream(self, points):
        """Sends all points (numbers, (stream, value), (stream, value, ts), or dicts) and yields a reply for each."""
        for item in points:
            self.send(*as_point(item))
            yield from self.replies(wait=False)
        yield from self.replies()

    def ask(self, value, stream=None, ts=None, label=None):
        """Sends a point and waits for its verdict; replies of points before it are thrown away."""
        self.send(value, stream, ts, label)
        answer = None
        for answer in self.replies():
            pass
        return answer

    def flush(self):
        """Waits until every point has its reply, and throws them away; returns those that are errors."""
        return [line for line in self.replies() if line["type"] == "error"]

    def _connect(self):
        raw = socket.create_connection(self._address, self._timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = self._tls.wrap_socket(raw, server_hostname=self._address[0]) if self._tls else raw
        self._file = self._socket.makefile("rb")
        greeting = self._talk.greeting()
        if greeting:
            self._socket.sendall(greeting)
            self._socket.sendall(self._talk.welcomed(self._read()))

    def _read(self):
        line = self._file.readline(LINE_BYTES_MAX)
        if not line.endswith(b"\n"):
            raise ConnectionError("the server has closed the connection")
        return json.loads(line)

    def _take_reply(self):
        try:
            reply = self._talk.reply(self._read())
        except OSError:
            return self._come_back()
        if reply is not None:
            self._ready.append(reply)

    def _come_back(self):
        if not self._talk.name:
            raise ConnectionError("the connection is lost; a producer with a name would come back")
        until = time.monotonic() + self._patience
        for pause in pauses():
            self.close()
            time.sleep(pause)
            try:
                return self._connect()
            except OSError as failed:
                if time.monotonic() > until:
                    raise ConnectionError(f"the server is away: {failed}") from failed


class AsyncProducer(_Sender):
    """The same for asyncio; one task at a time. `async with`, `await ask()`, `async for ... in stream()`."""

    _reader = None
    _writer = None

    async def __aenter__(self):
        await self._connect()
        return self

    async def __aexit__(self, *_):
        await self.close()

    async def close(self):
        if self._writer is not None:
            self._writer.close()
            try:
                await self._writer.wait_closed()
            except OSError:
                pass
        self._reader = self._writer = None

    async def send(self, value, stream=None, ts=None, label=None):
        while self._talk.is_full():
            await self._take_reply()
        line = self._talk.point(value, stream, ts, label)
        try:
            self._writer.write(line)
            await self._writer.drain()
        except OSError:
            await self._come_back()

    async def replies(self, wait=True):
        while self._ready or (wait and self._talk.waiting):
            if not self._ready:
                await self._take_reply()
                continue
            yield self._ready.popleft()

    async def stream(self, points):
        """`points`: an iterable, or an asynchronous one."""
        if hasattr(points, "__aiter__"):
            async for item in points:
                await self.send(*as_point(item))
                async for reply in self.replies(wait=False):
                    yield reply
        else:
            for item in points:
                await self.send(*as_point(item))
                async for reply in self.replies(wait=False):
                    yield reply
        async for reply in self.replies():
            yield reply

    async def ask(self, value, stream=None, ts=None, label=None):
        await self.send(value, stream, ts, label)
        answer = None
        async for answer in self.replies():
            pass
        return answer

    async def flush(self):
        return [line async for line in self.replies() if line["type"] == "error"]

    async def _connect(self):
        opening = asyncio.open_connection(*self._address, ssl=self._tls, limit=LINE_BYTES_MAX)
        try:
            self._reader, self._writer = await asyncio.wait_for(opening, self._timeout)
            greeting = self._talk.greeting()
            if greeting:
                self._writer.write(greeting)
                self._writer.write(self._talk.welcomed(await self._read()))
                await self._writer.drain()
        except asyncio.TimeoutError as slow:
            raise ConnectionError("the server does not answer") from slow

    async def _read(self):
        line = await asyncio.wait_for(self._reader.readline(), self._timeout)
        if not line.endswith(b"\n"):
            raise ConnectionError("the server has closed the connection")
        return json.loads(line)

    async def _take_reply(self):
        try:
            reply = self._talk.reply(await self._read())
        except (OSError, asyncio.TimeoutError):
            return await self._come_back()
        if reply is not None:
            self._ready.append(reply)

    async def _come_back(self):
        if not self._talk.name:
            raise ConnectionError("the connection is lost; a producer with a name would come back")
        until = time.monotonic() + self._patience
        for pause in pauses():
            await self.close()
            await asyncio.sleep(pause)
            try:
                return await self._connect()
            except OSError as failed:
                if time.monotonic() > until:
                    raise ConnectionError(f"the server is away: {failed}") from failed
