#!/usr/bin/env python3
"""Draws the pictures of docs/events.md: python3 docs/events/pictures.py [SPINDRIFT-DETECT] (default build/bin/spindrift-detect).

Each is a series made here, judged by spindrift-detect with its defaults, drawn by gnuplot: the values, the band of five
sigmas around what was expected, and the events as spans with their kinds, from where they began to where they ended."""
import json
import math
import pathlib
import random
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent
DETECT = sys.argv[1] if len(sys.argv) > 1 else "build/bin/spindrift-detect"
BEGIN = 1704067200000  # Monday 2024-01-01, ms
MINUTE = 60_000
HOUR = 60 * MINUTE


def noise(count, seed, level=100.0, sigma=3.0):
    source = random.Random(seed)
    return [level + sigma * source.gauss(0, 1) for _ in range(count)]


def each_minute(values):
    return [(BEGIN + i * MINUTE, round(value, 3)) for i, value in enumerate(values)]


def spike():
    values = noise(1000, 1)
    for i in (900, 901):
        values[i] += 40
    return each_minute(values)


def shift():
    return each_minute([value + (25 if i >= 850 else 0) for i, value in enumerate(noise(1000, 2))])


def trend():
    return each_minute([value + 0.08 * max(0, i - 700) for i, value in enumerate(noise(1300, 3))])


def spread():
    quiet, wild = noise(1000, 4), noise(1000, 5, 0.0, 10.0)
    return each_minute([value + (wild[i] if i >= 850 else 0) for i, value in enumerate(quiet)])


def stuck():
    values = noise(1000, 6)
    return each_minute([values[850] if 850 <= i < 930 else value for i, value in enumerate(values)])


def silent():
    return [(ts + (3 * HOUR if i >= 900 else 0), value) for i, (ts, value) in enumerate(each_minute(noise(1000, 7)))]


def pattern():
    """A value every ten minutes that rises by day; on the last day but one it does not: a holiday."""
    source, points = random.Random(8), []
    for i in range(14 * 144):
        hour = i % 144 / 6
        rise = 0 if i // 144 == 12 else 40 * max(0, math.sin(math.pi * (hour - 7) / 12))
        points.append((BEGIN + i * 10 * MINUTE, round(50 + rise + source.gauss(0, 2), 3)))
    return points


# The series and how many of its newest points are shown.
PICTURES = [(spike, 200), (shift, 250), (trend, 650), (spread, 300), (stuck, 250), (silent, 200), (pattern, 5 * 144)]


def judge(points):
    lines = "".join(json.dumps({"ts": ts, "value": value}) + "\n" for ts, value in points)
    said = subprocess.run([DETECT, "-"], input=lines, capture_output=True, text=True, check=True).stdout
    verdicts, events = [], {}
    for line in map(json.loads, said.splitlines()):
        if line["type"] == "verdict":
            verdicts.append(line)
        elif line["type"] == "event":
            events[line["event"]] = line
    return verdicts, list(events.values())


def draw(name, verdicts, events, shown):
    verdicts = verdicts[-shown:]
    first, last = verdicts[0]["ts"], verdicts[-1]["ts"]
    span = max(last - first, 1)
    script = [
        "set terminal pngcairo size 900,260 font 'sans,10' noenhanced",
        "set output '%s'" % (FOLDER / (name + ".png")),
        "set xdata time", "set timefmt '%s'",
        "set format x '%s'" % ("%m-%d" if span > 3 * 24 * HOUR else "%H:%M"),
        *(["set xtics 86400"] if span > 3 * 24 * HOUR else []),
        "set key off", "set grid lc rgb '#dddddd'", "set border 3", "set tics nomirror",
        "set xrange ['%d':'%d']" % (first // 1000, last // 1000),
    ]
    for number, event in enumerate(events, 1):
        end = last if event["to"] is None else max(event["to"], event["from"] + span // 150)
        if end < first:
            continue
        begin = max(event["from"], first)
        script.append("set object %d rectangle from '%d',graph 0 to '%d',graph 1 fc rgb '#ffd9a0' fs solid 0.6 noborder behind"
                      % (number, begin // 1000, min(end, last) // 1000))
        script.append("set label %d '%s %d' at '%d',graph 0.94 offset 0.4,0 font ',9' tc rgb '#884400'"
                      % (number, event["kind"], event["severity"], begin // 1000))
    script.append("plot '-' using 1:2:3 with filledcurves lc rgb '#c8d8f0' fs transparent solid 0.7, "
                  "'-' using 1:2 with lines lc rgb '#204080' lw 1")
    band, values, before = [], [], None
    for verdict in verdicts:
        seconds = verdict["ts"] / 1000
        if before is not None and verdict["ts"] - before > span / 20:
            band.append("")
            values.append("")
        before = verdict["ts"]
        band.append("%f %g %g" % (seconds, verdict["expected"] - 5 * verdict["sigma"], verdict["expected"] + 5 * verdict["sigma"]))
        values.append("%f %g" % (seconds, verdict["value"]))
    script += band + ["e"] + values + ["e", ""]
    subprocess.run(["gnuplot"], input="\n".join(script), text=True, check=True)


def main():
    for series, shown in PICTURES:
        verdicts, events = judge(series())
        draw(series.__name__, verdicts, events, shown)
        print(series.__name__, ", ".join("%s %d-%s" % (e["kind"], e["from_n"], e["to_n"]) for e in events))


main()
