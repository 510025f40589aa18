"""Row 8: what a point costs in instructions and simulated misses, which no other program on the machine changes."""

import json
import os
import re
import shutil
import subprocess
import tempfile

import machine
from server_process import pinned
from table import markdown

sets = ("classic", "robust", "default")
last_level = "8388608,16,64"  # bytes, ways, bytes a line: of the machines that the goals were set for
watched_points = 20_000
misses_max = 24


def run(bench, *arguments):
    done = subprocess.run([f"{bench.bin}/bench-cost", *arguments], capture_output=True, text=True, check=True,
                          preexec_fn=pinned(bench.cores.server))
    return json.loads(done.stdout)


def watched(bench, *arguments):
    """(instructions, last-level misses) a point inside take_round, by callgrind; None without it."""
    if shutil.which("valgrind") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--collect-atstart=no",
                   "--toggle-collect=*take_round*", "--cache-sim=yes", f"--LL={last_level}",
                   f"--callgrind-out-file={folder}/out", f"{bench.bin}/bench-cost", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        # Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw
        counted = re.search(r"Collected : ([\d ]+)", done.stderr)
        if not counted or done.returncode != 0:
            return None
        counts = [int(each) for each in counted[1].split()]
        points = json.loads(done.stdout)["points"]
        return counts[0] / points, sum(counts[6:9]) / points


def caches():
    found = []
    folder = "/sys/devices/system/cpu/cpu0/cache"
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.startswith("index"):
            level, kind, size = (machine.read(f"{folder}/{name}/{key}", "?") for key in ("level", "type", "size"))
            found.append(f"L{level} {kind.lower()} {size}")
    return ", ".join(found) or "not readable"


def row(bench, title, points_a_stream, streams, *arguments):
    arguments = (*arguments, "--streams", str(streams))
    warm = ("--warm", str(points_a_stream))
    times = sorted(run(bench, *arguments, *warm)["ns"] for _ in range(3))
    counted = None
    if streams <= 10_000:
        counted = watched(bench, *arguments, *warm, "--rounds", str(max(1, watched_points // streams)))
    return counted, [title, f"{streams:,}", f"{times[1]:,.0f} ({times[0]:,.0f} to {times[2]:,.0f})",
                     f"{counted[0]:,.0f}" if counted else "-", f"{counted[1]:.1f}" if counted else "-"]


header = ["", "streams", "ns/point", "instructions", "last-level misses"]


def row_8(bench, goals):
    print(f"\n## 8. What a point costs, without sockets and journal\n\nThe machine's caches: {caches()}. Misses are those of "
          f"a simulated last level of\n8 MiB; times are of this machine, medians of three.\n")
    table, counts = [], {}
    for name in sets:
        for streams in (1, 1_000, 10_000) if bench.quick else (1, 1_000, 10_000, 100_000):
            warm = 50 if streams == 100_000 else 200
            counts[name, streams], line = row(bench, name, warm, streams, "--detectors", name)
            table.append(line)
            print(f"   {name}, {streams:,} streams", file=bench.progress, flush=True)
    print(markdown(["detectors", *header[1:]], table), "\n", flush=True)
    if counts["default", 10_000]:
        goals.at_most("simulated last-level misses a point, default, 10,000 streams", misses_max,
                      counts["default", 10_000][1])
        goals.at_most("instructions, default / robust, 10,000 streams", 1.5,
                      counts["default", 10_000][0] / counts["robust", 10_000][0])
    table, counts = [], {}
    for form in ("plain", "named", "graphite", "influx"):
        for replies in ("all", "marked") if form in ("plain", "named") else ("none",):
            asked = () if replies == "none" else ("--replies", replies)
            counts[form, replies], line = row(bench, f"{form}, replies {replies}", 200, 1_000, "--detectors", "classic",
                                              "--form", form, *asked)
            table.append(line)
    print("Classic; named: of a producer with a name, with `seq`, `label` and 17 digits.\n")
    print(markdown(["what is sent", *header[1:]], table), "\n", flush=True)
    if counts["plain", "all"]:
        plain = counts["plain", "all"][0]
        for form, replies, wanted in (("named", "all", 1.2), ("graphite", "none", 0.8), ("influx", "none", 0.8)):
            goals.at_most(f"instructions, {form}, replies {replies} / plain, replies all", wanted,
                          counts[form, replies][0] / plain)
