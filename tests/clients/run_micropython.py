"""Runs docs/clients/micropython.py with numbers from stdin: run_micropython.py COUNT CLIENT PRODUCER STREAM HOST PORT"""
import sys

count, client, producer, stream, host, port = sys.argv[1:]
names = {"__name__": "client"}
exec(open(client).read(), names)
names["run"](host, int(port), producer, stream, sensor=lambda: float(sys.stdin.readline()), readings=int(count), pause=0.01)
