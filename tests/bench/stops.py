"""How long the machine keeps a thread from running that asks for nothing: what no server's latency can be below.

One process on each given core reads the clock, all at once as server and client run, and counts the gaps above half a
millisecond: time in which the host, or another program, had the core.
"""

import json
import os
import subprocess
import sys
import time

gap_ns = 500_000


def watch(core, seconds):
    os.sched_setaffinity(0, {core})
    longest = stopped = 0
    before = time.perf_counter_ns()
    end = before + int(seconds * 1e9)
    while before < end:
        now = time.perf_counter_ns()
        if now - before > gap_ns:
            longest = max(longest, now - before)
            stopped += now - before
        before = now
    return {"longest_ms": longest / 1e6, "share": stopped / (seconds * 1e9)}


def measure(cores, seconds):
    watchers = [subprocess.Popen([sys.executable, __file__, str(core), str(seconds)], stdout=subprocess.PIPE, text=True)
                for core in cores]
    seen = [json.loads(each.communicate()[0]) for each in watchers]
    return {"longest_ms": max(each["longest_ms"] for each in seen), "share": max(each["share"] for each in seen)}


if __name__ == "__main__":
    print(json.dumps(watch(int(sys.argv[1]), float(sys.argv[2]))))
