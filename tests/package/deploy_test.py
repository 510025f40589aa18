#!/usr/bin/env python3
"""What lies in server/deploy speaks of a server that there is: every metric of the dashboard and of the alert rules is
among those that the server serves, the dashboard has what Grafana wants of one, and the unit lets the server do what it
does; what the container file, the compose files and the manifests start is what the programs take, with the topics that
the worker has by itself. Where promtool is installed, Prometheus reads the metrics and the rules as well; where
Grafana's types are (grafana-foundation-sdk of PyPI), they read the dashboard.

usage: deploy_test.py SPINDRIFTD
"""

import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "server" / "deploy"
PANEL = {"id": int, "title": str, "type": str, "datasource": dict, "gridPos": dict, "targets": list, "fieldConfig": dict}
DASHBOARD = {"uid": str, "title": str, "schemaVersion": int, "panels": list, "templating": dict, "time": dict}


def served_metrics(binary):
    server = subprocess.Popen([binary, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--state-dir", "off"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for line in server.stderr:
            if found := re.search(r"\bhttp address=(\S+)", line):
                with urllib.request.urlopen(f"http://{found.group(1)}/metrics", timeout=30) as page:
                    return page.read().decode()
        raise SystemExit("the server did not say where it serves HTTP")
    finally:
        server.terminate()
        server.wait()


def wants(thing, fields, where):
    return [f"{where}: {name} is not {kind.__name__}" for name, kind in fields.items()
            if not isinstance(thing.get(name), kind)]


def complaints_about_dashboard(dashboard):
    found = wants(dashboard, DASHBOARD, "dashboard")
    taken = set()
    for panel in dashboard["panels"]:
        where = f"panel {panel.get('title')}"
        found += wants(panel, PANEL, where)
        grid = panel["gridPos"]
        cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        if cells & taken or grid["x"] + grid["w"] > 24:
            found.append(f"{where}: lies over another one, or beyond the edge")
        taken |= cells
        found += [f"{where}: no expression" for target in panel["targets"] if not target.get("expr")]
    ids = [panel["id"] for panel in dashboard["panels"]]
    return found + ([] if len(ids) == len(set(ids)) else ["two panels have the same id"])


def lost(said, kept, where):
    """What is in the one and not in the other, at any depth."""
    if isinstance(said, dict) and isinstance(kept, dict):
        gone = [f"{where}.{key}" for key in said if key not in kept]
        return gone + [one for key in said if key in kept for one in lost(said[key], kept[key], f"{where}.{key}")]
    if isinstance(said, list) and isinstance(kept, list) and len(said) == len(kept):
        return [one for at, pair in enumerate(zip(said, kept)) for one in lost(*pair, f"{where}[{at}]")]
    return [] if said == kept else [where]


def complaints_of_grafana(dashboard):
    """Grafana's published types keep what they know: what is lost on the way through them means nothing to Grafana."""
    from grafana_foundation_sdk.cog import encoder, plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard
    plugins.register_default_plugins()
    kept = json.loads(encoder.JSONEncoder().encode(Dashboard.from_json(dashboard)))
    return [f"{where}: Grafana does not know it" for where in lost(dashboard, kept, "dashboard")]


def complaints_about_command(binary, words, where):
    """The daemon takes these flags; another program of ours knows them all."""
    if binary.name == "spindriftd":
        done = subprocess.run([binary, *words, "--check-config"], capture_output=True, text=True)
        return [] if done.returncode == 0 else [f"{where}: {done.stderr.strip()}"]
    known = subprocess.run([binary, "--help"], capture_output=True, text=True).stdout
    return [f"{where}: {binary.name} has no {word}" for word in words
            if word.startswith("--") and not re.search(rf"^ +{re.escape(word)} ", known, re.M)]


def complaints_about_container(binary):
    text = (DEPLOY / "Containerfile").read_text()
    steps = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.M)).splitlines()
    found = []
    stages = [line.split(" AS ")[1] for line in steps if line.startswith("FROM ") and " AS " in line]
    found += [f"Containerfile: {line}: no such stage" for line in steps
              if (source := re.search(r"--from=(\S+)", line)) and source.group(1) not in stages]
    found += [f"Containerfile: {line}: no version" for line in steps if re.match(r"FROM [^:]+( |$)", line)]
    user = next((i for i, line in enumerate(steps) if line.startswith("USER nobody")), None)
    entry = next((i for i, line in enumerate(steps) if line.startswith("ENTRYPOINT ")), -1)
    if user is None or entry < user or any(line.startswith("USER") for line in steps[user + 1:]):
        found.append("Containerfile: the programs do not run as nobody")
    words = json.loads(next(line for line in steps if line.startswith("CMD "))[4:])
    return found + complaints_about_command(binary, words, "Containerfile: CMD")


def complaints_about_compose(binary):
    """Of each service: what is mounted is there, images have a version, and the programs know their flags."""
    folder = DEPLOY / "compose"
    text = (folder / "compose.yaml").read_text()
    found = [f"compose.yaml: {path} is not there" for path in re.findall(r"^ +- (\.[^:]*):", text, re.M)
             if not (folder / path).exists()]
    found += [f"compose.yaml: {image} has no version" for image in re.findall(r"image: (\S+/\S+)", text)
              if ":" not in image.rsplit("/", 1)[1]]
    build = re.search(r"build: {context: (\S+), dockerfile: (\S+)}", text)
    if not build or not (folder / build.group(1) / build.group(2)).exists():
        found.append("compose.yaml: it does not say what is built")
    commands = re.findall(r"(?:entrypoint: \[(\S+)\]\n +)?command: \[(.*)\]", text)
    if not commands:
        found.append("compose.yaml: no commands")
    for program, words in commands:
        flags = [word.strip().strip('"') for word in words.split(",")]
        found += complaints_about_command(binary.parent / (program or "spindriftd"), flags, "compose.yaml")
    return found


def without_comments(text):
    return re.sub(r"(^|\s)#.*", r"\1", text)


def complaints_about_worker(worker):
    """Flags, topics, ports and metrics of what starts workers beside a cluster."""
    settings = subprocess.run([worker, "--print-config"], capture_output=True, text=True).stdout
    found = []
    for name in ("compose.yaml", "kubernetes/worker.yaml"):
        text = without_comments((DEPLOY / name).read_text())
        flags = sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - {"--build"})
        if not flags:
            found.append(f"{name}: no flags")
        found += complaints_about_command(worker, flags, name)
        heard = re.search(r"--http(?:=|, \")[^:]+:(\d+)", text)
        shown = re.search(r"containerPort: (\d+)|ports: \[\"[^\"]*:(\d+)\"\]\n +depends_on", text)
        if not heard or not shown or heard.group(1) not in shown.groups():
            found.append(f"{name}: the port of --http is not the one that is shown")
    topics = set(re.findall(r"kind: KafkaTopic\nmetadata:\n +name: (\S+)", (DEPLOY / "kubernetes/topics.yaml").read_text()))
    usual = set(re.findall(r'^(?:points|verdicts|events|dead-letters|snapshots) = "(\S+)"', settings, re.M))
    if len(usual) != 5 or topics != usual:
        found.append(f"kubernetes/topics.yaml: has {sorted(topics)}, and the worker {sorted(usual)}")
    served = "".join(path.read_text() for path in (DEPLOY.parent / "kafka").glob("*.cpp"))
    rules = (DEPLOY / "worker_alerts.yml").read_text()
    # Where it is made a metric stands without the prefix, a counter without the ending as well.
    found += [f"worker_alerts.yml: the worker has no metric {one}" for one in sorted(set(re.findall(r"\bspindrift_[a-z_]+", rules)))
              if f'"{one.removeprefix("spindrift_").removesuffix("_total")}"' not in served
              and f'"{one.removeprefix("spindrift_")}"' not in served]
    return found + (promtool("check", "rules", DEPLOY / "worker_alerts.yml") if shutil.which("promtool") else [])


def promtool(*arguments, **more):
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, **more)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def main():
    metrics = served_metrics(sys.argv[1])
    known = set(re.findall(r"^# TYPE (\S+)", metrics, re.M))
    for histogram in re.findall(r"^# TYPE (\S+) histogram", metrics, re.M):
        known |= {histogram + part for part in ("_bucket", "_sum", "_count")}
    dashboard_text = (DEPLOY / "dashboard.json").read_text()
    found = complaints_about_dashboard(json.loads(dashboard_text))
    if importlib.util.find_spec("grafana_foundation_sdk") is not None:
        found += complaints_of_grafana(json.loads(dashboard_text))
    binary = pathlib.Path(sys.argv[1]).resolve()
    found += complaints_about_container(binary) + complaints_about_compose(binary)
    worker = binary.with_name("spindrift-worker")
    if worker.exists():
        found += complaints_about_worker(worker)
    for name, text in (("dashboard.json", dashboard_text), ("alerts.yml", (DEPLOY / "alerts.yml").read_text())):
        used = set(re.findall(r"\bspindrift_[a-z_]+", text))
        found += [f"{name}: the server has no metric {one}" for one in sorted(used - known)]
    if shutil.which("promtool") is not None:
        found += promtool("check", "metrics", input=metrics) + promtool("check", "rules", DEPLOY / "alerts.yml")
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
