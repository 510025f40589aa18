"""Runs the commands of docs/alerts.md, docs/settings.md and docs/tuning.md as somebody who reads them would: each block
without a language, line by line, in one folder, with what the blocks of TOML say in the files that they name.

usage: docs_test.py FOLDER_OF_DOCS FOLDER_WITH_PROGRAMS

Ports are of the test's own and stand in place of those in the text. A line `spindriftd` without a subcommand is a server,
which runs until the next one or the end of the document; one that listens on until it is stopped is given some points
and then stopped. Each block of TOML must pass --check-config.
"""
import os, re, signal, subprocess, sys, tempfile, time

PATIENCE = 60
DOCS = ("alerts.md", "settings.md", "tuning.md")
NC = """#!/usr/bin/env python3
import socket, sys
at = [a for a in sys.argv[1:] if not a.startswith("-")]
s = socket.create_connection((at[0], int(at[1])))
s.sendall(sys.stdin.buffer.read())
if "-N" in sys.argv: s.shutdown(socket.SHUT_WR)
while True:
    got = s.recv(65536)
    if not got: break
    sys.stdout.buffer.write(got); sys.stdout.buffer.flush()
"""
SUBCOMMANDS = ("test-alert", "shadow-report", "explain-settings", "token", "producer", "import")
failures = []


def blocks(text):
    """(language, lines) of each fenced block."""
    return [(m.group(1), m.group(2)) for m in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)]


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
        os.makedirs(os.path.join(folder, "bin"))
        with open(os.path.join(folder, "bin", "nc"), "w") as out:
            out.write(NC)
        os.chmod(os.path.join(folder, "bin", "nc"), 0o755)
        self.environment = dict(os.environ, PATH="%s/bin:%s:%s" % (folder, programs, os.environ["PATH"]))
        for secret in ("oncall.secret", "slack.url", "mail.secret"):
            with open(os.path.join(folder, secret), "w") as out:
                out.write("https://hooks.slack.com/x\n" if secret == "slack.url" else "secret\n")
            os.chmod(os.path.join(folder, secret), 0o600)
        with open(os.path.join(folder, "recording.jsonl"), "wb") as out:
            out.write(points(400, far=True))

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
            ["bash", "-c", "exec %s --listen 127.0.0.1:0 --http 127.0.0.1:0 --state-dir off" % line], cwd=self.folder,
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
        return line.replace("127.0.0.1 7171", "127.0.0.1 %s" % self.port).replace("127.0.0.1:7171", "127.0.0.1:%s" % self.port)

    def record(self, line):
        """A subscriber that writes down what it hears, until it is stopped."""
        file = os.path.join(self.folder, line.split(">")[-1].strip())
        os.remove(file)
        heard = subprocess.Popen(["bash", "-c", self.with_ports(line)], cwd=self.folder, env=self.environment,
                                 start_new_session=True)
        end = time.monotonic() + PATIENCE
        sent = False
        while time.monotonic() < end and (not sent or b'"kind":"spike"' not in open(file, "rb").read()):
            if not sent and os.path.exists(file) and os.path.getsize(file) > 0:  # it is subscribed
                subprocess.run([self.folder + "/bin/nc", "-N", "127.0.0.1", self.port], input=points(400, far=True),
                               stdout=subprocess.DEVNULL, timeout=PATIENCE)
                sent = True
            time.sleep(0.01)
        if time.monotonic() >= end:
            self.fail(line, "what was sent is not heard")
        os.killpg(heard.pid, signal.SIGTERM)
        heard.wait(PATIENCE)

    def command(self, line):
        line = line[2:] if line.startswith("$ ") else line
        words = line.split()
        if words[0] == "spindriftd" and words[1] not in SUBCOMMANDS and "--check-config" not in words:
            return self.start(line)
        if not self.server and "7171" in line:
            self.start("spindriftd")
        if "subscribe" in line and ">" in words:
            return self.record(line)
        if "shadow-report" in words:
            line += " --http 127.0.0.1:" + self.http
        done = self.run(self.with_ports(line))
        if done.returncode != 0 or '"type":"error"' in done.stdout:
            self.fail(line, done.stdout + done.stderr)

    def read(self, text):
        # Files first: a command may stand before the one that it names.
        for language, body in blocks(text):
            if language == "toml":
                self.take_toml(body)
        commands = 0
        for language, body in blocks(text):
            for line in body.splitlines():
                if not language and line.strip() and (line.startswith("$ ") or not body.startswith("$ ")):
                    self.command(line)
                    commands += 1
        self.stop()
        return commands


def main():
    docs, programs = sys.argv[1:3]
    for name in DOCS:
        with tempfile.TemporaryDirectory() as folder:
            one = reader(name, folder, os.path.abspath(programs))
            try:
                commands = one.read(open(os.path.join(docs, name)).read())
            finally:
                one.stop()
            if commands < 2:
                one.fail("too few commands", "%d were found" % commands)
            print("%s: %d commands" % (name, commands))
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
