"""As a service: what the server tells systemd, and the listening socket that it takes from it, across a restart."""

import os
import signal
import socket
import subprocess

from stage import PATIENCE, Client, Scratch


class Manager:
    """The two things that systemd is for a service: a socket for words, and a listening socket that it keeps."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.words = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.words.bind(self.path)
        self.words.settimeout(PATIENCE)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def start(self, binary, *flags):
        os.set_inheritable(self.listener.fileno(), True)
        listening = self.listener.fileno()
        # The shell becomes the server, so that LISTEN_PID is its own.
        script = f'exec 3<&{listening}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
        return subprocess.Popen(
            ["bash", "-c", script, "service", binary, "--listen", f"127.0.0.1:{self.port}", "--http", "off", *flags],
            pass_fds=[listening], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "NOTIFY_SOCKET": self.path, "WATCHDOG_USEC": "200000"})

    def hears(self, word):
        """Waits for it; what else is said meanwhile does not count."""
        while True:
            try:
                said = self.words.recv(4096).decode()
            except TimeoutError:
                return False
            if word in said.splitlines():
                return True


def run(report, binary, _short, _sanitized):
    with Scratch() as folder:
        manager = Manager(folder)
        flags = ("--state-dir", os.path.join(folder, "state"))
        # Connected before there is a server: it waits, and is served.
        early = Client(manager.port)
        server = manager.start(binary, *flags)
        try:
            is_ready = manager.hears("READY=1")
            report.check("a service: READY", is_ready, "True", is_ready)
            first = early.ask({"stream": "a", "value": 1}) or {}
            report.check("  a client that was there first", first.get("n"), "n 1", first.get("n") == 1)
            lives = manager.hears("WATCHDOG=1")
            report.check("  sign of life", lives, "True", lives)
            server.send_signal(signal.SIGHUP)
            reloads = manager.hears("RELOADING=1") and manager.hears("READY=1")
            report.check("  SIGHUP", f"RELOADING, READY: {reloads}", "True", reloads)
            server.kill()
            server.wait()
            with Client(manager.port) as between:
                between.send({"stream": "a", "value": 2})
                server = manager.start(binary, *flags)
                again = between.line()
                report.check("  a client between kill and restart", str(again)[:40], "its verdict, n 2",
                             again is not None and b'"n":2' in again)
            server.send_signal(signal.SIGTERM)
            stops = manager.hears("STOPPING=1")
            report.check("  SIGTERM", f"STOPPING: {stops}, code {server.wait(PATIENCE)}", "True, 0",
                         stops and server.returncode == 0)
        finally:
            server.kill()
            server.wait()
            early.close()
