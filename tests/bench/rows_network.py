"""Rows 1, 2, 3, 6 and 7: what goes over a socket."""

import json
import subprocess
import time

import stops
from server_process import pinned
from table import markdown, median, ratios, short, spread

classic = ("--detectors", "zscore,adwin", "--zscore-method", "classic")
robust = ("--detectors", "zscore,adwin")
ensemble = ("--detectors", "zscore,adwin,ensemble")

warm_up_points = 1_000_000  # 1,000 a stream: windows are full, the robust baseline has learned its scales


redis_pipeline = 100


class Redis100:
    """Redis as the goals name it: SET with a pipeline of 100, whatever the depth of the other peers."""

    name = f"Redis SET, pipeline {redis_pipeline}"

    def __init__(self, redis):
        self.redis = redis

    def run(self, bench, connections, window):
        del window
        return self.redis.run(bench, connections, redis_pipeline)


class ShippedClient(Redis100):
    """The same by redis-benchmark instead of our client: whether ours treats Redis fairly."""

    name = f"Redis SET, redis-benchmark -P {redis_pipeline}"

    def run(self, bench, connections, window):
        del window
        count = int(1_000_000 * bench.seconds)
        before = self.redis.cpu_ns()
        done = subprocess.run(
            ["redis-benchmark", "-p", str(self.redis.port), "-t", "set", "-P", str(redis_pipeline),
             "-c", str(connections), "-d", "70", "-r", "1000", "-n", str(count), "--csv"],
            capture_output=True, text=True, check=True, preexec_fn=pinned(bench.cores.client))
        rate = float(done.stdout.strip().splitlines()[-1].split(",")[1].strip('"'))
        return {"rate": rate, "cpu_ns": (self.redis.cpu_ns() - before) / count}


class Marked:
    """A server that is asked for marked verdicts and acknowledgements alone."""

    resp = False

    def __init__(self, server):
        self.server = server
        self.name = f"{server.name}, replies marked"

    def run(self, bench, connections, window):
        return bench.load(self.server, "pipelined", connections=connections, window=window, seconds=bench.seconds,
                          replies="marked")


def start_peers(bench, python=False, stateless=False):
    peers = [
        bench.echo(),
        bench.spindriftd("spindriftd zscore,adwin (classic)", *classic),
        bench.spindriftd("spindriftd zscore,adwin (robust)", *robust),
        bench.spindriftd("spindriftd zscore,adwin,ensemble", *ensemble),
    ]
    if stateless and "  --state-dir " in bench.help:
        peers.append(bench.spindriftd("spindriftd zscore,adwin (robust), no journal", *robust, state=False))
    if bench.has_redis:
        peers.append(bench.redis())
    if python:
        peers.append(bench.python())
    for peer in peers:
        if peer.name not in ("raw echo", "Redis SET", "Python peer"):
            bench.load(peer, "pipelined", points=warm_up_points, window=1024)
    return peers


def rates(results):
    return [each["rate"] for each in results]


def row_1(bench, goals):
    print("\n## 1. End to end, pipelined, 1,000 streams\n")
    peers = start_peers(bench, python=True, stateless=True)
    echo, of_classic, of_robust, of_ensemble = peers[:4]
    redis = next((each for each in peers if each.resp), None)
    # 1,024 is what the protocol lets a producer have unanswered, 100 the pipeline that Redis is asked for. A server
    # with more work at once sleeps less often, so every peer is shown at both depths.
    shapes = [("1 connection, 1,024 in flight", 1, 1024), ("1 connection, 100 in flight", 1, 100),
              ("64 connections, 100 in flight each", 64, 100)]
    marked = [Marked(each) for each in (of_classic, of_robust, of_ensemble)]
    peers += marked
    if redis:
        peers += [Redis100(redis), ShippedClient(redis)]
    measured = {}
    for title, connections, window in shapes:
        measured[title] = bench.interleaved(peers, lambda peer: peer.run(bench, connections, window))
        table = []
        for peer, results in measured[title].items():
            mine = rates(results)
            table.append([
                peer.name, spread(mine, short), f"{median(ratios(mine, rates(measured[title][echo]))):.3f}",
                f"{median(ratios(mine, rates(measured[title][peers[-2]]))):.2f}" if redis else "",
                spread([each["cpu_ns"] for each in results])])
        print(f"### {title}\n")
        header = ["peer", "points/s", "x raw echo", f"x Redis -P {redis_pipeline}", "server CPU ns/point"]
        print(markdown(header, table), "\n", flush=True)
    # Rounds of one shape alone stand next to each other in time; ratios across shapes would measure the machine's mood.
    for title, results in (("1 connection", measured[shapes[0][0]]), ("64 connections", measured[shapes[2][0]])):
        for other in peers[-2:] if redis else []:
            for peer, wanted in ((of_classic, 2.0), (of_robust, 1.4), (of_ensemble, 1.2)):
                goals.at_least(f"{title}: {peer.name} / {other.name}", wanted,
                               median(ratios(rates(results[peer]), rates(results[other]))))
        if redis:
            wanted = (None, None, 2.0) if title == "1 connection" else (2.0, 1.5, 1.1)
            for peer, least in zip(marked, wanted):
                if least:
                    goals.at_least(f"{title}: {peer.name} / {peers[-2].name}", least,
                                   median(ratios(rates(results[peer]), rates(results[peers[-2]]))))
        goals.at_least(f"{title}: {of_classic.name} / raw echo", 0.12,
                       median(ratios(rates(results[of_classic]), rates(results[echo]))))
    bench.stop_all()


def micro(value):
    return f"{value:,.1f}"


def row_2(bench, goals):
    print("\n## 2. One point at a time, one connection\n")
    peers = start_peers(bench)
    results = bench.interleaved(peers, lambda peer: bench.load(peer, "one", seconds=bench.seconds))
    table = []
    for peer, runs in results.items():
        ratio = median(ratios(rates(runs), rates(results[peers[0]])))
        table.append([peer.name, spread(rates(runs), short), f"{ratio:.2f}"] +
                     [spread([each[q] for each in runs], micro) for q in ("p50_us", "p99_us", "p999_us")])
        if peer is peers[2]:
            goals.at_least("round trips/s: zscore,adwin (robust) / raw echo", 0.9, ratio)
    print(markdown(["peer", "round trips/s", "x raw echo", "p50 us", "p99 us", "p99.9 us"], table), flush=True)
    bench.stop_all()


def row_3(bench, goals):
    print("\n## 3. Open loop: latency from the time a point was due, one connection\n")
    alone = stops.measure(bench.cores.server | bench.cores.client, 5)
    print(f"Before the servers start, threads on their cores that only read the clock are stopped for up to "
          f"{alone['longest_ms']:.1f} ms at a time, {100 * alone['share']:.2f} %\nof the time.\n")
    peers = [each for each in start_peers(bench) if not each.resp]
    for rate in (50_000, 200_000, 500_000):
        results = bench.interleaved(peers, lambda peer: bench.load(peer, "open", rate=rate, seconds=2 * bench.seconds))
        table = []
        for peer, runs in results.items():
            late = median([each["unanswered"] for each in runs])
            table.append([peer.name] + [spread([each[q] for each in runs], micro)
                                        for q in ("p50_us", "p99_us", "p999_us", "max_us")] + [short(late)])
            if rate == 200_000 and peer is peers[3]:
                tails, echoed = ([each["p999_us"] for each in results[of]] for of in (peer, peers[0]))
                goals.at_most("p99.9 at 200,000 points/s, zscore,adwin,ensemble / raw echo", 2.0,
                              median(ratios(tails, echoed)))
        print(f"### {rate:,} points/s\n")
        print(markdown(["peer", "p50 us", "p99 us", "p99.9 us", "max us", "never answered"], table), "\n", flush=True)
    bench.stop_all()


def fan_out(bench, server, subscribers):
    seconds = 2 * bench.seconds
    before = server.stats()
    watcher = None
    if subscribers:
        watcher = bench.children(
            bench.load_command(server, "subscribe", connections=subscribers, seconds=seconds + 0.3))
        watcher.stdout.readline()
    result = bench.load(server, "pipelined", window=1024, seconds=seconds)
    seen = {"lines": 0, "gaps": 0}
    if watcher:
        seen = json.loads(watcher.communicate()[0])
    time.sleep(0.3)
    after = server.stats()
    result["delivered"] = seen["lines"] / seconds
    result["gap_lines"] = seen["gaps"]
    result["missed"] = (after["feed_lines_dropped"] - before["feed_lines_dropped"]) / max(
        1, subscribers * (after["points"] - before["points"]))
    return result


def row_6(bench, goals):
    del goals
    print("\n## 6. Fan-out: subscribers of everything, one producer at full speed\n")
    server = bench.spindriftd("spindriftd zscore,adwin", *robust)
    bench.load(server, "pipelined", points=warm_up_points, window=1024)
    results = bench.interleaved([0, 1, 10, 100], lambda count: fan_out(bench, server, count))
    table = [[f"{count} subscribers", spread(rates(runs), short), spread([each["delivered"] for each in runs], short),
              spread([each["gap_lines"] for each in runs], short),
              f"{100 * median([each['missed'] for each in runs]):.1f} %"] for count, runs in results.items()]
    print(markdown(["", "points/s", "lines delivered/s, all together", "gap lines", "lines missed"], table), flush=True)
    bench.stop_all()


def row_7(bench, goals):
    del goals
    print("\n## 7. Shards, 64 connections, 100 in flight each\n")
    cores = bench.cores
    peers = [bench.spindriftd(name, *robust, "--threads", threads, cores=cores.two_shards)
             for name, threads in (("1 shard", "1"), ("2 shards", "2"))]
    for peer in peers:
        bench.load(peer, "pipelined", points=warm_up_points, window=1024)
    results = bench.interleaved(peers, lambda peer: bench.load(
        peer, "pipelined", cores=cores.beside_two_shards, connections=64, window=100, seconds=bench.seconds))
    table = [[peer.name, spread(rates(runs), short), f"{median(ratios(rates(runs), rates(results[peers[0]]))):.2f}",
              spread([each["cpu_ns"] for each in runs])] for peer, runs in results.items()]
    print(markdown(["", "points/s", "x one shard", "server CPU ns/point"], table), flush=True)
    if cores.beside_two_shards <= cores.two_shards:
        print("\nThe client had to share a core with the server: the ratio is a lower bound.")
    bench.stop_all()
