"""Row 5: what streams cost, in memory and in time."""

import re
import time

from table import markdown, median, ratios, spread

points_a_stream = 200
gives_back_within = 6  # seconds; what is free in its heap the server gives back every five
classic = ("--detectors", "zscore,adwin", "--zscore-method", "classic")
robust = ("--detectors", "zscore,adwin")
ensemble = ("--detectors", "zscore,adwin,ensemble")
forest = ("--detectors", "zscore,adwin,iforest")


def available_bytes():
    with open("/proc/meminfo") as file:
        return int(re.search(r"MemAvailable:\s*(\d+)", file.read())[1]) * 1024


def fill(bench, server, streams):
    before = server.rss_bytes()
    bench.load(server, "pipelined", streams=streams, points=streams * points_a_stream, window=1024)
    time.sleep(gives_back_within)
    return server.rss_bytes() - before


def row_5(bench, goals):
    print(f"\n## 5. Memory and cost as streams grow, {points_a_stream} points each\n")
    # Bytes a stream as first guesses, so that nothing is begun that the machine cannot hold.
    sets = [("zscore,adwin (classic)", classic, 1_000_000, 2_500), ("zscore,adwin (robust)", robust, 1_000_000, 4_000),
            ("zscore,adwin,ensemble", ensemble, 100_000, 44_000), ("zscore,adwin,iforest", forest, 10_000, 400_000)]
    limits = {"zscore,adwin (classic)": 2.0, "zscore,adwin (robust)": 3.0, "zscore,adwin,ensemble": 4.0}
    for title, flags, most, guess in sets:
        if bench.quick:
            most = min(most, 100_000)
        measure_set(bench, goals, title, flags, most, guess, limits.get(title))
        bench.stop_all()


def measure_set(bench, goals, title, flags, most, guess, limit):
    counts = [count for count in (1, 10_000, 100_000, 1_000_000) if count <= most]
    counts = [count for count in counts if count * guess * 1.3 < available_bytes()]
    servers, rss, grown = {}, {}, {}
    for count in counts:
        servers[count] = bench.spindriftd(title, *flags, "--max-streams", "1100000")
        grown[count] = fill(bench, servers[count], count)
        rss[count] = servers[count].rss_bytes()
        print(f"   {title}: {count:,} streams filled", file=bench.progress, flush=True)
    # Streams in turn: each point finds its stream as cold as it can be.
    results = bench.interleaved(counts, lambda count: bench.load(
        servers[count], "pipelined", streams=count, points=max(count, 300_000), window=1024))
    table = []
    for count in counts:
        cost = [each["cpu_ns"] for each in results[count]]
        bytes_each = f"{grown[count] / count / 1024:.2f} KiB" if count > 1 else ""
        table.append([f"{count:,}", f"{rss[count] / 2**20:,.1f} MiB", bytes_each, spread(cost),
                      f"{median(ratios(cost, [each['cpu_ns'] for each in results[1]])):.2f}"])
    print(f"### {title}\n")
    print(markdown(["streams", "RSS", "a stream", "server CPU ns/point", "x one stream"], table), "\n", flush=True)
    top = counts[-1]
    if limit:
        goals.at_most(f"KiB a stream, {title}, {top:,} streams", limit, grown[top] / top / 1024)
    one = [each["cpu_ns"] for each in results[1]]
    if top == 1_000_000:
        # A round falls between two snapshots or into one; a minute holds several.
        long_run = bench.load(servers[top], "pipelined", streams=top, seconds=60, window=1024)["cpu_ns"]
        cost = long_run / median(one)
        print(f"A minute at full speed with {top:,} streams, snapshots included: {long_run:.0f} ns, {cost:.2f} times one "
              "stream.\n", flush=True)
    else:
        cost = median(ratios([each["cpu_ns"] for each in results[top]], one))
    goals.at_most(f"cost a point, {title}, {top:,} streams / 1", 2.0, cost)
