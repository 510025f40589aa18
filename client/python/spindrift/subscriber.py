"""Hears what streams have to say."""

import asyncio
import json
import socket
import time

from .conversation import LINE_BYTES_MAX, Refused, hello_line, pauses, split_address, subscribe_line


class _Wish:
    def __init__(self, address, streams, only, updates, token, tls, patience):
        self.address = split_address(address)
        self.said = (hello_line(token=token) if token else b"") + subscribe_line(streams, only, updates)
        self.tls = tls
        self.patience = patience


def _heard(line):
    """The line for the subscriber; None where it is none. One that closes for good raises."""
    line = json.loads(line)
    if line["type"] == "error":
        if line.get("code") in ("shutting_down", "slow_consumer", "idle"):
            return None
        raise Refused(line)
    return None if line["type"] in ("welcome", "subscribed") else line


class Subscriber:
    """Yields verdicts, events and, where something was missed, {"type": "gap", "missed": N}. `only`: "all", "marked" or
    "events". A lost connection is taken up again for `patience` seconds (None: for ever); what was said meanwhile is
    missed."""

    def __init__(self, address="127.0.0.1:7171", streams="*", only="all", updates=False, token=None, tls=None,
                 patience=60.0):
        self._wish = _Wish(address, streams, only, updates, token, tls, patience)
        self._socket = None
        self._connect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _connect(self):
        raw = socket.create_connection(self._wish.address, 30.0)
        tls = self._wish.tls
        self._socket = tls.wrap_socket(raw, server_hostname=self._wish.address[0]) if tls else raw
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._socket.sendall(self._wish.said)

    def __iter__(self):
        away_since = None
        waits = pauses()
        while self._socket is not None or away_since is not None:
            try:
                if self._socket is None:
                    self._connect()
                with self._socket.makefile("rb") as file:
                    while (line := file.readline(LINE_BYTES_MAX)).endswith(b"\n"):
                        away_since, waits = None, pauses()
                        heard = _heard(line)
                        if heard is not None:
                            yield heard
            except (OSError, ValueError, AttributeError):
                if self._socket is None and away_since is None:
                    return  # closed by ourselves
            self.close()
            away_since = away_since or time.monotonic()
            if self._wish.patience is not None and time.monotonic() - away_since > self._wish.patience:
                raise ConnectionError("the server is away")
            time.sleep(next(waits))


class AsyncSubscriber:
    """The same for asyncio: `async for line in AsyncSubscriber(...)`."""

    def __init__(self, address="127.0.0.1:7171", streams="*", only="all", updates=False, token=None, tls=None,
                 patience=60.0):
        self._wish = _Wish(address, streams, only, updates, token, tls, patience)

    async def __aiter__(self):
        away_since = None
        waits = pauses()
        while True:
            writer = None
            try:
                reader, writer = await asyncio.open_connection(*self._wish.address, ssl=self._wish.tls,
                                                               limit=LINE_BYTES_MAX)
                writer.write(self._wish.said)
                while (line := await reader.readline()).endswith(b"\n"):
                    away_since, waits = None, pauses()
                    heard = _heard(line)
                    if heard is not None:
                        yield heard
            except OSError:
                pass
            finally:
                if writer is not None:
                    writer.close()
            away_since = away_since or time.monotonic()
            if self._wish.patience is not None and time.monotonic() - away_since > self._wish.patience:
                raise ConnectionError("the server is away")
            await asyncio.sleep(next(waits))
