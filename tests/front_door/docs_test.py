"""Runs the commands of README.md and of every document as somebody who reads them would: each block line by line, in one
folder a document, with what the blocks of TOML say in the files that they name. What cannot be run here is listed in
docs_commands.py, with the reason. Of commands between backquotes the program, the subcommand and the flags must be there.

usage: docs_test.py FOLDER_OF_DOCS FOLDER_WITH_PROGRAMS

Ports are of the test's own and stand in place of those in the text. A line `spindriftd` without a subcommand is a server,
which runs until the next one or the end of the document; one that listens on until it is stopped is given some points
and then stopped. Each block of TOML must pass --check-config.
"""
import os, re, signal, subprocess, sys, tempfile, time

import docs_commands

PATIENCE = 60
# Where a document has fewer, its commands are no longer found.
LEAST = {"README.md": 8, "alerts.md": 2, "benchmarks.md": 3, "events.md": 1, "http.md": 2, "operations.md": 7,
         "producers.md": 2, "scaleout.md": 6, "settings.md": 4, "tuning.md": 5}
SUBCOMMANDS = ("test-alert", "shadow-report", "explain-settings", "token", "producer", "import")
ENDS = ("--check-config", "--print-config", "--help")
failures = []


def points(count, far=False):
    lines = []
    for i in range(count):
        value = 20 if far and i == count - 30 else 100 + i * i * 31 % 101 * 0.01
        for name in ("db.orders.latency", "web.load"):
            lines.append('{"stream":"%s","value":%.2f,"ts":%d}\n' % (name, value, 1790000000000 + i * 1000))
    return "".join(lines).encode()


class reader:
    """Of one document: the folder, and the server that runs in it."""

    def __init__(self, name, folder, programs):
        self.name, self.folder, self.server, self.port, self.http = name, folder, None, None, None
        docs_commands.provide_tools(folder, programs)
        self.environment = dict(os.environ, PATH="%s/bin:%s:%s" % (folder, programs, os.environ["PATH"]))
        for secret in ("oncall.secret", "slack.url", "mail.secret"):
            with open(os.path.join(folder, secret), "w") as out:
                out.write("https://hooks.slack.com/x\n" if secret == "slack.url" else "secret\n")
            os.chmod(os.path.join(folder, secret), 0o600)
        for name in ("recording.jsonl", "FILE"):
            with open(os.path.join(folder, name), "wb") as out:
                out.write(points(400, far=True))
        for name, header in (("my.csv", "time,temperature"),
                             ("ambient_temperature_system_failure.csv", "timestamp,value")):
            with open(os.path.join(folder, name), "w") as out:
                out.write(header + "\n")
                out.writelines("%d,%.2f\n" % (1790000000 + i * 60, 20 + i * i * 31 % 101 * 0.01) for i in range(300))
        with open(os.path.join(folder, "spindriftd.toml"), "w") as out:
            out.write("threshold = 5\n")

    def fail(self, what, said):
        failures.append("%s: %s\n%s" % (self.name, what, said))

    def run(self, line):
        return subprocess.run(["bash", "-c", line], cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              timeout=PATIENCE)

    def take_toml(self, text):
        text = text.replace("/etc/spindrift", self.folder)
        named = re.match(r"# (\S+\.toml)\n", text)
        # A table alone says what is told of one alert; a file that nothing names is the server's.
        for name in [named.group(1)] if named else ["spindriftd.toml", "new.toml", "old.toml"]:
            with open(os.path.join(self.folder, name), "w") as out:
                out.write(text)
        file = named.group(1) if named else "spindriftd.toml"
        # An alert that an entry names must be there.
        if re.search(r"^alert = ", text, re.M) and "[[alert]]" not in text:
            with open(os.path.join(self.folder, file), "a") as out:
                out.write('\n[[alert]]\nname = "oncall"\nurl = "http://127.0.0.1:9/"\n')
        done = self.run("spindriftd --state-dir off --config %s --check-config" % file)
        if done.returncode != 0:
            self.fail("this block is no good configuration: " + done.stderr, text)

    def start(self, line):
        self.stop()
        log = open(os.path.join(self.folder, "server.log"), "w")
        self.server = subprocess.Popen(
            ["bash", "-c", "exec %s --listen 127.0.0.1:0 --http 127.0.0.1:0 --state-dir off"
             % line.replace("0.0.0.0:7171", "0.0.0.0:0")], cwd=self.folder,
            env=self.environment, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.server.poll() is None:
            said = open(log.name).read()
            port = re.search(r"^listening on 127\.0\.0\.1:(\d+)", said, re.M)
            http = re.search(r"http address=127\.0\.0\.1:(\d+)", said)
            if port and http:
                self.port, self.http = port.group(1), http.group(1)
                return
            time.sleep(0.01)
        self.fail("the server does not start: " + line, open(log.name).read())

    def stop(self):
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(PATIENCE)
        self.server = None

    def with_ports(self, line):
        for host, port in (("127.0.0.1%s7171", self.port), ("127.0.0.1%s7172", self.http)):
            for between in " :/":
                line = line.replace(host % between, (host % between)[:-4] + str(port))
        for name, more in (("spindrift-sim", "" if "--replay" in line else " --count 50"),
                           ("spindrift-viz", " --seconds 0.3")):
            line = re.sub(r"(^|\S*/)%s( |$)" % name, r"\g<0>--server 127.0.0.1:%s%s " % (self.port, more), line)
        return line.replace("127.0.0.1:8080", "127.0.0.1:0")

    def hear(self, line, is_enough):
        """Of a command that goes on until it is stopped: what it writes until that is enough. It is sent points once it
        listens."""
        file = os.path.join(self.folder, line.split(">")[-1].strip()) if ">" in line else self.folder + "/heard"
        if os.path.exists(file):
            os.remove(file)
        heard = subprocess.Popen(["bash", "-c", self.with_ports(line) + ("" if ">" in line.split() else " > heard")],
                                 cwd=self.folder, env=self.environment, start_new_session=True)
        end = time.monotonic() + PATIENCE
        said, is_sent = b"", False
        while time.monotonic() < end and heard.poll() is None and not is_enough(said):
            said = open(file, "rb").read() if os.path.exists(file) else b""
            if said and not is_sent:  # it listens
                subprocess.run([self.folder + "/bin/nc", "-N", "127.0.0.1", self.port], input=points(400, far=True),
                               stdout=subprocess.DEVNULL, timeout=PATIENCE)
                is_sent = True
            time.sleep(0.01)
        if not is_enough(said):
            self.fail(line, "what was sent is not heard")
        if heard.poll() is None:
            os.killpg(heard.pid, signal.SIGTERM)
        heard.wait(PATIENCE)

    def take_token(self, said):
        """The line for the file of --tokens, which the reader puts there."""
        with open(os.path.join(self.folder, "tokens"), "w") as out:
            out.writelines(re.findall(r"^\S+ [0-9a-f]{64} .*\n", said, re.M))
        os.chmod(out.name, 0o600)

    def command(self, line):
        words = line.split()
        if words[0] == "spindriftd" and not {*SUBCOMMANDS, *ENDS}.intersection(words):
            return self.start(line)
        if words[0] == "build/bin/spindriftd":
            return self.start(line)
        needs_server = "7171" in line or "7172" in line or "spindrift-sim" in line or "spindrift-viz" in line
        if not self.server and needs_server:
            self.start("spindriftd")
        if "subscribe" in line and ">" in words or words[0] == "curl" and "-N" in words:
            return self.hear(line, lambda said: b'"kind":"spike"' in said)
        if words[0] == "while":
            return self.hear(line, lambda said: b'"verdict"' in said)
        if "shadow-report" in words:
            line += " --http 127.0.0.1:" + self.http
        line = self.with_ports(line)
        # A filter that finds nothing fails as well, which is not what is asked here.
        ran = self.run(line + ("\nexit ${PIPESTATUS[0]}" if "| grep" in line else ""))
        if ran.returncode != 0 or '"type":"error"' in ran.stdout:
            self.fail(line, ran.stdout + ran.stderr)
        if "token new" in line:
            self.take_token(ran.stdout)

    def run_python(self, text):
        if not self.server:
            self.start("spindriftd")
        if not self.port:
            return
        ran = subprocess.run([sys.executable, "-c", text.replace("7171", self.port)], capture_output=True, text=True,
                             timeout=PATIENCE)
        if '"verdict"' not in ran.stdout:
            self.fail(text, ran.stdout + ran.stderr)

    def read(self, text):
        # Files first: a command may stand before the one that it names.
        for language, body in docs_commands.blocks(text):
            if language == "toml":
                self.take_toml(body)
        found = 0
        excused = set()
        for language, body in docs_commands.blocks(text):
            for line in docs_commands.commands(language, body):
                found += 1
                excuse = docs_commands.exemption(self.name, line)
                if excuse:
                    excused.add(excuse)
                elif language == "python":
                    self.run_python(line)
                elif docs_commands.is_command(line):
                    self.command(line)
                else:
                    self.fail(line, "is neither run nor exempt: docs_commands.py has no such program")
        self.stop()
        for key, reason in docs_commands.EXEMPT.items():
            if key[0] == self.name and key not in excused:
                self.fail(key[1], "is exempt (%s) and not there any more" % reason)
        if found < LEAST.get(self.name, 0):
            self.fail("too few commands", "%d were found" % found)
        return found


class flag_book:
    """What each program says that it takes, asked once."""

    def __init__(self, programs):
        self.programs, self.helps = programs, {}
        self.jobs = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "run.sh")).read()

    def help_of(self, words):
        key = " ".join(words)
        if key not in self.helps:
            ran = subprocess.run([os.path.join(self.programs, words[0]), *words[1:], "--help"], capture_output=True,
                                 text=True, timeout=PATIENCE)
            self.helps[key] = ran.stdout if ran.returncode == 0 else ""
        return self.helps[key]

    def wrong_in(self, line):
        words = line.split()
        if words[0] == "./run.sh":
            return "" if "\n  %s " % words[1] in self.jobs else "run.sh has no such job"
        asked = [os.path.basename(words[0])]
        if not os.path.exists(os.path.join(self.programs, asked[0])):
            return "" if asked[0] in ("spindrift-worker", "spindrift-quality") else "there is no such program"
        of_viewer = asked[0] == "spindrift-viz" and words[1] in ("explain", "mark")
        if of_viewer or asked[0] == "spindriftd" and words[1] in SUBCOMMANDS:
            asked += words[1:3] if words[1] in ("token", "producer") else words[1:2]
        known = self.help_of(asked)
        flags = [word.split("=")[0] for word in words[1:] if word.startswith("--")]
        return ", ".join("%s is no flag" % flag for flag in flags if not re.search(r"%s\b" % flag, known))


def main():
    docs, programs = (os.path.abspath(one) for one in sys.argv[1:3])
    files = [os.path.join(docs, "..", "README.md")]
    files += sorted(os.path.join(docs, name) for name in os.listdir(docs) if name.endswith(".md"))
    files.append(os.path.join(docs, "clients", "README.md"))
    book = flag_book(programs)
    for file in files:
        name, text = os.path.relpath(os.path.normpath(file), docs).replace("../", ""), open(file).read()
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            one = reader(name, folder, programs)
            try:
                found = one.read(text)
            finally:
                one.stop()
        inline = docs_commands.inline_commands(text)
        for line in inline:
            if wrong := book.wrong_in(line):
                one.fail(line, wrong)
        print("%s: %d commands, %d between backquotes, %.1f s" % (name, found, len(inline), time.monotonic() - began))
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
