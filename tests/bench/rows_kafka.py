"""Row 10: spindrift-worker on a real broker, beside spindriftd over TCP."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

from server_process import Server, pinned
from table import markdown, median, ratios, short, spread

partitions = 8
streams = 1_000
classic = ("--detectors", "zscore,adwin", "--zscore-method", "classic")
session_ms = 6_000


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Broker:
    """One node, KRaft, its data in a folder of its own; on the client's core."""

    def __init__(self, bench, jars):
        self.bench, self.jars = bench, jars
        self.folder = tempfile.mkdtemp(prefix="bench-kafka-", dir=os.path.dirname(bench.bin))
        self.gc_log = f"{self.folder}/gc.log"
        self.port, controller = free_ports(2)
        self.address = f"127.0.0.1:{self.port}"
        ones = ("offsets.topic.replication.factor", "transaction.state.log.replication.factor",
                "transaction.state.log.min.isr", "share.coordinator.state.topic.replication.factor",
                "share.coordinator.state.topic.min.isr")
        with open(f"{self.folder}/server.properties", "w") as file:
            file.write(f"""process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://{self.address}
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.dirs={self.folder}/data
""" + "".join(f"{key}=1\n" for key in ones))
        with open(f"{self.folder}/log4j2.yaml", "w") as file:
            file.write("Configuration:\n  status: error\n  Loggers:\n    Root:\n      level: error\n")
        subprocess.run(["java", "-cp", f"{jars}/*", "kafka.tools.StorageTool", "format", "-t",
                        "MkU3OEVBNTcwNTJENDM2Qg", "-c", f"{self.folder}/server.properties"],
                       check=True, capture_output=True)
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["java", "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC",
             f"-Xlog:gc:file={self.gc_log}", f"-Dlog4j2.configurationFile={self.folder}/log4j2.yaml",
             "-cp", f"{self.jars}/*", "kafka.Kafka", f"{self.folder}/server.properties"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run([f"{self.bench.bin}/bench-kafka", "await", "--brokers", self.address], check=True, timeout=120)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def longest_pause_ms(self, since):
        """Of its garbage collector, since its log was so long."""
        with open(self.gc_log) as file:
            file.seek(since)
            return max(map(float, re.findall(r"Pause .* ([\d.]+)ms$", file.read(), re.M)), default=0.0)

    def stop(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Scene:
    def __init__(self, bench, broker):
        self.bench, self.broker, self.groups = bench, broker, 0

    def load_command(self, mode, **settings):
        command = [f"{self.bench.bin}/bench-kafka", mode, "--brokers", self.broker.address,
                   "--partitions", str(partitions), "--streams", str(streams)]
        for name, value in settings.items():
            command += ["--" + name, str(value)]
        return command

    def fill(self, name, points, lines):
        subprocess.run(self.load_command("fill", name=name, points=points, lines=lines), check=True,
                       capture_output=True, preexec_fn=pinned(self.bench.cores.client))

    def group(self):
        self.groups += 1
        return f"g{self.groups}"

    def worker(self, name, group, *flags, cores=None, lanes=1, identity="a"):
        command = [f"{self.bench.bin}/spindrift-worker", "--brokers", self.broker.address, "--group", group,
                   "--worker-id", identity, "--lanes", str(lanes), "--http", "127.0.0.1:0", "--log-level", "warning"]
        if "--session-timeout" not in flags:
            command += ["--session-timeout", f"{session_ms}ms"]
        for kind in ("points", "verdicts", "events", "dead-letters", "snapshots"):
            if f"--{kind}" not in flags:
                command += [f"--{kind}", f"{name}-{kind}"]
        return Server("spindrift-worker", command + list(flags), cores or self.bench.cores.server)

    def metric(self, worker, name):
        text = urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/metrics", timeout=10).read().decode()
        return sum(float(each) for each in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.M))

    def await_ready(self, worker):
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/readyz", timeout=10)
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("a worker does not become ready")

    def judge(self, name, points, *flags, cores=None, lanes=1):
        """All of a topic by a new group: CPU ns a point, and points a second from the first to the last."""
        worker = self.worker(name, self.group(), *flags, cores=cores, lanes=lanes)
        begun = None
        while True:
            done = self.metric(worker, "spindrift_points_total")
            if begun is None and done > 0:
                begun, done_then = time.monotonic(), done
            if done >= points:
                break
            time.sleep(0.05)
        rate = (points - done_then) / max(1e-9, time.monotonic() - begun)
        result = {"cpu_ns": worker.cpu_ns() / points, "rate": rate}
        worker.process.kill()
        worker.stop()
        return result

    def watch(self, name, seconds, rate, meanwhile=None):
        """Latencies and silences of each partition's verdicts, while something happens a quarter in."""
        child = self.bench.children(self.load_command("latency", name=name, seconds=seconds, rate=rate))
        if meanwhile:
            time.sleep(seconds / 4)
            meanwhile()
        return json.loads(child.communicate()[0])


def row_10(bench, goals):
    print("\n## 10. Workers on Kafka\n")
    if not os.path.exists(f"{bench.bin}/bench-kafka"):
        return print("Left out: built without librdkafka.\n")
    jars = subprocess.run([f"{os.path.dirname(bench.here)}/kafka/broker_jars.sh"], capture_output=True, text=True)
    if jars.returncode != 0:
        return print("Left out: no Java or no Maven here.\n")
    broker = Broker(bench, jars.stdout.strip())
    try:
        scene = Scene(bench, broker)
        costs(bench, goals, scene)
        lanes(bench, scene)
        latencies(bench, goals, scene)
        silences(bench, goals, scene)
    finally:
        broker.stop()


def costs(bench, goals, scene):
    points = 300_000 if bench.quick else 1_000_000
    scene.fill("one", points, 1)
    scene.fill("many", points, 50)
    tcp = bench.spindriftd("TCP", *classic)
    bench.load(tcp, "pipelined", streams=streams, points=200_000, window=1024)
    peers = {"spindriftd over TCP": lambda: bench.load(tcp, "pipelined", streams=streams, points=points, window=1024),
             "1 point a record": lambda: scene.judge("one", points, *classic),
             "50 points a record": lambda: scene.judge("many", points, *classic),
             "50 points a record, events alone": lambda: scene.judge("many", points, *classic, "--verdicts", "off")}
    results = bench.interleaved(list(peers), lambda peer: peers[peer](), rounds=min(bench.rounds, 3))
    bench.stop_all()
    base = [each["cpu_ns"] for each in results["spindriftd over TCP"]]
    bars = dict(zip(list(peers)[1:], (2.2, 1.3, 0.8)))
    table = []
    for peer, runs in results.items():
        ratio = ratios([each["cpu_ns"] for each in runs], base)
        table.append([peer, spread([each["cpu_ns"] for each in runs]), f"{median(ratio):.2f}",
                      short(median([each["rate"] for each in runs]))])
        if peer in bars:
            goals.at_most(f"worker CPU / TCP CPU, classic, {peer}", bars[peer], median(ratio))
    print(f"{points:,} points of {streams:,} streams, classic Z-score and ADWIN, one lane, exactly-once, 100 ms; the "
          "broker is on the\nclient's core.\n")
    print(markdown(["", "CPU ns/point", "x TCP", "points/s"], table), "\n", flush=True)


def lanes(bench, scene):
    points = 300_000 if bench.quick else 1_000_000
    everywhere = bench.cores.all
    runs = bench.interleaved([1, 2], lambda count: scene.judge("many", points, cores=everywhere, lanes=count),
                             rounds=min(bench.rounds, 3))
    cost = {count: [each["cpu_ns"] for each in some] for count, some in runs.items()}
    rate = {count: [each["rate"] for each in some] for count, some in runs.items()}
    table = [[count, spread(cost[count]), short(median(rate[count]))] for count in runs]
    print("Default detectors, 50 points a record, on all cores, which the broker has as well.\n")
    print(markdown(["lanes", "CPU ns/point", "points/s"], table))
    print(f"\nTwo lanes: {median(ratios(rate[2], rate[1])):.2f} times the points a second, "
          f"{median(ratios(cost[2], cost[1])):.2f} times the CPU a point.\n", flush=True)


def latencies(bench, goals, scene):
    rate, seconds = 20_000, 5 if bench.quick else 15
    table = []
    for delivery, bars in (("exactly-once", (90, 250)), ("at-least-once", (10, 60))):
        name = delivery
        scene.fill(name, streams, 1)
        worker = scene.worker(name, scene.group(), *classic, "--delivery", delivery)
        scene.await_ready(worker)
        logged = os.path.getsize(scene.broker.gc_log)
        seen = scene.watch(name, seconds, rate)
        paused = scene.broker.longest_pause_ms(logged)
        worker.stop()
        table.append([delivery, *(f"{one:.1f}" for one in (seen["p50_ms"], seen["p99_ms"], seen["max_ms"], paused))])
        goals.at_most(f"{delivery}, {rate:,} points/s, p50", bars[0], seen["p50_ms"], " ms")
        goals.at_most(f"{delivery}, {rate:,} points/s, p99", bars[1], seen["p99_ms"], " ms")
    print("From when a point was due to a read_committed reader of its verdict, ms, "
          f"{rate:,} points/s for {seconds} s; and the\nlongest pause of the broker's garbage collector meanwhile, "
          "which points that are due then wait for.\n")
    print(markdown(["", "p50", "p99", "most", "broker's pause"], table), "\n", flush=True)


def silences(bench, goals, scene):
    table = []

    def three(name):
        scene.fill(name, streams, 1)
        group = scene.group()
        made = [scene.worker(name, group, *classic, "--transaction-timeout", "60s", identity=one) for one in "abc"]
        for one in made:
            scene.await_ready(one)
        time.sleep(session_ms / 1e3)
        return group, made

    _, made = three("kill")
    seen = sorted(one[0] for one in scene.watch("kill", 24, 2_000, made[0].process.kill)["silences"])
    gone = [ms for ms in seen if ms > session_ms / 2]
    stayed = [ms for ms in seen if ms <= session_ms / 2]
    table.append(["kill -9 of one of three, its partitions", f"{max(gone, default=0) / 1e3:.2f}"])
    table.append(["... the others' partitions", f"{max(stayed, default=0) / 1e3:.2f}"])
    goals.at_most("kill -9 of one of three, session 6 s, silence of its partitions", 7, max(gone, default=0) / 1e3, " s")
    goals.at_most("... of the others'", 1, max(stayed, default=0) / 1e3, " s")
    for one in made:
        one.stop()

    scene.fill("again", streams, 1)
    group = scene.group()
    first = scene.worker("again", group, *classic, "--session-timeout", "30s")
    scene.await_ready(first)
    back = []

    def restart():
        first.process.kill()
        first.process.wait()
        time.sleep(1)
        back.append(scene.worker("again", group, *classic, "--session-timeout", "30s"))

    longest = max(one[0] for one in scene.watch("again", 16, 2_000, restart)["silences"])
    table.append(["killed and begun again after 1 s", f"{longest / 1e3:.2f}"])
    goals.at_most("static member begun again after 1 s", 2.5, longest / 1e3, " s")

    for one in (first, *back):
        one.stop()
    print("Seconds without a committed verdict, 2,000 points/s, session 6 s, transactions' timeout 60 s.\n")
    print(markdown(["", "s"], table), "\n", flush=True)
