"""The package against a real server."""

import asyncio
import datetime
import json
import random
import threading

import pytest
import spindrift
from spindrift.conversation import milliseconds, point_line, split_address


def test_a_producer_gets_the_verdicts_of_its_points_in_their_order(server):
    with spindrift.Producer(server.address) as producer:
        replies = list(producer.stream(("a", float(i)) for i in range(2_000)))
    assert [line["n"] for line in replies] == list(range(1, 2_001))
    assert all(line["type"] == "verdict" for line in replies)


def test_points_are_numbers_pairs_features_and_dicts(server):
    when = datetime.datetime(2025, 11, 24, 16, 0, tzinfo=datetime.timezone.utc)
    with spindrift.Producer(server.address) as producer:
        assert producer.ask(1)["stream"] == "default"
        assert producer.ask({"x": 1, "y": 2}, stream="m")["values"] == {"x": 1, "y": 2}
        assert producer.ask(3, stream="t", ts=when)["ts"] == 1_764_000_000_000
        replies = list(producer.stream([5, ("b", 6), {"stream": "c", "value": 7, "label": True}]))
    assert [(line["stream"], line["value"]) for line in replies] == [("default", 5), ("b", 6), ("c", 7)]
    assert replies[2]["label"] is True


def test_what_is_wrong_is_an_error_in_its_place(server):
    with spindrift.Producer(server.address) as producer:
        replies = list(producer.stream([("a", 1), ('not"a name', 2), ("a", 3)]))
        assert [line["type"] for line in replies] == ["verdict", "error", "verdict"]
        producer.send(1, stream="x*")
        assert [line["code"] for line in producer.flush()] == ["bad_stream"]
        with pytest.raises(ValueError):
            producer.send(float("nan"))


def test_a_named_producer_goes_on_after_the_server_was_killed(server):
    with spindrift.Producer(server.address, name="plant-7") as producer:
        for i in range(500):
            producer.send(i, stream="a")
            if i == 300:
                server.kill()
                threading.Thread(target=server.start).start()
        numbers = [line["n"] for line in producer.replies()]
    assert numbers[-1] == 500
    with spindrift.Producer(server.address, name="plant-7") as producer:
        assert producer.ask(1, stream="a")["n"] == 501


def test_one_without_a_name_says_that_the_connection_is_lost(server):
    with spindrift.Producer(server.address) as producer:
        producer.ask(1)
        server.kill()
        with pytest.raises(ConnectionError):
            for _ in range(100):
                producer.ask(1)
        server.start()


def test_a_name_that_is_taken_over_is_refused(server):
    with spindrift.Producer(server.address, name="one") as first:
        first.ask(1)
        with spindrift.Producer(server.address, name="one") as second:
            assert second.ask(2)["seq"] == 2
            with pytest.raises((spindrift.Refused, ConnectionError)):
                for _ in range(10):
                    first.ask(3)


def test_a_subscriber_hears_what_others_send(server):
    with spindrift.Subscriber(server.address, streams="a*") as heard, spindrift.Producer(server.address) as producer:
        lines = iter(heard)
        # The subscription is in force with its answer; a point that is heard shows that it is.
        for i in range(100):
            producer.ask(i, stream="b")
            producer.ask(i, stream="a1")
        assert {next(lines)["stream"] for _ in range(50)} == {"a1"}


def test_a_subscriber_comes_back(server):
    with spindrift.Subscriber(server.address) as heard:
        lines = iter(heard)
        with spindrift.Producer(server.address, name="p") as producer:
            producer.ask(1)
            producer.ask(2)
            first = next(lines)
            server.kill()
            server.start()
            stops = threading.Event()
            sender = threading.Thread(target=lambda: [producer.ask(3) for _ in iter(stops.is_set, True)])
            sender.start()
            later = next(line for line in lines if line["n"] > first["n"] + 1)
            stops.set()
            sender.join()
    assert later["stream"] == "default"


def test_the_same_for_asyncio(server):
    async def run():
        async with spindrift.AsyncProducer(server.address, name="async") as producer:
            replies = [line async for line in producer.stream(("a", i) for i in range(1_000))]
            assert [line["n"] for line in replies] == list(range(1, 1_001))
            lines = spindrift.AsyncSubscriber(server.address).__aiter__()
            hearing = asyncio.ensure_future(lines.__anext__())
            while not hearing.done():
                await producer.ask(5, stream="a")
            assert hearing.result()["stream"] == "a"
            await lines.aclose()
            server.kill()
            server.start()
            assert (await producer.ask(7, stream="a"))["value"] == 7

    asyncio.run(run())


def noise(count):
    rng = random.Random(3)
    return [rng.gauss(20, 1) for _ in range(count)]


def test_detect_gives_a_verdict_for_each_point(program):
    values = noise(500)
    values[400] = 60.0
    verdicts = list(spindrift.detect(values, program=program))
    assert [line["index"] for line in verdicts] == list(range(500))
    assert verdicts[400]["anomaly"]
    told = list(spindrift.detect(values, events=True, program=program))
    assert any(line["kind"] == "spike" and line["from_n"] == 401 for line in told)


def test_detect_takes_times_and_options_and_stops_when_nobody_listens(program):
    timed = [(1_764_000_000_000 + i * 1000, value) for i, value in enumerate(noise(300))]
    assert next(spindrift.detect(timed, program=program))["ts"] == 1_764_000_000_000
    assert not any(line["anomaly"] for line in spindrift.detect(noise(300), program=program, threshold=1e5))


def test_detect_says_what_is_wrong(program):
    with pytest.raises(RuntimeError, match="threshold"):
        list(spindrift.detect([1, 2], program=program, treshold=5))
    with pytest.raises(ValueError):
        list(spindrift.detect([1, float("nan")], program=program))


def test_detect_keeps_the_index_of_a_pandas_series(program):
    pandas = pytest.importorskip("pandas")
    index = pandas.date_range("2025-11-24", periods=300, freq="min", tz="UTC")
    frame = pandas.DataFrame(spindrift.detect(pandas.Series(noise(300), index=index), program=program))
    assert list(frame["index"]) == list(index)
    assert frame["ts"][0] == int(index[0].timestamp() * 1000)


def test_lines_and_addresses():
    assert json.loads(point_line(1, "a", 5, 7, True)) == {"stream": "a", "seq": 7, "value": 1.0, "ts": 5, "label": True}
    assert split_address("[::1]:7171") == ("::1", 7171)
    assert split_address(":7171") == ("127.0.0.1", 7171)
    assert milliseconds(datetime.datetime(1970, 1, 1, 0, 0, 1, 500_999, tzinfo=datetime.timezone.utc)) == 1_500
