"""What each setting does to the number of notices: the cases of cases.py told once with the defaults and once with each
setting, all through `spindrift-detect --config FILE`.

usage: python3 settings.py PATH_TO_spindrift-detect [--seeds N] [--cases NAME[,NAME]] [--part settings|silence]

Prints a Markdown table (docs/settings.md holds one) and exits with 1 where a setting misses what it is for: what is told of
the events of the cases must not grow with what is to quiet, and each of those must quiet something. Columns:
  notices   events told in all cases, and in percent of those told with the defaults
  false     of these outside of the cases' events, per 1,000 points
  told      of the cases' events, how many were told
  delay     mean of points from an event's beginning until it was told
  flags     points flagged (anomaly), in percent of the defaults'
`scatter` is of each case its own: the median distance of its values from their median, times 1.48. Standard library alone.
"""
import json, os, random, statistics, subprocess, sys, tempfile

from cases import CASES
from judge import judge

FOREST = 'detectors = ["zscore", "adwin", "ensemble", "iforest"]\n'

# (key as it stands in docs/settings.md, lines of the file, whether they are an entry [[stream]], what must come of it)
SETTINGS = [
    ("`direction = \"up\"`", 'direction = "up"', True, "fewer"),
    ("`direction = \"down\"`", 'direction = "down"', True, "fewer"),
    ("`min_deviation` of 2 scatters", "min_deviation = {2s}", True, "fewer"),
    ("`min_deviation` of 5 scatters", "min_deviation = {5s}", True, "fewer"),
    ("`min_deviation` of 10 scatters", "min_deviation = {10s}", True, "fewer"),
    ("`min_relative = 0.1`", "min_relative = 0.1", True, "fewer"),
    ("`min_relative = 0.5`", "min_relative = 0.5", True, "fewer"),
    ("`kinds = [\"spike\", \"shift\"]`", 'kinds = ["spike", "shift"]', True, "fewer"),
    ("`kinds` without `pattern`",
     'kinds = ["spike", "shift", "trend", "spread", "stuck", "silent", "relation", "unreadable"]', True, ""),
    ("`severity = 40`", "severity = 40", True, "fewer"),
    ("`severity = 60`", "severity = 60", True, "fewer"),
    ("`severity = 80`", "severity = 80", True, "fewer"),
    ("`threshold = 4`", "threshold = 4", True, ""),
    ("`threshold = 6`", "threshold = 6", True, ""),
    ("`threshold = 8`", "threshold = 8", True, ""),
    ("`detectors = [\"zscore\"]`", 'detectors = ["zscore"]', True, ""),
    ("`detectors = [\"zscore\", \"adwin\"]`", 'detectors = ["zscore", "adwin"]', True, ""),
    ("`detectors = [\"adwin\"]`", 'detectors = ["adwin"]', True, ""),
    ("`as = \"rate\"`, on the two counters alone", 'as = "rate"', True, ""),
    ("`unit`, `title`, `alert`", 'unit = "ms"\ntitle = "Latency"\n', True, "same"),
    ("`zscore-method = \"classic\"`", 'zscore-method = "classic"', False, ""),
    ("`zscore-seasonal = \"on\"`", 'zscore-seasonal = "on"', False, ""),
    ("`min-samples = 50`", "min-samples = 50", False, ""),
    ("`adwin-delta = 0.0001`", "adwin-delta = 0.0001", False, ""),
    ("`adwin-delta = 0.05`", "adwin-delta = 0.05", False, ""),
    ("`adwin-clock = 8`", "adwin-clock = 8", False, ""),
    ("`adwin-max-buckets = 20`", "adwin-max-buckets = 20", False, ""),
    ("`adwin-min-window = 50`", "adwin-min-window = 50", False, ""),
    ("`adwin-grace = 200`", "adwin-grace = 200", False, ""),
    ("`ensemble-threshold = 2`", "ensemble-threshold = 2", False, ""),
    ("`ensemble-quiet = 20`", "ensemble-quiet = 20", False, ""),
    ("`detectors` with `iforest`", FOREST, False, ""),
    ("the same, `iforest-contamination = 0.001`", FOREST + "iforest-contamination = 0.001", False, ""),
    ("the same, `iforest-trees = 25`", FOREST + "iforest-trees = 25", False, ""),
    ("the same, `iforest-sample-size = 64`", FOREST + "iforest-sample-size = 64", False, ""),
    ("the same, `iforest-window = 4096`", FOREST + "iforest-window = 4096", False, ""),
    ("the same, `iforest-rebuild-every = 64`", FOREST + "iforest-rebuild-every = 64", False, ""),
]
# Of these the clock decides, so they are counted by a rehearsal.
SILENCES = ["auto", "off", "2m", "10m", "1h"]
COUNTERS = ("counter_plain", "counter_reset")


def scatter(points):
    values = [p["value"] for p in points if "value" in p]
    if not values:
        return 1.0
    middle = statistics.median(values)
    return 1.48 * statistics.median(abs(v - middle) for v in values) or 1.0


def file_of(lines, is_stream, points):
    """The lines with each {Ns} filled in."""
    for times in (2, 5, 10):
        lines = lines.replace("{%ds}" % times, repr(times * scatter(points)))
    return ('[[stream]]\nmatch = "*"\n' if is_stream else "") + lines + "\n"


class bench:
    def __init__(self, detect, seeds, chosen, folder):
        self.detect, self.folder, self.cases = detect, folder, []
        for name, _, _, make in CASES:
            if chosen and name not in chosen:
                continue
            for seed in range(1, seeds + 1):
                case = make(random.Random(1000 * seed + 7))
                path = os.path.join(folder, "%s-%d.jsonl" % (name, seed))
                with open(path, "w") as out:
                    out.writelines(json.dumps(p) + "\n" for p in case["pts"])
                self.cases.append((name, case, path))

    def run(self, arguments):
        done = subprocess.run([self.detect] + arguments, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            sys.exit("%s: %s" % (" ".join(arguments), done.stderr.strip()))
        return done.stdout

    def settings(self, lines, is_stream, points):
        path = os.path.join(self.folder, "settings.toml")
        with open(path, "w") as out:
            out.write(file_of(lines, is_stream, points))
        return path

    def measure(self, lines="", is_stream=False, only=None):
        sums = {"notices": 0, "false": 0, "free": 0, "hit": 0, "events": 0, "flags": 0, "delays": []}
        for name, case, path in self.cases:
            if only and name not in only:
                continue
            told = []
            for line in self.run(["--config", self.settings(lines, is_stream, case["pts"]), path]).splitlines():
                said = json.loads(line)
                if said["type"] == "event":
                    if said["state"] == "open" and told:
                        told[-1][1].append(said["kind"])
                else:
                    told.append((bool(said.get("anomaly")), []))
            found = judge(case, told)
            sums["notices"] += sum(len(kinds) for _, kinds in told)
            sums["flags"] += sum(flagged for flagged, _ in told)
            for key, own in (("false", "notices"), ("free", "free"), ("hit", "hit"), ("events", "events")):
                sums[key] += found[own]
            sums["delays"] += found["delays"]
        return sums

    def rehearse(self, silence):
        told = 0
        for _, case, path in self.cases:
            made = json.loads(self.run(["--config", self.settings('silence = "%s"' % silence, True, case["pts"]), "--against",
                                        path, "--before", "told", "--format", "summary"]))
            told += made["totals"]["after"]
        return told


def share(part, whole):
    return "-" if not whole else "%.0f %%" % (100 * part / whole)


def row(name, of, usual):
    delay = "%.0f" % statistics.mean(of["delays"]) if of["delays"] else "-"
    return "| %s | %d (%s) | %.2f | %d of %d | %s | %s |" % (
        name, of["notices"], share(of["notices"], usual["notices"]), 1000 * of["false"] / max(of["free"], 1), of["hit"],
        of["events"], delay, share(of["flags"], usual["flags"]))


def put_settings(at, bad):
    usual = at.measure()
    print("| setting | notices | false per 1,000 points | events told | mean delay, points | flagged points |")
    print("|---|---|---|---|---|---|")
    print(row("the defaults", usual, usual))
    for name, lines, is_stream, wanted in SETTINGS:
        only = COUNTERS if "counters" in name else None
        beside = at.measure(only=only) if only else usual
        if only and not beside["notices"]:
            continue
        found = at.measure(lines, is_stream, only)
        print(row(name, found, beside), flush=True)
        if wanted == "fewer" and (found["notices"] >= beside["notices"] or found["hit"] > beside["hit"]):
            bad.append("%s quiets nothing" % name)
        if wanted == "same" and found != beside:
            bad.append("%s changes what is found" % name)


def put_silence(at, bad):
    print("| `silence` | notices, by the clock of a rehearsal |\n|---|---|")
    counts = [at.rehearse(silence) for silence in SILENCES]
    for silence, count in zip(SILENCES, counts):
        print("| `\"%s\"` | %d (%s) |" % (silence, count, share(count, counts[0])), flush=True)
    if counts[1] > min(counts):
        bad.append("silence = \"off\" is not the quietest")
    if counts[0] > counts[-1]:
        bad.append("silence = \"auto\" tells of more than an hour does")


def main():
    args, seeds, chosen, part, rest = sys.argv[1:], 1, None, None, []
    while args:
        a = args.pop(0)
        if a == "--seeds": seeds = int(args.pop(0))
        elif a == "--cases": chosen = args.pop(0).split(",")
        elif a == "--part": part = args.pop(0)
        else: rest.append(a)
    if len(rest) != 1 or part not in (None, "settings", "silence"):
        sys.exit(__doc__)
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        at = bench(rest[0], seeds, chosen, folder)
        if part != "silence":
            put_settings(at, bad)
            print()
        if part != "settings":
            put_silence(at, bad)
    for complaint in bad:
        print("MISSED: " + complaint)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
