"""TLS and tokens from outside: what is refused, how slowly, and what a reload changes."""

import json
import os
import resource
import signal
import socket
import ssl
import subprocess
import time

from stage import PATIENCE, Client, Daemon, Scratch, eventually, free_port

DELAY_S = 1.0  # --refusal-delay's default


def make_certificate(folder, name):
    """A self-signed certificate for 127.0.0.1: (certificate, key)."""
    certificate = os.path.join(folder, f"{name}.crt")
    key = os.path.join(folder, f"{name}.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    return certificate, key


def wrapper(authority, newest=None):
    context = ssl.create_default_context(cafile=authority)
    if newest:
        context.minimum_version = newest
        context.maximum_version = newest
        context.set_ciphers("ALL:@SECLEVEL=0")
    return lambda raw: context.wrap_socket(raw, server_hostname="127.0.0.1")


def common_name(client):
    return dict(pair[0] for pair in client.socket.getpeercert()["subject"])["commonName"]


def tls(report, binary):
    with Scratch() as folder:
        first = make_certificate(folder, "first")
        second = make_certificate(folder, "second")
        with open(os.path.join(folder, "both.crt"), "w") as both:
            for certificate, _ in (first, second):
                with open(certificate) as one:
                    both.write(one.read())
        live = (os.path.join(folder, "live.crt"), os.path.join(folder, "live.key"))
        put_in_place(first, live)
        with Daemon(binary, "--tls-cert", live[0], "--tls-key", live[1]) as server:
            conversation(report, server, both.name)
            put_in_place(second, live)
            old = server.connect(wrap=wrapper(both.name))
            server.process.send_signal(signal.SIGHUP)
            renewed = eventually(lambda: seen_name(server, both.name) == "second", 5)
            report.check("SIGHUP serves the new certificate", seen_name(server, both.name), "second", renewed)
            report.check("  connections of the old one go on", str(old.ask({"op": "ping"})), "pong",
                         old.ask({"op": "ping"}) == {"type": "pong"})
            old.close()
            with open(live[1], "w") as spoilt:
                spoilt.write("no key\n")
            server.process.send_signal(signal.SIGHUP)
            told = eventually(lambda: "not_reloaded" in server.log(), 5)
            report.check("  a broken key leaves it in force", seen_name(server, both.name), "second, said in the log",
                         told and seen_name(server, both.name) == "second")
            silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
            code = server.stop()
            report.check("  SIGTERM in the middle of handshakes", f"exit code {code}", "0", code == 0)
            for item in silent:
                item.close()


def put_in_place(pair, live):
    for source, target in zip(pair, live):
        with open(source) as content, open(target, "w") as into:
            into.write(content.read())


def seen_name(server, authority):
    with server.connect(wrap=wrapper(authority)) as one:
        return common_name(one)


def conversation(report, server, authority):
    with server.connect(wrap=wrapper(authority)) as one:
        count = 5_000
        one.send(b'{"stream":"a","value":1}\n' * count)
        answered = sum(b'"verdict"' in (one.line() or b"") for _ in range(count))
        version = one.socket.version()
        report.check("TLS, a producer with 5,000 points", f"{answered} verdicts over {version}", "all, TLS 1.2 or 1.3",
                     answered == count and version in ("TLSv1.2", "TLSv1.3"))
    try:
        with server.connect(wrap=wrapper(authority, ssl.TLSVersion.TLSv1_1)):
            result = "accepted"
    except (ssl.SSLError, ConnectionError) as refused:
        result = getattr(refused, "reason", None) or type(refused).__name__
    report.check("TLS 1.1", result, "refused", result != "accepted")
    with server.connect(wrap=wrapper(authority, ssl.TLSVersion.TLSv1_2)) as old:
        pong = old.ask({"op": "ping"})
        report.check("TLS 1.2", str(pong), "pong", pong == {"type": "pong"})
    with server.connect() as plain:
        plain.send({"op": "ping"})
        report.check("plain text on the TLS port", "no reply" if plain.line(5) is None else "a reply", "no reply",
                     plain.received.find(b"pong") < 0)


def half_handshakes(report, binary, count):
    """Strangers who begin TLS and never go on, by the thousand: they cost little, and others come in."""
    with Scratch() as folder:
        certificate, key = make_certificate(folder, "first")
        with Daemon(binary, "--detectors", "zscore", "--tls-cert", certificate, "--tls-key", key) as server:
            before = server.resident_kib()
            hello = half_hello()
            strangers = []
            refused = 0
            times = []
            for number in range(count):
                stranger = socket.socket()
                stranger.settimeout(PATIENCE)
                stranger.bind((f"127.0.{1 + number // 5_000}.1", 0))
                stranger.connect(("127.0.0.1", server.port))
                try:
                    stranger.sendall(hello)
                except OSError:
                    pass
                strangers.append(stranger)
                if number % (count // 50) == 0:
                    began = time.monotonic()
                    try:
                        with server.connect(wrap=wrapper(certificate)) as one:
                            refused += one.ask({"op": "ping"}) != {"type": "pong"}
                    except OSError:
                        refused += 1
                    times.append(time.monotonic() - began)
            grown = (server.resident_kib() - before) / 1024
            report.check(f"{count} half TLS handshakes", f"{grown:.0f} MiB", "<= 80 MiB", grown <= 80)
            report.check("  who means it, meanwhile", f"{refused} of 50 not let in, {max(times) * 1000:.0f} ms at most",
                         "0", refused == 0)
            for stranger in strangers:
                stranger.close()


def half_hello():
    """The first bytes that a client of TLS sends, whole: the server has answered and waits for the rest."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = False
    half = context.wrap_bio(incoming, outgoing, server_hostname=None)
    try:
        half.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def tokens(report, binary):
    with Scratch() as folder:
        path = os.path.join(folder, "tokens")
        secrets = {}
        with open(path, "w") as file:
            for name, flags in (("plant", ["--publish", "plant.*", "--subscribe", "plant.*"]), ("all", []),
                                ("admin", ["--may", "admin"])):
                command = [binary, "token", "new", name, *flags]
                made = subprocess.run(command, capture_output=True, text=True, check=True)
                token, line = made.stdout.splitlines()
                secrets[name] = token.split()[-1]
                file.write(line + "\n")
        with open(path) as file:
            leaks = sum(secret in file.read() for secret in secrets.values())
        report.check("the file of tokens", f"{leaks} tokens in it", "digests alone", leaks == 0)
        with Daemon(binary, "--tokens", path) as server:
            refusals(report, server, secrets)
            rights(report, server, secrets)
            own_stats(report, server, secrets)
            with open(path) as file:
                kept = [line for line in file if not line.startswith("plant")]
            with open(path, "w") as file:
                file.writelines(kept)
            stays = server.connect()
            goes = server.connect()
            stays.ask({"op": "hello", "token": secrets["all"]})
            goes.ask({"op": "hello", "token": secrets["plant"]})
            server.process.send_signal(signal.SIGHUP)
            began = time.monotonic()
            told = json.loads(goes.line(5) or b"{}")
            ended = goes.has_ended(5)
            pong = stays.ask({"op": "ping"})
            report.check("SIGHUP after a token was taken away", f"{told.get('code')}, closed in "
                         f"{time.monotonic() - began:.1f} s; others: {pong['type']}", "unauthorized, <= 5 s; pong",
                         told.get("code") == "unauthorized" and ended and pong == {"type": "pong"})
            gone = eventually(lambda: "unauthorized" in str(first_reply(server, secrets["plant"])), 10)
            report.check("  and nobody comes in with it", str(gone), "True", gone)


def revoked_over_tls(report, binary):
    """Over TLS as well: who came in with a token that is gone by now is told so and closed, everybody else stays."""
    with Scratch() as folder:
        certificate, key = make_certificate(folder, "first")
        path = os.path.join(folder, "tokens")
        secrets = {}
        lines = {}
        for name in ("goes", "stays", "changes"):
            made = subprocess.run([binary, "token", "new", name], capture_output=True, text=True, check=True)
            token, lines[name] = made.stdout.splitlines()
            secrets[name] = token.split()[-1]
        with open(path, "w") as file:
            file.write("\n".join(lines.values()) + "\n")
        with Daemon(binary, "--tls-cert", certificate, "--tls-key", key, "--tokens", path) as server:
            clients = {name: server.connect(wrap=wrapper(certificate)) for name in secrets}
            for name, client in clients.items():
                client.ask({"op": "hello", "token": secrets[name]})
            clients["goes"].ask({"op": "subscribe"})
            with open(path, "w") as file:
                file.write(lines["stays"] + "\n" + lines["changes"].replace("publish=*", "publish=x") + "\n")
            server.process.send_signal(signal.SIGHUP)
            codes = {name: json.loads(clients[name].line(5) or b"{}").get("code") for name in ("goes", "changes")}
            ended = all(clients[name].has_ended(5) for name in codes)
            pong = clients["stays"].ask({"op": "ping"})
            report.check("SIGHUP after tokens went and changed, over TLS", f"{', '.join(map(str, codes.values()))}; others: "
                         f"{pong['type']}", "unauthorized, closed; pong", ended and
                         set(codes.values()) == {"unauthorized"} and pong == {"type": "pong"})
            for client in clients.values():
                client.close()


def first_reply(server, token):
    with server.connect() as one:
        return one.ask({"op": "hello", "token": token})


def refusals(report, server, secrets):
    near = secrets["all"][:-1] + ("0" if secrets["all"][-1] != "0" else "1")
    tries = {
        "no token": {"op": "hello"},
        "a wrong token": {"op": "hello", "token": "guess"},
        "a nearly right token": {"op": "hello", "token": near},
        "no hello": {"value": 1},
        "a ping": {"op": "ping"},
        "a frame of 5 KiB": b'{"op":"hello","x":"' + b"y" * 5_000 + b'"}\n',
        "no JSON": b"GET / HTTP/1.1\r\n\r\n",
    }
    answers = set()
    times = []
    for what in tries.values():
        with server.connect() as one:
            began = time.monotonic()
            reply = one.ask(what)
            times.append(time.monotonic() - began)
            answers.add((reply["code"], reply["message"]) if reply else None)
            one.has_ended(5)
    report.check(f"{len(tries)} ways of not being let in", f"{len(answers)} kinds of answer", "1: unauthorized",
                 len(answers) == 1 and None not in answers and next(iter(answers))[0] == "unauthorized")
    report.check("  when they are answered", f"{min(times):.2f} to {max(times):.2f} s", f">= {DELAY_S:g} s, alike",
                 min(times) >= DELAY_S and max(times) - min(times) < 0.5)
    with server.connect() as one:
        one.send({"op": "hello", "token": "guess"})
        for _ in range(8):
            time.sleep(0.3)
            try:
                one.send(b" \n")
            except OSError:
                break
        began = time.monotonic()
        ended = one.has_ended(5)
        report.check("  one that goes on talking meanwhile", "closed" if ended else "lives on", "closed",
                     ended and time.monotonic() - began < 4)


def rights(report, server, secrets):
    with server.connect() as one:
        hello = json.dumps({"op": "hello", "producer": "p", "token": secrets["plant"]}).encode() + b"\n"
        long = json.dumps({"stream": "plant.a", "value": 1, "seq": 1, "x": "y" * 6_000}).encode() + b"\n"
        one.send(hello + long)
        kinds = [json.loads(one.line())["type"] for _ in range(2)]
        report.check("hello and a frame of 6 KiB in one write", ", ".join(kinds), "welcome, verdict",
                     kinds == ["welcome", "verdict"])
        codes = [one.ask({"stream": "other", "value": 1, "seq": 2}).get("code"),
                 one.ask({"op": "subscribe", "streams": ["*"]}).get("code"),
                 one.ask({"op": "subscribe", "streams": ["plant.b*"]})["type"]]
        report.check("what a token does not allow", ", ".join(map(str, codes)), "forbidden, forbidden, subscribed",
                     codes == ["forbidden", "forbidden", "subscribed"])
        # Another token with the same producer's name: another producer.
        with server.connect() as other:
            welcome = other.ask({"op": "hello", "producer": "p", "token": secrets["all"]})
            mine = one.ask({"stream": "plant.a", "value": 2, "seq": 3})
            report.check("another token's producer of that name", f"last_seq {welcome['last_seq']}, {mine['type']}",
                         "last_seq 0, both live on", welcome["last_seq"] == 0 and mine["type"] == "verdict")


def own_stats(report, server, secrets):
    """A token sees what its own connections did, an admin's all."""
    shown = {}
    for name in ("plant", "all", "admin"):
        with server.connect() as one:
            one.ask({"op": "hello", "token": secrets[name]})
            if name == "all":
                one.send(b'{"stream":"own","value":1}\n' * 7)
                for _ in range(7):
                    one.line()
            shown[name] = one.ask({"op": "stats"})
    report.check("stats of a token, and of an admin's", f"{shown['plant']['points']} and {shown['all']['points']} "
                 f"points, {shown['admin']['points']} in all", "2, 7, 9; the rest for the admin alone",
                 [shown[item]["points"] for item in ("plant", "all", "admin")] == [2, 7, 9] and
                 "streams" in shown["admin"] and "streams" not in shown["all"])


def silent_strangers(report, binary):
    with Scratch() as folder:
        path = os.path.join(folder, "tokens")
        with open(path, "w") as file:
            made = subprocess.run([binary, "token", "new", "a"], capture_output=True, text=True, check=True)
            file.write(made.stdout.splitlines()[1] + "\n")
        with Daemon(binary, "--tokens", path, "--admission-timeout", "1000") as server:
            strangers = [Client(server.port) for _ in range(50)]
            began = time.monotonic()
            ended = sum(item.has_ended(10) for item in strangers)
            took = time.monotonic() - began
            report.check("50 who show no token, --admission-timeout 1 s", f"{ended} closed within {took:.1f} s",
                         "all, 1 to 4 s", ended == 50 and 0.9 <= took <= 4)
            for item in strangers:
                item.close()


def doors(report, binary):
    """Addresses that others reach are refused without TLS and tokens."""
    outcome = []
    for flags in (["--listen", "0.0.0.0:0"], ["--listen", "[::]:0"], ["--http", "0.0.0.0:0"]):
        ended = subprocess.run([binary, "--state-dir", "off", *flags, "--check-config"], capture_output=True, text=True)
        outcome.append(ended.returncode)
    allowed = subprocess.run([binary, "--state-dir", "off", "--listen", "0.0.0.0:0", "--insecure", "--check-config"],
                             capture_output=True).returncode
    report.check("an address that others reach", f"exit codes {outcome}, --insecure: {allowed}", "78 each, 0",
                 outcome == [78, 78, 78] and allowed == 0)


def too_large(report, binary):
    """A body beyond what is taken, by TLS, from a client that reads the answer only when it has sent all."""
    with Scratch() as folder:
        certificate, key = make_certificate(folder, "ingest")
        port = free_port()
        with Daemon(binary, "--tls-cert", certificate, "--tls-key", key, "--ingest", f"127.0.0.1:{port}"):
            with wrapper(certificate)(socket.create_connection(("127.0.0.1", port), PATIENCE)) as client:
                body = b"x" * (20 << 20)
                client.sendall(b"POST /write HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %d\r\n\r\n" % (port, len(body)))
                try:
                    client.sendall(body)
                    answer = client.recv(100).decode()
                except OSError as failure:
                    answer = str(failure)
            report.check("a body of 20 MiB, over TLS", answer.split("\r")[0], "413", " 413 " in answer)


def run(report, binary, short, _sanitized=""):
    tls(report, binary)
    too_large(report, binary)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    half_handshakes(report, binary, 1_500 if short else 6_000)
    revoked_over_tls(report, binary)
    tokens(report, binary)
    silent_strangers(report, binary)
    doors(report, binary)
