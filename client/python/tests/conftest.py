"""A server of its own for each test, of the build that SPINDRIFT_BIN names (default: build/bin of this tree); the programs
themselves would not know that variable."""

import os
import pathlib
import subprocess

import pytest

BIN = pathlib.Path(os.environ.pop("SPINDRIFT_BIN", pathlib.Path(__file__).parents[3] / "build" / "bin"))


class Server:
    def __init__(self, folder, port=0):
        self.state = folder / "state"
        self.port = port
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [BIN / "spindriftd", "--listen", f"127.0.0.1:{self.port}", "--http", "off", "--state-dir", self.state,
             "--log-level", "error"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        self.port = int(line.rsplit(":", 1)[1])

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path)
    yield running
    running.kill()


@pytest.fixture
def program():
    return str(BIN / "spindrift-detect")
