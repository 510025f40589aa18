"""Row 9: what moving streams costs who owns them."""

import json
import subprocess

from server_process import pinned
from table import markdown, median, spread

figures = (("input_ms", "ms, longest turn of a lane, no snapshot under way"),
           ("input_in_snapshot_ms", "ms, the same while one is taken"),
           ("tick_in_snapshot_ms", "ms, longest turn without points while one is taken"),
           ("restore_us_a_stream", "us to bring a stream back"),
           ("restore_input_ms", "ms, longest turn of that"),
           ("daemon_hold_ms", "ms, longest hold of a lock by the daemon's own snapshot"))


def row_9(bench, goals):
    streams = 12_500
    print(f"\n## 9. Moving streams\n\n{streams:,} streams of the default detectors after 40 points each; the thread's own "
          "processor time.\n")
    command = [f"{bench.bin}/bench-handover", "--streams", str(streams), "--points", "40"]
    runs = [json.loads(subprocess.run(command, capture_output=True, text=True, check=True,
                                      preexec_fn=pinned(bench.cores.server)).stdout) for _ in range(bench.rounds)]
    table = [[title, spread([one[name] for one in runs], lambda v: f"{v:.2f}")] for name, title in figures]
    table.append(["bytes a stream", f"{runs[0]['bytes_a_stream']:,.0f}"])
    print(markdown(["", "median (least to most)"], table), "\n", flush=True)
    goals.at_most("longest pause of a lane by a snapshot of 12,500 streams", 20,
                  median([one["input_in_snapshot_ms"] for one in runs]), " ms")
    goals.at_most("to bring a default stream back", 20, median([one["restore_us_a_stream"] for one in runs]), " us")
