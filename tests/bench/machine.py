"""What a figure depends on: the machine, the build, and which cores were whose."""

import os
import platform
import re
import subprocess


def read(path, default=""):
    try:
        with open(path) as file:
            return file.read().strip()
    except OSError:
        return default


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


class Cores:
    """Server and client apart: the first core is the server's, the last the client's."""

    def __init__(self):
        usable = sorted(os.sched_getaffinity(0))
        self.all = set(usable)
        self.server = {usable[0]}
        self.client = {usable[-1]}
        # Two shards take two cores; what is left is the client's, or, on a small machine, its old one.
        self.two_shards = set(usable[:2])
        self.beside_two_shards = (self.all - self.two_shards) or self.client


def facts(folder, build):
    cpu = re.search(r"model name\s*:\s*(.*)", read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", read("/proc/meminfo"))
    cache = read(f"{build}/CMakeCache.txt")
    compiler = re.search(r"CMAKE_CXX_COMPILER:\w+=(.*)", cache)
    flags = re.search(r"CMAKE_CXX_FLAGS_RELEASE:\w+=(.*)", cache)
    trained = ", trained and across rooms" if re.search(r"SPINDRIFT_TRAINED:\w+=ON", cache) else ""
    commit = output("git", "-C", folder, "rev-parse", "--short", "HEAD")
    changed = output("git", "-C", folder, "status", "--porcelain")
    load = os.getloadavg()
    return [
        ("processor", f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores"),
        ("governor", read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "not readable")),
        ("memory", f"{int(memory[1]) / 2**20:.1f} GiB" if memory else "?"),
        ("kernel", platform.release()),
        ("compiler", output(compiler[1] if compiler else "c++", "--version").splitlines()[:1]),
        ("flags", f"{flags[1] if flags else '?'} -ffp-contract=off{trained}"),
        ("commit", (commit or "?") + (" with changes" if changed else "")),
        ("redis", output("redis-server", "--version").split(" sha=")[0] or "not installed"),
        ("python", platform.python_version()),
        ("load at the start", f"{load[0]:.2f} {load[1]:.2f} {load[2]:.2f}"),
    ]


def print_facts(folder, build):
    print("| machine | |\n|---|---|")
    for name, value in facts(folder, build):
        print(f"| {name} | {value[0] if isinstance(value, list) and value else value} |")
