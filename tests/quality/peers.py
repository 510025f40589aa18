#!/usr/bin/env python3
"""The methods of server/detect that learn, as people run them in Python, on the same points.

usage: peers.py FOLDER_WITH_spindrift-sim [--seeds N] [--first-seed N] [--count N] [--only TEXT] [--scenarios LIST] [--jars FOLDER]

Needs a virtual environment of its own, which is no part of the project:
    python3 -m venv VENV && VENV/bin/pip install numpy scikit-learn river torch && VENV/bin/python peers.py build/bin
Amazon's random cut forest is Java; with a JDK and Maven its jars come by
    mvn -q -f tests/quality/random_cut_forest/pom.xml dependency:copy-dependencies -DoutputDirectory=JARS
and --jars JARS. What is not installed is left out and said so. spindrift-sim sends its points to a server that this script is; so they are the
same, bit for bit, as the detectors of the project are shown by spindrift-quality. The first 100 points are not scored.

Trained once: on the first fifth, unlabelled, as it comes. Refitted: each 256 points on the last 1,024. Features of a
single value: it and its difference to the last one; of several: the values. Networks see the last eight rows. A threshold is
the 99th percentile of what the training points got; contamination and nu are 0.01. One core. A method gives its flags, and the seconds that it took in another process.
"""
import argparse, json, os, socket, statistics, subprocess, sys, threading, time

import numpy as np

SCENARIOS = ("sine", "bimodal", "daily", "iot")
UNSCORED = 100


def points_of(simulator, scenario, seed, count):
    """The rows and the truth that spindrift-sim sends."""
    rows, truth = [], []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with listener.accept()[0] as client:
            lines = client.makefile("rb")
            for line in lines:
                sent = json.loads(line)
                if "op" in sent:
                    reply = {"type": {"hello": "welcome"}.get(sent["op"], "pong"), "server": "peers", "version": 1, "last_seq": 0, "in_flight_max": 1024}
                else:
                    rows.append(list(sent["values"].values()) if "values" in sent else [sent["value"]])
                    truth.append(bool(sent.get("label", False)))
                    reply = {"type": "verdict", "stream": sent["stream"], "seq": sent.get("seq"), "n": len(rows), "ts": 0,
                             "value": 0, "expected": 0, "sigma": 0, "z": 0, "anomaly": False, "drift": False}
                client.sendall(json.dumps(reply, separators=(",", ":")).encode() + b"\n")
            lines.close()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    subprocess.run([simulator, "--server", "127.0.0.1:%d" % listener.getsockname()[1], "--scenario", scenario, "--seed",
                    str(seed), "--count", str(count), "--rate", "0", "--quiet"], stdout=subprocess.DEVNULL, check=True, timeout=120)
    server.join(10)
    return np.array(rows), np.array(truth)


def featured(rows):
    return np.hstack([rows, np.vstack([[[0.0]], np.diff(rows, axis=0)])]) if rows.shape[1] == 1 else rows


def scaled(rows, train):
    return (rows - rows[:train].mean(0)) / (rows[:train].std(0) + 1e-12)


def lagged(rows, depth=8):
    padded = np.vstack([np.repeat(rows[:1], depth - 1, axis=0), rows])
    return np.stack([padded[i:i + len(rows)] for i in range(depth)], axis=1)


def trained_once(make):
    def run(rows):
        train = len(rows) // 5
        x = scaled(featured(rows), train)
        return make().fit(x[:train]).predict(x) < 0, 0
    return run


def refitted(make):
    def run(rows):
        x, flags = featured(rows), np.zeros(len(rows), bool)
        for begin in range(256, len(rows), 256):
            past = x[max(0, begin - 1024):begin]
            centre, spread = past.mean(0), past.std(0) + 1e-12
            flags[begin:begin + 256] = make().fit((past - centre) / spread).predict((x[begin:begin + 256] - centre) / spread) < 0
        return flags, 0
    return run


def online(make):
    """Asked, then taught; a point is flagged whose score is beyond the 99th percentile of the last 1,024."""
    def run(rows):
        x, scores = featured(rows), []
        model, flags = make(), np.zeros(len(rows), bool)
        for i, row in enumerate(x):
            named = {str(k): float(v) for k, v in enumerate(row)}
            score = model.score_one(named)
            if len(scores) >= 100:
                flags[i] = score > np.quantile(scores[-1024:], 0.99)
            scores.append(score)
            model.learn_one(named)
        return flags, 0
    return run


def network(kind):
    """Taught on the first fifth, 60 rounds of Adam; flags what it comes out farther than 99 % of that."""
    def run(rows):
        import torch
        torch.manual_seed(0)
        torch.set_num_threads(1)
        train, width = len(rows) // 5, rows.shape[1]
        x = torch.tensor(lagged(scaled(rows, train)), dtype=torch.float32)
        if kind == "autoencoder":
            model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(8 * width, 16), torch.nn.Tanh(),
                                        torch.nn.Linear(16, 4), torch.nn.Tanh(), torch.nn.Linear(4, 16), torch.nn.Tanh(),
                                        torch.nn.Linear(16, 8 * width))
            shown, wanted, forecast = x, x.flatten(1), model
        else:
            lstm, head = torch.nn.LSTM(width, 32, batch_first=True), torch.nn.Linear(32, width)
            model = torch.nn.ModuleList([lstm, head])
            shown, wanted = x[:-1], x[1:, -1]
            forecast = lambda batch: head(lstm(batch)[0][:, -1])
        adam = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(60):
            for begin in range(0, train, 64):
                part = slice(begin, min(begin + 64, train))
                loss = ((forecast(shown[part]) - wanted[part]) ** 2).mean()
                adam.zero_grad()
                loss.backward()
                adam.step()
        with torch.no_grad():
            error = ((forecast(shown) - wanted) ** 2).mean(1).numpy()
        if kind != "autoencoder":
            error = np.concatenate([[0.0], error])
        return error > np.quantile(error[:train], 0.99), 0
    return run


def random_cut_forest(jars):
    """Amazon's, thresholds its own, shingles of 8 rows. Its time is that of the points alone, without the start of Java."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "random_cut_forest", "RandomCutForest.java")

    def run(rows):
        text = "".join(" ".join(map(repr, map(float, row))) + "\n" for row in rows)
        made = subprocess.run(["java", "-cp", os.path.join(jars, "*"), source], input=text, capture_output=True, text=True, check=True)
        *flags, nanoseconds = made.stdout.split()
        return np.array([flag == "1" for flag in flags]), int(nanoseconds) * 1e-9
    return run


def peers(jars):
    found = []
    if jars:
        found.append(("Amazon's random cut forest 4.3", random_cut_forest(jars)))
    else:
        print("left out: Amazon's random cut forest; no --jars")
    try:
        from sklearn.ensemble import IsolationForest
        from sklearn.svm import OneClassSVM
        forest = lambda: IsolationForest(contamination=0.01, random_state=0)
        svm = lambda: OneClassSVM(nu=0.01, gamma="scale")
        narrow = lambda: OneClassSVM(nu=0.01, gamma=2.0)
        found += [("scikit-learn OneClassSVM, trained once", trained_once(svm)),
                  ("scikit-learn OneClassSVM, refitted", refitted(svm)),
                  ("the same with gamma 2, refitted", refitted(narrow)),
                  ("scikit-learn IsolationForest, trained once", trained_once(forest)),
                  ("scikit-learn IsolationForest, refitted", refitted(forest))]
    except ImportError as missing:
        print("left out:", missing)
    try:
        from river import anomaly, preprocessing
        found += [("river HalfSpaceTrees", online(lambda: preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(seed=0))),
                  ("river OneClassSVM", online(lambda: preprocessing.StandardScaler() | anomaly.OneClassSVM(nu=0.01)))]
    except ImportError as missing:
        print("left out:", missing)
    try:
        import torch  # noqa: F401
        found += [("PyTorch autoencoder, trained once", network("autoencoder")),
                  ("PyTorch LSTM, trained once", network("lstm"))]
    except (ImportError, OSError) as missing:
        print("left out:", missing)
    return found


def judged(flags, truth):
    flags, truth = flags[UNSCORED:], truth[UNSCORED:]
    hits = int((flags & truth).sum())
    precision = hits / flags.sum() if flags.sum() else None
    recall = hits / truth.sum()
    return precision, recall, 2 * hits / (flags.sum() + truth.sum())


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder")
    arguments.add_argument("--seeds", type=int, default=5)
    arguments.add_argument("--first-seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=2000)
    arguments.add_argument("--only", default="", help="methods whose names have this in them")
    arguments.add_argument("--scenarios", default=",".join(SCENARIOS), help="of them, separated by commas")
    arguments.add_argument("--jars", default="", help="folder with the jars of Amazon's random cut forest")
    chosen = arguments.parse_args()
    scenarios = chosen.scenarios.split(",")
    shown = {name: [points_of(chosen.folder + "/spindrift-sim", name, seed, chosen.count)
                    for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds)] for name in scenarios}
    print("| method | " + " | ".join(scenarios) + " | us/point |")
    print("|---|" + "---|" * (len(scenarios) + 1))
    for name, run in peers(chosen.jars):
        if chosen.only not in name:
            continue
        cells, spent, points = [], 0.0, 0
        for scenario in scenarios:
            results = []
            for rows, truth in shown[scenario]:
                begun = time.process_time()
                flags, elsewhere = run(rows)
                spent += elsewhere + time.process_time() - begun
                points += len(rows)
                results.append(judged(np.asarray(flags, bool), truth))
            precisions = [p for p, _, _ in results if p is not None]
            cells.append("%s / %.3f / **%.3f**" % ("%.3f" % statistics.mean(precisions) if precisions else "-",
                                                   statistics.mean(r for _, r, _ in results),
                                                   statistics.mean(f for _, _, f in results)))
        print("| %s | %s | %.0f |" % (name, " | ".join(cells), 1e6 * spent / points), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
