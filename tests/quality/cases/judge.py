"""Judges cases: a stream of points, what happened in it, and what a person would want to be told.

usage of a case file: python3 cases.py PATH_TO_spindrift-detect [--seeds N] [--only NAME[,NAME]] [--json FILE] [--dump DIR] [-- FLAGS]

A case is a function of a random.Random that returns a dict:
  pts     points, one dict a line as on the wire (ts in ms)
  events  (name, first, last, wanted): a person must be told once between these points (indices from 0)
  allow   (first, last): what is told here counts neither as a hit nor as false
  quiet   {"A": r}: flagged points allowed per 1,000 points outside events and allow (default 1)
  need    share of the events that must be told (default all)
  caps    (name, first, last, signals, most): at most so many notices in there, mean over the seeds
  eps     notices an event may cost, mean (default 1.5, never more than 3 are granted)
  kinds   kinds of which eight in ten of the told events must be one (default: any)
Told = a line {"type":"event","state":"open",...} of spindrift-detect; it stands behind the verdict of the point at which it
was told. Notices outside events and allow: at most 1 per 1,000 points, mean over the seeds. Own code, standard library.
"""
import json, math, random, statistics, subprocess, sys

T0 = 1704067200000          # Monday 2024-01-01 00:00 UTC
MIN = 60000
FALSE_NOTICES = 1.0         # per 1,000 quiet points
FALSE_FLAGS = 1.0
NOTICES_AN_EVENT = 1.5


def series(xs, step=MIN, t0=T0):
    return [{"ts": t0 + i * step, "value": x} for i, x in enumerate(xs)]


def poisson(r, lam):
    if lam > 60:
        return max(0, round(r.gauss(lam, math.sqrt(lam))))
    limit, k, p = math.exp(-lam), 0, 1.0
    while True:
        p *= r.random()
        if p <= limit:
            return k
        k += 1


def detect(binary, pts, extra):
    """-> for each point (flagged, [kinds of the events told at it])"""
    text = "".join(json.dumps(p) + "\n" for p in pts)
    out = subprocess.run([binary] + extra + ["-"], input=text, capture_output=True, text=True, timeout=600).stdout
    told = []
    for line in out.splitlines():
        o = json.loads(line)
        if o.get("type") == "verdict":
            told.append((bool(o.get("anomaly")), []))
        elif o.get("type") == "event":
            if o.get("state") == "open" and told:
                told[-1][1].append(o.get("kind"))
        else:
            told.append((False, []))
    return told


def judge(case, told):
    n = len(case["pts"])
    inside = [False] * n
    spans = [(a, b) for _, a, b, *_ in case.get("events", [])] + list(case.get("allow", []))
    for a, b in spans:
        for i in range(max(0, a), min(n, b + 1)):
            inside[i] = True
    res = {"free": n - sum(inside), "flags": sum(1 for i in range(n) if not inside[i] and told[i][0]),
           "notices": sum(len(told[i][1]) for i in range(n) if not inside[i]),
           "events": 0, "hit": 0, "right": 0, "delays": [], "cost": [], "missed": []}
    for name, a, b, *_ in case.get("events", []):
        res["events"] += 1
        here = [(i, k) for i in range(a, min(n, b + 1)) for k in told[i][1]]
        if here:
            res["hit"] += 1
            res["delays"].append(here[0][0] - a)
            res["right"] += any(k in case.get("kinds", (k,)) for _, k in here)
        else:
            res["missed"].append(name)
        res["cost"].append(len(here))
    res["caps"] = [(name, sum(len(told[i][1]) for i in range(a, min(n, b + 1))), most)
                   for name, a, b, _, most in case.get("caps", [])]
    return res


def summed(case, results):
    out, bad = {}, []
    free = sum(r["free"] for r in results)
    for signal, limit in (("notices", FALSE_NOTICES), ("flags", case.get("quiet", {}).get("A", FALSE_FLAGS))):
        rate = 1000 * sum(r[signal] for r in results) / free if free else 0.0
        out["false_" + signal] = round(rate, 2)
        if rate > limit:
            bad.append("%s %.1f/1000 false (<= %g)" % (signal, rate, limit))
    events = sum(r["events"] for r in results)
    if events:
        hit = sum(r["hit"] for r in results)
        out["told"] = "%d/%d" % (hit, events)
        if hit < case.get("need", 1.0) * events:
            missed = {}
            for r in results:
                for m in r["missed"]:
                    missed[m] = missed.get(m, 0) + 1
            bad.append("missed " + ", ".join("%s x%d" % kv for kv in list(missed.items())[:4]))
        if "kinds" in case and hit and sum(r["right"] for r in results) < 0.8 * hit:
            bad.append("kind right in %d of %d (%s)" % (sum(r["right"] for r in results), hit, ", ".join(case["kinds"])))
        delays = [d for r in results for d in r["delays"]]
        out["delay"] = statistics.median(delays) if delays else None
        cost = statistics.mean(c for r in results for c in r["cost"])
        most = max(NOTICES_AN_EVENT, min(case.get("eps", 0), 3))
        out["notices_an_event"] = round(cost, 2)
        if cost > most:
            bad.append("%.1f notices an event (<= %g)" % (cost, most))
    for k, (name, _, most) in enumerate(results[0]["caps"]):
        got = statistics.mean(r["caps"][k][1] for r in results)
        out[name] = round(got, 1)
        if got > most:
            bad.append("%s: %.1f (<= %g)" % (name, got, most))
    return out, bad


def main(cases):
    args, extra = sys.argv[1:], []
    if "--" in args:
        extra, args = args[args.index("--") + 1:], args[:args.index("--")]
    seeds, only, keep, dump, rest = 10, None, None, None, []
    while args:
        a = args.pop(0)
        if a == "--seeds": seeds = int(args.pop(0))
        elif a == "--only": only = args.pop(0).split(",")
        elif a == "--json": keep = args.pop(0)
        elif a == "--dump": dump = args.pop(0)
        else: rest.append(a)
    if len(rest) != 1:
        sys.exit(__doc__)
    passed, table = 0, []
    chosen = [c for c in cases if not only or c[0] in only]
    for name, source, right, make in chosen:
        results, case = [], None
        for seed in range(1, seeds + 1):
            case = make(random.Random(1000 * seed + 7))
            case.setdefault("kinds", KINDS[name]) if name in KINDS else None
            told = detect(rest[0], case["pts"], extra)
            if dump:
                with open("%s/%s-%d.jsonl" % (dump, name, seed), "w") as f:
                    f.writelines(json.dumps(p) + "\n" for p in case["pts"])
                with open("%s/%s-%d.truth.json" % (dump, name, seed), "w") as f:
                    json.dump({k: v for k, v in case.items() if k != "pts"}, f)
            if len(told) != len(case["pts"]):
                sys.exit("%s: %d points, %d verdicts" % (name, len(case["pts"]), len(told)))
            results.append(judge(case, told))
        figures, bad = summed(case, results)
        passed += not bad
        table.append({"case": name, "source": source, "right": right, "pass": not bad, "why": bad, **figures})
        print("%-4s %-22s %s%s" % ("pass" if not bad else "FAIL", name,
              " ".join("%s=%s" % kv for kv in figures.items()), "   <- " + "; ".join(bad) if bad else ""))
    print("%d of %d cases pass, %d seeds each" % (passed, len(chosen), seeds))
    if keep:
        with open(keep, "w") as f:
            json.dump(table, f, indent=1)
    sys.exit(0 if passed == len(chosen) else 1)


KINDS = {
    "step_told_once": ("shift",), "counter_reset": ("shift", "spike"), "up_and_down": ("shift", "spike"), "stuck_sensor": ("stuck",),
    "slow_leak": ("trend", "shift"), "gradual": ("trend", "shift"), "spread_times_three": ("spread",), "latency_doubles": ("shift", "trend"),
    "small_after_big": ("spike",), "first_is_wrong": ("spike",), "sentinels": ("spike",), "tiny_pressure": ("spike",),
    "two_move_together": ("relation",), "one_drift_a_change": ("shift", "trend", "spread"), "rows_stop_at_zero": ("silent",),
}
