"""Producers with a name: what is kept of their verdicts, numbers that leap, and the way back for a spoilt numbering."""

import json
import os
import subprocess

from stage import Bystander, Daemon, Scratch, check_bystander, quiet

SEQ_MAX = 2**53 - 1
FEATURES = 64


def wide_point(seq):
    """A verdict of some 6 KiB: as many features as there may be, and names as long as they may be."""
    values = ",".join('"feature-with-a-long-name-%02d-%s":%d' % (item, "x" * 36, (seq * 7 + item) % 10)
                      for item in range(FEATURES))
    return b'{"stream":"wide","seq":%d,"values":{%s}}\n' % (seq, values.encode())


def kept_verdicts(report, binary, names):
    """One client says hello under many names, each with its last 1,024 verdicts to be kept."""
    ceiling = 256
    with Scratch() as folder:
        flags = ("--state-dir", os.path.join(folder, "state"), "--max-memory", str(ceiling))
        with Daemon(binary, *flags) as server, server.connect() as one:
            alone, bound = quiet(server)
            with server.connect() as honest:
                honest.send({"op": "hello", "producer": "honest"})
                honest.line()
                for seq in range(1, 101):
                    honest.ask({"seq": seq, "value": 1})
                bystander = Bystander(server.port)
                highest = 0
                points = [wide_point(seq) for seq in range(1, 1_025)]
                for number in range(names):
                    one.send({"op": "hello", "producer": f"name-{number}"})
                    one.line()
                    for begin in range(0, len(points), 32):
                        one.send(b"".join(points[begin:begin + 32]))
                        for _ in range(32):
                            one.line()
                    highest = max(highest, server.resident_kib() / 1024)
                stats = server.stats()
                again = honest.ask({"seq": 50, "value": 1})
                report.check("  a connected producer meanwhile", f"{again['type']} for a seq of before", "verdict, dup",
                             again["type"] == "verdict" and again["dup"])
            first = "name-0"
            one.send({"op": "hello", "producer": first})
            one.line()
            one.send(wide_point(1_024))
            lost = json.loads(one.line())
            report.check(f"1,024 wide verdicts of each of {names} names", f"{highest:.0f} MiB, ceiling {ceiling}",
                         "<= 110 %", highest <= ceiling * 1.1)
            report.check("  kept", f"{stats['kept_bytes'] / 2**20:.0f} MiB", "<= a quarter of the ceiling",
                         stats["kept_bytes"] <= (ceiling << 20) / 4)
            report.check("  what was let go", lost.get("code", lost["type"]), "bad_seq", lost.get("code") == "bad_seq")
            p99 = bystander.end()
            check_bystander(report, server, alone, bound, p99)
            server.kill()
        with Daemon(binary, *flags) as again:
            report.check("  and after a restart", f"{again.resident_kib() / 1024:.0f} MiB", "<= 110 %",
                         again.resident_kib() / 1024 <= ceiling * 1.1)


def leaps(report, binary):
    with Daemon(binary) as server, server.connect() as one:
        one.ask({"op": "hello", "producer": "plant-7"})
        codes = [one.ask({"seq": seq, "value": 1}).get("code") for seq in (1, 2, SEQ_MAX, 2 + 2**40 + 1, 2 + 2**40, 3)]
        report.check("a seq that leaps by more than 2^40", str(codes), "refused; others taken",
                     codes == [None, None, "bad_seq", "bad_seq", None, "bad_seq"])


def spoil(one, step=2**40):
    """Within the rule, as somebody who means harm would."""
    seq = step
    one.ask({"op": "hello", "producer": "plant-7"})
    while seq < SEQ_MAX:
        one.ask({"seq": seq, "value": 1})
        seq += step
    return one.ask({"seq": SEQ_MAX, "value": 1})


def resets(report, binary):
    with Scratch() as folder:
        state = os.path.join(folder, "state")
        with Daemon(binary, "--state-dir", state) as server:
            with server.connect() as one, server.connect() as other:
                spoilt = spoil(one, 2**40)
                refused = other.ask({"op": "hello", "producer": "plant-7"})["last_seq"]
                welcome = other.ask({"op": "hello", "producer": "plant-7", "reset": True})
                verdict = other.ask({"seq": 1, "value": 5})
                report.check("a spoilt producer, hello with reset", f"last_seq {refused}, then {welcome['last_seq']}",
                             "2^53 - 1, then 0", spoilt["type"] == "verdict" and refused == SEQ_MAX and
                             welcome["last_seq"] == 0 and verdict["type"] == "verdict")
                report.check("  said in the log", f"{server.log().count('producer_reset')} line", "1",
                             server.log().count("producer_reset") == 1)
            server.kill()
        with Daemon(binary, "--state-dir", state) as server:
            with server.connect() as one:
                after = one.ask({"op": "hello", "producer": "plant-7"})["last_seq"]
                again = one.ask({"seq": 1, "value": 5})
                report.check("  kill -9 and a start", f"last_seq {after}, dup {again.get('dup')}", "1, its own verdict",
                             after == 1 and again["n"] == verdict["n"] and again.get("dup"))
            command = [binary, "producer", "reset", "plant-7", "--state-dir", state, "--listen",
                       f"127.0.0.1:{server.port}"]
            ran = subprocess.run(command, capture_output=True, text=True)
            with server.connect() as one:
                after = one.ask({"op": "hello", "producer": "plant-7"})["last_seq"]
                one.ask({"seq": 9, "value": 5})
            report.check("spindriftd producer reset, running", f"{ran.stdout.strip()}, last_seq {after}", "0",
                         ran.returncode == 0 and after == 0 and "running" in ran.stdout)
            server.stop()
        ran = subprocess.run(command, capture_output=True, text=True)
        with Daemon(binary, "--state-dir", state) as server, server.connect() as one:
            after = one.ask({"op": "hello", "producer": "plant-7"})["last_seq"]
            report.check("  stopped", f"{ran.stdout.strip()}{ran.stderr.strip()}, last_seq {after}", "0",
                         ran.returncode == 0 and after == 0 and "directory" in ran.stdout)


def rights(report, binary):
    with Scratch() as folder:
        path = os.path.join(folder, "tokens")
        secrets = []
        with open(path, "w") as file:
            for name, more in (("plain", []), ("trusted", ["--may", "reset"])):
                made = subprocess.run([binary, "token", "new", name, *more], capture_output=True, text=True, check=True)
                token, line = made.stdout.splitlines()
                secrets.append(token.split()[-1])
                file.write(line + "\n")
        with Daemon(binary, "--tokens", path) as server:
            outcomes = []
            for secret in secrets:
                with server.connect() as one:
                    reply = one.ask({"op": "hello", "producer": "p", "reset": True, "token": secret})
                    outcomes.append(reply.get("code", reply["type"]))
        report.check("reset without the right, and with it", ", ".join(outcomes), "forbidden, welcome",
                     outcomes == ["forbidden", "welcome"])


def run(report, binary, short, _sanitized=""):
    kept_verdicts(report, binary, 40 if short else 200)
    leaps(report, binary)
    resets(report, binary)
    rights(report, binary)
