"""River's ADWIN alone: nanoseconds an update, for a file of raw doubles. Run by a Python that has river.

    river_bench.py FILE CLOCK core|public|call

`public` is river.drift.ADWIN; `core` the compiled class beneath it, with a Python call an update; `call` the same loop
around math.fabs, which is what such a call costs by itself.
"""

import array
import json
import math
import sys
import time

from river import drift


def main():
    path, clock, which = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    values = array.array("d")
    with open(path, "rb") as file:
        values.frombytes(file.read())
    values = list(values)
    settings = {"delta": 0.002, "clock": clock, "max_buckets": 5, "min_window_length": 5, "grace_period": 10}
    made = drift.ADWIN(**settings)
    if which == "core":
        made = type(made._helper)(**settings)
    update = math.fabs if which == "call" else made.update
    found = 0
    begin = time.perf_counter()
    if which == "public":
        for x in values:
            update(x)
            found += made.drift_detected
    else:
        for x in values:
            found += bool(update(x))
    ns = (time.perf_counter() - begin) * 1e9 / len(values)
    print(json.dumps({"points": len(values), "ns": ns, "found": found}))


main()
