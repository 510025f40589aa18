"""The detectors over a series, without a server: by the program spindrift-detect."""

import json
import subprocess
import tempfile
import threading

from .conversation import point_line


def _items(series):
    """(key, ts, value) of each point. Of a pandas Series the key is its index, and the time where the index is one."""
    if hasattr(series, "items") and hasattr(series, "index"):
        is_timed = getattr(getattr(series.index, "dtype", None), "kind", "") == "M"
        for key, value in series.items():
            yield key, key if is_timed else None, value
        return
    for number, item in enumerate(series):
        if isinstance(item, tuple):
            yield number, item[0], item[1]
        else:
            yield number, None, item


def detect(series, *, events=False, program="spindrift-detect", **options):
    """Yields a verdict for each point of the series, as a dict with `index` (of a pandas Series; else the place), as soon as
    it is there; with `events=True` the events instead. The series: numbers, (time, value) pairs, dicts of features, or a
    pandas Series. Options are those of the program: detect(series, threshold=6, detectors="zscore")."""
    command = [program, "--format", "events" if events else "verdicts"]
    for name, value in options.items():
        command.append(f"--{name.replace('_', '-')}={value}")
    keys = []
    failed = []
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints) as child:

            def feed():
                try:
                    with child.stdin as to:
                        for key, ts, value in _items(series):
                            line = point_line(value, ts=ts)
                            keys.append(key)
                            to.write(line)
                except BrokenPipeError:
                    pass  # the program says why
                except Exception as wrong:  # of the series: it is the caller's to hear of it
                    failed.append(wrong)

            feeder = threading.Thread(target=feed, daemon=True)
            feeder.start()
            try:
                place = 0
                for text in child.stdout:
                    line = json.loads(text)
                    if line.get("type") == "event":
                        if events:
                            yield line
                        continue
                    yield {"index": keys[place], **line}
                    place += 1
                feeder.join()
                if failed:
                    raise failed[0]
                if child.wait() != 0:
                    complaints.seek(0)
                    raise RuntimeError(complaints.read().decode(errors="replace").strip() or f"{program} failed")
            finally:
                child.kill()
