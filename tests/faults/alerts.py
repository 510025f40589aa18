"""Alerts: a receiver that is away, hangs, fails or is slow, kill -9 of the daemon meanwhile, and a budget among noise.

Every event is told once, whatever happens: what was acknowledged does not come again, but for the one message that was
under way when the daemon was killed, which comes again under the id that it had.
"""

import base64
import http.server
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import threading
import time

from stage import FIRST_TS, PATIENCE, Bystander, Client, Daemon, Scratch, eventually, free_port

LIGHT = ("--detectors", "zscore,adwin")


class Receiver:
    """An HTTP server that keeps what it acknowledged: (id, body) in order. `mode`: up, down (503), slow, hangs."""

    def __init__(self, port=0, context=None):
        self.taken = []
        self.attempts = 0
        self.mode = "up"
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.attempts += 1
                if outer.mode == "hangs":
                    time.sleep(PATIENCE)
                if outer.mode == "slow":
                    time.sleep(0.05)
                status = 503 if outer.mode == "down" else 200
                if status == 200:
                    with outer.lock:
                        outer.taken.append((self.headers.get("Idempotency-Key"), body.decode()))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def events(self):
        """(stream, event, state) of every line that was acknowledged, with the id of its message."""
        with self.lock:
            taken = list(self.taken)
        found = []
        for name, body in taken:
            for line in body.splitlines():
                told = json.loads(line)
                found.append(((told["stream"], told["event"], told["state"]), name))
        return found


def write_config(folder, *alerts, more=""):
    path = os.path.join(folder, "spindriftd.toml")
    with open(path, "w") as file:
        for alert in alerts:
            file.write("[[alert]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in alert.items()))
        file.write(more)
    return path


def webhook(port, **keys):
    return {"name": "oncall", "url": f"http://127.0.0.1:{port}/hook", "group": "off", "per_minute": 6000, **keys}


class Plant:
    """Streams that are quiet and then jump, all of them, in slices."""

    def __init__(self, count):
        self.count = count
        self.rng = random.Random(7)

    def send(self, port, streams, points, jumps_at):
        """Each point of each of these streams, in turn; waits for the verdicts."""
        with Client(port) as server:
            lines = [
                '{"stream":"s%d","value":%.3f,"ts":%d}\n'
                % (s, self.rng.gauss(20, 1) + (40 if i >= jumps_at else 0), FIRST_TS + i * 1000)
                for i in range(points)
                for s in streams
            ]
            reader = threading.Thread(target=server.lines_to_end)
            reader.start()
            try:
                server.socket.sendall("".join(lines).encode())
                server.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # killed meanwhile
            reader.join()


def told_by_history(port, streams):
    """The events of these streams: an answer has room for 1,000."""
    found = []
    with Client(port) as server:
        for at in range(0, len(streams), 32):
            found += server.ask({"op": "history", "streams": streams[at : at + 32], "limit": 1000})["events"]
    return found


def away(report, binary, short):
    """The receiver is away while everything happens; the daemon is killed before, between and after."""
    count = 600 if short else 10_000
    with Scratch() as folder:
        port = free_port()
        path = write_config(folder, webhook(port))
        flags = ("--config", path, "--state-dir", os.path.join(folder, "state"), "--max-streams", "20000", *LIGHT)
        plant = Plant(count)
        half = count // 2
        with Daemon(binary, *flags) as server:
            plant.send(server.port, range(half), 150, 120)
            server.kill()
        with Daemon(binary, *flags) as server:
            plant.send(server.port, range(half, count), 150, 120)
            server.kill()
        with Daemon(binary, *flags) as server:
            more = range(count, count + 500)
            sending = threading.Thread(target=plant.send, args=(server.port, more, 150, 120))
            sending.start()
            eventually(lambda: server.stats()["alerts_queued"] > count)
            server.kill()
            sending.join()
        with Receiver(port) as receiver:
            receiver.mode = "slow"
            with Daemon(binary, *flags) as server:
                eventually(lambda: len(receiver.taken) > 3)
                server.kill()
            receiver.mode = "up"
            with Daemon(binary, *flags) as server:
                plant.send(server.port, [count + 500], 150, 120)
                eventually(lambda: server.stats()["alerts_queued"] == 0)
                known = told_by_history(server.port, [f"s{i}" for i in range(count + 501)])
                stats = server.stats()
            told = receiver.events()
        opened = {(event["stream"], event["event"]) for event in known}
        opens = {(stream, event) for (stream, event, state), _ in told if state == "open"}
        ids = {}
        for what, name in told:
            ids.setdefault(what, set()).add(name)
        report.check(f"{len(opened)} events, receiver away, kill -9 four times", f"{len(opened - opens)} lost", "0 lost",
                     len(opened) >= count and not opened - opens)
        twice = sum(len(names) > 1 for names in ids.values())
        again = len(told) - len(ids)
        report.check("  told under two ids, and again under the same", f"{twice}, {again}", "0, at most a message",
                     twice == 0 and again <= 100)
        report.check("  dropped, left in the queue", f"{stats['alerts_dropped']}, {stats['alerts_queued']}", "0, 0",
                     stats["alerts_dropped"] == 0 and stats["alerts_queued"] == 0)


def troubles(report, binary, _short):
    """One receiver hangs, one fails and comes back, one is well; and a program."""
    with Scratch() as folder, Receiver() as hanging, Receiver() as failing, Receiver() as well:
        hanging.mode, failing.mode = "hangs", "down"
        output = os.path.join(folder, "heard")
        path = write_config(
            folder,
            webhook(hanging.port, name="hanging", timeout="60s"),
            webhook(failing.port, name="failing"),
            webhook(well.port, name="well"),
            {"name": "program", "exec": ["/bin/sh", "-c", 'cat >>"$0"', output], "group": "off"},
        )
        with Daemon(binary, "--config", path, *LIGHT) as server:
            Plant(1).send(server.port, range(20), 150, 120)
            is_served = eventually(lambda: len(well.events()) >= 20 and os.path.exists(output))
            report.check("one receiver hangs, one answers 503", f"{len(well.events())} told to the others", ">= 20",
                         is_served)
            eventually(lambda: failing.attempts > 0)
            failing.mode = "up"
            report.check("  the one that failed, once it is back",
                         f"{'heard all' if eventually(lambda: len(failing.events()) >= 20) else 'heard not all'}",
                         "heard all", len(failing.events()) >= 20)
            began = time.monotonic()
            code = server.stop()
            report.check("  the end with a hanging receiver", f"code {code}, {time.monotonic() - began:.1f} s", "0, <= 10 s",
                         code == 0 and time.monotonic() - began <= 10)
        with open(output) as heard:
            streams = {json.loads(line)["stream"] for line in heard}
        report.check("  a program heard of", f"{len(streams)} streams", "20 streams", len(streams) == 20)


def budget(report, binary, _short):
    """500 streams of noise and one real event, at 5 a day: exactly one notice."""
    with Scratch() as folder, Receiver() as receiver:
        path = write_config(folder, webhook(receiver.port, budget="5/day", group="500ms"))
        with Daemon(binary, "--config", path) as server:
            rng = random.Random(5)
            with server.connect() as producer:
                reader = threading.Thread(target=producer.lines_to_end)
                reader.start()
                for i in range(600):
                    producer.send("".join(
                        '{"stream":"n%d","value":%.3f,"ts":%d}\n'
                        % (s, rng.gauss(20, 1) + (15 if s == 7 and i >= 500 else 0), FIRST_TS + i * 1000)
                        for s in range(500)).encode())
                producer.socket.shutdown(socket.SHUT_WR)
                reader.join()
            eventually(lambda: server.stats()["alerts_sent"] > 0 and server.stats()["alerts_queued"] == 0)
            with server.connect() as asking:
                held = asking.ask({"op": "history", "held": True, "limit": 10_000})["events"]
            stats = server.stats()
        # Its number counts what was held back of its stream before.
        told = [json.loads(line) for _, body in receiver.taken for line in body.splitlines()]
        notices = {(event["stream"], event["told_n"] > 500) for event in told if event["state"] == "open"}
        count = sum(event["state"] == "open" for event in told)
        report.check("500 streams, one real event, 5/day", f"{count}: {sorted(notices)}", "1: [('n7', True)]",
                     count == 1 and notices == {("n7", True)})
        report.check("  held back: counted, listed", f"{stats['alerts_held']}, {len(held)}", "alike, some",
                     stats["alerts_held"] == len(held) > 0)


def reload(report, binary, _short):
    """SIGHUP: other alerts are taken, a broken file leaves those that there are."""
    with Scratch() as folder, Receiver() as first, Receiver() as second:
        path = write_config(folder, webhook(first.port))
        with Daemon(binary, "--config", path, *LIGHT) as server:
            write_config(folder, webhook(first.port), more="[[alert]]\nnaem = 1\n")
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: "not_reloaded" in server.log())
            Plant(1).send(server.port, range(5), 150, 120)
            is_told = eventually(lambda: len(first.events()) >= 5)
            report.check("SIGHUP with a broken file", "told as before" if is_told else server.log()[-30:], "told as before",
                         is_told and "did you mean name" in server.log())
            write_config(folder, webhook(second.port, name="other"), more="")
            server.process.send_signal(signal.SIGHUP)
            for at in range(10, 200, 10):  # until the signal has been heard
                Plant(1).send(server.port, range(at, at + 10), 150, 120)
                if second.events():
                    break
            is_told = eventually(lambda: second.events())
            report.check("  with another alert", f"{len(second.events())} told there", "some", is_told)


def make_certificate(folder):
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    return cert, key


class MailServer(threading.Thread):
    """Just enough of SMTP: STARTTLS, AUTH PLAIN, a mail. Keeps (over TLS?, user, receivers, text)."""

    def __init__(self, context):
        super().__init__(daemon=True)
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.mails = []
        self.start()

    def run(self):
        while True:
            try:
                one, _ = self.listener.accept()
                self.converse(one)
            except OSError:
                return

    def converse(self, one):
        file, secure, user, to = one.makefile("rb"), False, "", []

        def say(text):
            one.sendall((text + "\r\n").encode())

        say("220 mail")
        while line := file.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "EHLO":
                say("250-mail")
                say("250 AUTH PLAIN" if secure else "250 STARTTLS")
            elif word == "STARTTLS":
                say("220 go")
                try:
                    one = self.context.wrap_socket(one, server_side=True)
                except ssl.SSLError:
                    return
                file, secure = one.makefile("rb"), True
            elif word == "AUTH":
                say("334 ")
                user = base64.b64decode(file.readline()).decode().replace("\0", ":")
                say("235 welcome")
            elif word == "RCPT":
                to.append(line)
                say("250 ok")
            elif word == "DATA":
                say("354 go")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += file.readline()
                self.mails.append((secure, user, to, text.decode()))
                say("250 taken")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


def try_out(binary, name, path, environment=None):
    ran = subprocess.run([binary, "test-alert", name, "--config", path], capture_output=True, text=True, timeout=PATIENCE,
                         env={**os.environ, **(environment or {})})
    return ran.returncode, ran.stdout + ran.stderr


def encrypted(report, binary, _short):
    """TLS is verified; mail goes by STARTTLS with a password from a file."""
    with Scratch() as folder:
        cert, key = make_certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        secret = os.path.join(folder, "secret")
        with open(secret, "w") as file:
            file.write("pass word\n")
        os.chmod(secret, 0o600)
        mail = MailServer(context)
        with Receiver(context=context) as receiver:
            url = f"https://localhost:{receiver.port}/hook"
            path = write_config(
                folder,
                {"name": "unknown", "url": url},
                {"name": "known", "url": url, "ca_file": cert, "secret_env": "ONCALL_TOKEN"},
                {"name": "mail", "url": f"smtp://localhost:{mail.port}", "ca_file": cert, "user": "me", "secret_file": secret,
                 "from": "a@example.com", "to": ["b@example.com", "c@example.com"]})
            code, said = try_out(binary, "unknown", path)
            report.check("a certificate of nobody known", f"code {code}, {len(receiver.taken)} sent", "1, 0 sent",
                         code == 1 and not receiver.taken and "certificate" in said)
            code, said = try_out(binary, "known", path, {"ONCALL_TOKEN": "t0ken"})
            report.check("  with ca_file", f"code {code}, {len(receiver.taken)} sent", "0, 1 sent",
                         code == 0 and len(receiver.taken) == 1)
        code, said = try_out(binary, "mail", path)
        got = mail.mails[0] if mail.mails else (False, "", [], said)
        is_good = code == 0 and got[0] and got[1] == ":me:pass word" and len(got[2]) == 2 and "spindrift.test" in got[3]
        report.check("mail by STARTTLS", f"code {code}, {len(mail.mails)} mails, TLS: {got[0]}", "0, 1 mail, TLS: True",
                     is_good)


def producers(report, binary, short):
    """A dead receiver costs producers nothing."""
    if short:
        return
    with Scratch() as folder:
        path = write_config(folder, webhook(free_port()))

        def p99(*flags):
            with Daemon(binary, *flags, *LIGHT) as server:
                bystander = Bystander(server.port)
                for at in range(5):
                    Plant(1).send(server.port, range(at * 500, at * 500 + 500), 150, 120)
                return bystander.end()

        without = min(p99() for _ in range(3))
        dead = min(p99("--config", path) for _ in range(3))
        report.check("2,500 events, a dead receiver: a producer's p99", f"{dead:.2f} ms ({without:.2f} without)",
                     "within 10 %, or 0.5 ms", dead <= max(1.1 * without, without + 0.5))


def run(report, binary, short, _sanitized):
    for proof in (away, troubles, budget, reload, encrypted, producers):
        proof(report, binary, short)
