#!/usr/bin/env python3
"""Writes the state directories of one release, and what that release says next. See README.md.

    make.py PROGRAM VERSION      PROGRAM is the released spindriftd, VERSION the folder to make here
"""
import json, math, os, random, shutil, signal, socket, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# name: flags, and whether the daemon is killed at the end (a journal is left) or stopped (a snapshot is left).
DIRECTORIES = {
    "default": ([], ["stop", "kill"]),
    "classic": (["--detectors", "zscore,adwin", "--zscore-method", "classic", "--window", "50"], ["stop"]),
    "iforest": (["--detectors", "zscore,iforest", "--zscore-seasonal", "on", "--iforest-trees", "10",
                 "--iforest-sample-size", "16", "--iforest-window", "64", "--iforest-rebuild-every", "32"], ["stop"]),
    "journal": (["--detectors", "zscore,adwin"], ["kill"]),
}
WIDE = ("default", "iforest")  # these have a stream of two features, too
T0 = 1764000000000


def start(program, flags, directory):
    child = subprocess.Popen([program, "--listen", "127.0.0.1:0", "--http", "off", "--state-dir", directory, *flags],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = int(child.stdout.readline().rsplit(":", 1)[1])
    return child, socket.create_connection(("127.0.0.1", port))


def exchange(connection, lines):
    reader = connection.makefile("r")
    connection.sendall("".join(line + "\n" for line in lines).encode())
    return [reader.readline() for _ in lines]


def points(begin, end, has_room=True):
    lines = []
    for i in range(begin, end):
        noise = random.Random(i)
        spike = 9 if i % 97 == 96 else 0
        level = 40 if i > 100 else 20
        when = f'"ts":{T0 + i * 60000}'
        lines.append(f'{{"stream":"cpu","value":{round(level + noise.gauss(0, 1) + spike, 3)},{when},"seq":{2 * i + 1}}}')
        if not has_room:
            continue
        lines.append(f'{{"stream":"room","values":{{"t":{round(20 + math.sin(i / 9) + noise.gauss(0, .1), 3)},'
                     f'"h":{round(50 + noise.gauss(0, 2) - spike, 3)}}},{when},"seq":{2 * i + 2}}}')
    return lines


def main():
    program, version = sys.argv[1:]
    for name, (flags, ends) in DIRECTORIES.items():
        target = os.path.join(HERE, version, name)
        shutil.rmtree(target, ignore_errors=True)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        at = 0
        for end in ends:
            child, connection = start(program, flags, target)
            # The newest have a producer's name, so that a few verdicts are kept.
            count = 20 if at else 130 if name != "iforest" else 50
            exchange(connection, points(at, at + count - 10, name in WIDE))
            exchange(connection, ['{"op":"hello","producer":"plant-7"}'] +
                     points(at + count - 10, at + count, name in WIDE))
            at += count
            child.send_signal(signal.SIGKILL if end == "kill" else signal.SIGTERM)
            connection.close()
            child.wait()
        for left in ("lock", "history.db-shm"):
            if os.path.exists(os.path.join(target, left)):
                os.remove(os.path.join(target, left))
        if "stop" in ends:
            os.remove(os.path.join(target, "journal-0000000000000000"))  # the snapshot is behind it
        if name != "default":
            for left in ("history.db", "history.db-wal"):
                if os.path.exists(os.path.join(target, left)):
                    os.remove(os.path.join(target, left))
        # What the release itself says when it goes on from there, on a copy.
        with tempfile.TemporaryDirectory() as scratch:
            copy = os.path.join(scratch, "state")
            shutil.copytree(target, copy)
            child, connection = start(program, flags, copy)
            after = points(at, at + 3, name in WIDE)
            said = exchange(connection, ['{"op":"streams"}', '{"op":"history","limit":5}',
                                         '{"op":"hello","producer":"plant-7"}'] + after)
            child.send_signal(signal.SIGKILL)
            connection.close()
            child.wait()
        facts = {"flags": flags, "streams": json.loads(said[0]), "history": json.loads(said[1]),
                 "hello": json.loads(said[2]), "points": [json.loads(line) for line in after],
                 "verdicts": [json.loads(line) for line in said[3:]]}
        with open(target + ".json", "w") as file:
            file.write("{\n" + ",\n".join(f' "{key}": ' + json.dumps(value, separators=(",", ":"))
                                          for key, value in facts.items()) + "\n}\n")


main()
