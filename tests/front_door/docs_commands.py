"""What the documents tell people to type: the commands of a document in the order of reading, which of them a test cannot
run and why, and stand-ins for the tools that may not be installed here.
"""
import os, re

# (document, beginning of the command): why no test runs it here. Each must be found in its document.
EXEMPT = {
    ("README.md", "./run.sh demo"): "builds; tests/integration/visualizer_test.cpp and tests/front_door have its parts",
    ("README.md", "./run.sh test"): "is this test, among others",
    ("benchmarks.md", "./run.sh bench"): "takes half an hour and builds the peers",
    ("operations.md", "./run.sh package"): "builds a package; run.sh package --test installs it into a fresh Debian",
    ("operations.md", "apt-get install"): "changes the machine; tests/package/package_test.sh does it in a fresh Debian",
    ("scaleout.md", "spindrift-worker --brokers"): "needs a Kafka broker; tests/kafka starts one and runs the worker",
    ("scaleout.md", "kcat"): "needs a Kafka broker and kcat",
    ("scaleout.md", "spindriftd --feed-from-kafka"): "needs a Kafka broker; kafka_proof has it",
    ("scaleout.md", "kafka-acls.sh"): "needs a Kafka broker with access control",
}
# Between backquotes in the text, where a placeholder stands or a whole machine is needed, only this is looked at: that
# the program, its subcommand and its flags are there.
PROGRAM = re.compile(r"(build/bin/)?spindrift[a-z-]*$")
TOOLS = ("echo", "curl", "openssl", "apt-get", "kcat", "kafka-acls.sh", "exec", "head", "while", "./run.sh")

NC = """#!/usr/bin/env python3
import socket, sys
at = [a for a in sys.argv[1:] if not a.startswith("-")]
s = socket.create_connection((at[0], int(at[1])))
if sys.stdin.isatty() or "-N" in sys.argv:
    s.sendall(sys.stdin.buffer.read())
    s.shutdown(socket.SHUT_WR)
else:
    import threading
    def send():
        for line in sys.stdin.buffer: s.sendall(line)
    threading.Thread(target=send, daemon=True).start()
while True:
    got = s.recv(65536)
    if not got: break
    sys.stdout.buffer.write(got); sys.stdout.buffer.flush()
"""
CURL = """#!/usr/bin/env python3
import sys, urllib.request
url = [a for a in sys.argv[1:] if a.startswith("http")][0]
body = sys.argv[sys.argv.index("--data-binary") + 1].encode() if "--data-binary" in sys.argv else None
with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=60) as answer:
    if "-N" in sys.argv:
        print(flush=True)  # it has begun, which a reader cannot see of curl's own
    for line in answer:
        sys.stdout.buffer.write(line); sys.stdout.buffer.flush()
"""
# The one filter that a document has: what it writes of each event.
JQ = """#!/usr/bin/env python3
import json, sys
assert sys.argv[1:] == ["-c", ".events[]|{kind,severity,told,text}"], sys.argv
for line in sys.stdin:
    for event in json.loads(line)["events"]:
        print(json.dumps({key: event.get(key) for key in ("kind", "severity", "told", "text")}))
"""


def provide_tools(folder, programs):
    """Into folder/bin; and the programs where the text says build/bin."""
    os.makedirs(os.path.join(folder, "bin"))
    for name, text in (("nc", NC), ("curl", CURL), ("jq", JQ)):
        path = os.path.join(folder, "bin", name)
        with open(path, "w") as out:
            out.write(text)
        os.chmod(path, 0o755)
    os.makedirs(os.path.join(folder, "build"))
    os.symlink(programs, os.path.join(folder, "build", "bin"))


def blocks(text):
    """(language, body) of each fenced block, and of each indented one, which stands behind an empty line."""
    found = [(m.start(), m.group(1), m.group(2)) for m in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)]
    bare = re.sub(r"^```.*?^```$", lambda m: re.sub(r"[^\n]", ".", m.group(0)), text, flags=re.M | re.S)
    for m in re.finditer(r"\n\n((?:    \S[^\n]*\n)+)", bare):
        found.append((m.start(), "", re.sub(r"^    ", "", m.group(1), flags=re.M)))
    return [(language, body) for _, language, body in sorted(found)]


def is_command(line):
    word = line.split()[0]
    return bool(PROGRAM.match(word)) or word in TOOLS


def commands(language, body):
    """The commands of a block, in whole lines; what it shows of answers and comments left out. Where each line hangs on
    the one before (a descriptor), all of them are one."""
    if language not in ("", "sh", "console", "python"):
        return []
    if language == "python" or body.startswith("exec "):
        return [body]
    lines = re.sub(r"\\\n\s*", "", body).splitlines()
    if language == "console" or body.startswith("$ "):
        lines = [line[2:] for line in lines if line.startswith("$ ")]
    lines = [re.sub(r"\s+#\s.*$", "", line) for line in lines if line.strip() and not line.startswith("#")]
    # A block of sh has nothing but commands; one that says nothing of itself may be a drawing or a grammar.
    bare_tools = TOOLS if language != "" else [tool for tool in TOOLS if tool not in ("head", "exec", "while")]
    return [line for line in lines if language in ("sh", "console")
            or line[0] != " " and (PROGRAM.match(line.split()[0]) or line.split()[0] in bare_tools)]


def inline_commands(text):
    """Those between backquotes that have more than a name."""
    bare = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return [one for one in re.findall(r"`([^`\n]+ [^`\n]+)`", bare)
            if PROGRAM.match(one.split()[0]) or one.startswith("./run.sh ")]


def exemption(document, line):
    return next((key for key in EXEMPT if key[0] == document and line.startswith(key[1])), None)
