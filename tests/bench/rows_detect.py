"""Row 4: the detectors alone."""

import json
import os
import re
import shutil
import subprocess
import tempfile

from server_process import pinned
from table import markdown, median, ratios, spread


def run_json(command, cores):
    done = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=pinned(cores))
    return json.loads(done.stdout)


def instructions(command, points):
    """Instructions a point inside take_series, by callgrind: the same on every machine with this binary."""
    if shutil.which("valgrind") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        watch = ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*take_series*",
                 f"--callgrind-out-file={folder}/out"]
        done = subprocess.run(watch + command, capture_output=True, text=True)
        counted = re.search(r"Collected : (\d+)", done.stderr)
        return int(counted[1]) / points if counted else None


def river_python(bench):
    """A virtual environment with river beside the build; None where it cannot be had."""
    folder = os.path.join(os.path.dirname(bench.bin), "river-venv")
    python = os.path.join(folder, "bin", "python")
    check = [python, "-c", "import river"]
    try:
        if not os.path.exists(python) or subprocess.run(check, capture_output=True).returncode != 0:
            subprocess.run(["python3", "-m", "venv", folder], check=True, capture_output=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "river"], check=True, capture_output=True,
                           timeout=300)
        subprocess.run(check, check=True, capture_output=True)
        return python
    except (OSError, subprocess.SubprocessError):
        return None


def plan(bench):
    """(title, command, points, points under callgrind)."""
    program = f"{bench.bin}/bench-detect"
    rows = []
    for data in ("stationary", "drifting"):
        for clock in (32, 1):
            for name, title in (("plain-adwin", "plain ADWIN (yardstick)"), ("adwin", "adwin (river's, bit for bit)"),
                                ("drift-detector", "drift_detector (the server's)")):
                command = [program, name, "--clock", str(clock), "--data", data]
                rows.append((f"{title}, clock {clock}, {data}", command, 1_000_000, 200_000))
    for name, title, points, watched in (("classic", "Z-score classic", 1_000_000, 200_000),
                                         ("robust", "Z-score robust", 1_000_000, 100_000),
                                         ("ensemble", "ensemble", 1_000_000, 100_000),
                                         ("iforest", "isolation forest", 50_000, 10_000)):
        rows.append((f"{title}, stationary", [program, name], points, watched))
    return rows


def add_river(bench, rows, folder):
    python = river_python(bench)
    if python is None:
        print("river could not be installed from PyPI: its rows are missing.\n")
        return
    for data in ("stationary", "drifting"):
        file = f"{folder}/{data}"
        subprocess.run([f"{bench.bin}/bench-detect", "--data", data, "--write", file], check=True)
        for clock in (32, 1):
            rows.append((f"river's core, clock {clock}, {data}",
                         [python, f"{bench.here}/river_bench.py", file, str(clock), "core"], 1_000_000, 0))
    rows.append(("a call from Python, for river's rows", [python, f"{bench.here}/river_bench.py", file, "32", "call"],
                 1_000_000, 0))


def row_4(bench, goals):
    print("\n## 4. Detectors alone, one stream\n")
    with tempfile.TemporaryDirectory() as folder:
        rows = plan(bench)
        add_river(bench, rows, folder)
        titles = [each[0] for each in rows]
        commands = {title: command + ([] if "river_bench" in str(command) else ["--points", str(points)])
                    for title, command, points, _ in rows}
        results = bench.interleaved(titles, lambda title: run_json(commands[title], bench.cores.server))
    table = []
    for title, command, _, watched in rows:
        counted = instructions(command + ["--points", str(watched)], watched) if watched else None
        table.append([title, spread([each["ns"] for each in results[title]], lambda v: f"{v:,.1f}"),
                      f"{counted:,.0f}" if counted else "", results[title][0]["found"]])
    print(markdown(["detector", "ns/point", "instructions/point", "flags or cuts"], table), flush=True)
    judge(goals, {title: [each["ns"] for each in runs] for title, runs in results.items()})


def judge(goals, ns):
    """Against the plain C++ ADWIN of the same run: river's core took 33 and 326 ns where that took 26 and 425."""
    for clock, times, river, plain in ((32, 3, 33, 26), (1, 5, 326, 425)):
        base = ns[f"plain ADWIN (yardstick), clock {clock}, stationary"]
        mine = ns[f"adwin (river's, bit for bit), clock {clock}, stationary"]
        goals.at_least(f"adwin, clock {clock}: river's core / ours, by way of plain ADWIN", times,
                       median(ratios(base, mine)) * river / plain)
        core, call = ns.get(f"river's core, clock {clock}, stationary"), ns.get("a call from Python, for river's rows")
        if core:
            goals.at_least(f"adwin, clock {clock}: river's core less the call / ours, directly", times,
                           median([(a - b) / c for a, b, c in zip(core, call, mine)]))
    base = ns["plain ADWIN (yardstick), clock 32, stationary"]
    for name, wanted in (("Z-score robust", 250), ("ensemble", 400)):
        goals.at_most(f"{name}, ns where plain ADWIN takes 26", wanted,
                      median(ratios(ns[f"{name}, stationary"], base)) * 26)
