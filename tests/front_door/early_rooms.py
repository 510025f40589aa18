#!/usr/bin/env python3
"""The rooms that run.sh compiles before Boost and gnuplot are there see neither, nor does any room that they link.

usage: early_rooms.py HOUSE
"""

import pathlib
import re
import sys


def main():
    house = pathlib.Path(sys.argv[1])
    links = {}
    for top in ("common", "server", "client", "visualizer"):
        for file in (house / top).rglob("CMakeLists.txt"):
            for room, rest in re.findall(r"add_room\((\w+)([^)]*)\)", file.read_text()):
                links[f"spindrift_{room}"] = rest.partition("LINKS")[2].split()
    early = re.search(r"^early_rooms=\(([^)]*)\)", (house / "run.sh").read_text(), re.M).group(1).split()
    seen, todo = {}, [(room, room) for room in early]
    while todo:
        room, way = todo.pop()
        if room in seen:
            continue
        seen[room] = way
        todo += [(one, f"{way} > {one}") for one in links.get(room, [])]
    found = [f"run.sh: {room}: there is no such room" for room in early if room not in links]
    found += [f"run.sh: compiled before it is there: {way}" for room, way in seen.items()
              if re.match(r"Boost::|spindrift_gnuplot$", room)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found or not early else 0


if __name__ == "__main__":
    sys.exit(main())
