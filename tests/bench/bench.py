"""The benchmarks: every row beside its peers, in rounds that take turns, on one machine in one run.

docs/benchmarks.md says what each row is for and holds the results.
"""

import argparse
import os
import sys
import time

import machine
from rows_cost import row_8
from rows_detect import row_4
from rows_handover import row_9
from rows_kafka import row_10
from rows_memory import row_5
from rows_network import row_1, row_2, row_3, row_6, row_7
from server_process import Bench
from table import Goals

rows = {1: row_1, 2: row_2, 3: row_3, 4: row_4, 5: row_5, 6: row_6, 7: row_7, 8: row_8, 9: row_9,
        10: row_10}

method = """
Medians of {rounds} rounds, least and most in brackets. In a round the peers take turns, each round begins with another;
a ratio is the median of the rounds' own ratios. Servers stay up over all rounds of a row, pinned to core {server},
the client to core {client}. Runs of {seconds} s after a warm-up of a tenth; spindriftd has seen 1,000 points a stream
before the first. Points are 70 bytes (name, value, time), the same for every peer; for Redis they are the value of a
SET, sent by the same client. Redis runs without persistence, spindriftd with the journal of its defaults. CPU ns/point
is the scheduler's count of the server's time on a core: it does not see what else the machine did, as points/s do.
"""


def main():
    options = argparse.ArgumentParser(prog="./run.sh bench", description=__doc__)
    options.add_argument("--rows", default="1,2,3,4,5,6,7,8,9,10", help="which of the ten, separated by commas")
    options.add_argument("--quick", action="store_true",
                         help="three short rounds and no million streams: a look, not a result")
    options.add_argument("--rounds", type=int, help="5, or 3 with --quick")
    options.add_argument("--bin", required=True, help="folder of the built programs")
    chosen = options.parse_args()
    wanted = [int(each) for each in chosen.rows.split(",")]
    if not set(wanted) <= set(rows):
        options.error("--rows: 1 to 10, separated by commas")

    cores = machine.Cores()
    bench = Bench(os.path.abspath(chosen.bin), cores, chosen.rounds or (3 if chosen.quick else 5),
                  0.4 if chosen.quick else 1.0)
    bench.quick = chosen.quick
    bench.progress = sys.stderr
    goals = Goals()
    print("# spindrift benchmarks, " + time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()) + "\n")
    machine.print_facts(os.path.dirname(os.path.dirname(bench.here)), os.path.dirname(bench.bin))
    print(method.format(rounds=bench.rounds, server=min(cores.server), client=min(cores.client), seconds=bench.seconds))
    if len(cores.all) < 2:
        print("**One core alone: server and client share it, no figure below means much.**")
    try:
        for number in wanted:
            begin = time.monotonic()
            rows[number](bench, goals)
            print(f"row {number}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    finally:
        bench.stop_all()
    goals.print()


if __name__ == "__main__":
    main()
