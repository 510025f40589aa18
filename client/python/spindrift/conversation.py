"""What is said between a client and the server, without a socket: lines in, lines out."""

import collections
import datetime
import json
import random

LINE_BYTES_MAX = 1 << 26
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Refused(Exception):
    """The server closes, or does not let us in; `line` is what it said."""

    def __init__(self, line):
        super().__init__(f"{line.get('code')}: {line.get('message')}")
        self.line = line


# After these nothing comes any more, and coming back would change nothing.
FINAL = {"unauthorized", "forbidden", "superseded", "bad_seq"}


def split_address(address):
    """"HOST:PORT", with brackets around IPv6; a pair is taken as it is."""
    if not isinstance(address, str):
        return address
    host, _, port = address.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def milliseconds(when):
    """Of a datetime (without a zone: local time, as everywhere in Python), a numpy datetime64, or milliseconds."""
    if isinstance(when, datetime.datetime):
        return (when.astimezone(datetime.timezone.utc) - EPOCH) // datetime.timedelta(milliseconds=1)
    if hasattr(when, "astype"):  # numpy
        return int(when.astype("datetime64[ms]").astype("int64")) if when.dtype.kind == "M" else int(when)
    return int(when)


def point_line(value, stream=None, ts=None, seq=None, label=None):
    point = {}
    if stream is not None:
        point["stream"] = stream
    if seq is not None:
        point["seq"] = seq
    if isinstance(value, dict):
        point["values"] = {name: float(number) for name, number in value.items()}
    else:
        point["value"] = float(value)
    if ts is not None:
        point["ts"] = milliseconds(ts)
    if label is not None:
        point["label"] = bool(label)
    return json.dumps(point, allow_nan=False, ensure_ascii=False).encode() + b"\n"


def hello_line(name=None, token=None):
    said = {"op": "hello"}
    if name:
        said["producer"] = name
    if token:
        said["token"] = token
    return json.dumps(said).encode() + b"\n"


def subscribe_line(streams, only, updates):
    streams = [streams] if isinstance(streams, str) else list(streams)
    return json.dumps({"op": "subscribe", "streams": streams, "only": only, "updates": updates}).encode() + b"\n"


def pauses(longest=10.0):
    """How long to wait before each attempt to come back: doubled, and by chance a half to all of it."""
    pause = 0.1
    while True:
        yield pause * random.uniform(0.5, 1.0)
        pause = min(pause * 2, longest)


class Conversation:
    """The points of one producer that have no reply yet, in order, so that they can be said again."""

    def __init__(self, name, token, in_flight):
        self.name = name
        self.token = token
        self.in_flight = in_flight
        self.next_seq = None  # of a producer with a name, once it has been welcomed
        self.waiting = collections.deque()  # lines

    def greeting(self):
        return hello_line(self.name, self.token) if self.name or self.token else b""

    def welcomed(self, line):
        """What to say again after the server's welcome."""
        if line["type"] != "welcome":
            raise Refused(line)
        self.in_flight = min(self.in_flight, line.get("in_flight_max", self.in_flight))
        if self.name and self.next_seq is None:
            self.next_seq = line["last_seq"] + 1
        return b"".join(self.waiting)

    def point(self, value, stream, ts, label):
        line = point_line(value, stream, ts, self.next_seq if self.name else None, label)
        if self.name:
            self.next_seq += 1
        self.waiting.append(line)
        return line

    def is_full(self):
        return len(self.waiting) >= self.in_flight

    def reply(self, line):
        """A line from the server: the reply to the oldest point; None where it is none."""
        if line["type"] == "error":
            if line.get("code") in FINAL:
                raise Refused(line)
            if "frame" not in line:
                return None  # it closes: idle, shutting_down
        elif line["type"] != "verdict":
            return None
        self.waiting.popleft()
        return line


def as_point(item):
    """(value, stream, ts, label) of what a person hands over: a number, a dict of features, (stream, value[, ts]), or a
    dict with `value` or `values`."""
    if isinstance(item, dict) and ("value" in item or "values" in item):
        return item.get("value", item.get("values")), item.get("stream"), item.get("ts"), item.get("label")
    if isinstance(item, tuple):
        stream, value, *rest = item
        return value, stream, rest[0] if rest else None, None
    return item, None, None, None
