"""A sensor's reading once a second from an ESP32 (MicroPython), kept while there is no network. Also runs on a PC.

    read_sensor() is yours; the network (network.WLAN) must be up, or come up by itself.
"""
import json
import socket
import time

HOST, PORT, PRODUCER, STREAM = "192.168.1.10", 7171, "esp32-kitchen", "kitchen.temperature"
KEPT = 64  # readings without a verdict; older ones are let go when memory is short


def read_sensor():
    return 21.5


def connect(host, port, producer):
    s = socket.socket()
    s.settimeout(10)
    s.connect(socket.getaddrinfo(host, port)[0][-1])
    s.send(json.dumps({"op": "hello", "producer": producer}).encode() + b"\n")
    return s, json.loads(read_line(s))["last_seq"]


def read_line(s):
    line = b""
    while not line.endswith(b"\n"):
        c = s.recv(1)
        if not c:
            raise OSError("the server went away")
        line += c
    return line


def run(host=HOST, port=PORT, producer=PRODUCER, stream=STREAM, sensor=read_sensor, readings=None, pause=1):
    s, seq, kept = None, 0, []
    while readings is None or readings > 0 or kept:
        if readings is None or readings > 0:
            seq += 1
            kept = kept[1 - KEPT:] + [(seq, sensor())]
            readings = None if readings is None else readings - 1
        try:
            if s is None:
                s, last = connect(host, port, producer)
                # After a restart of the board its numbers go on behind those that the server knows.
                if kept and kept[0][0] <= last and seq - len(kept) < 1:
                    kept = [(last + 1 + i, value) for i, (_, value) in enumerate(kept)]
                    seq = kept[-1][0]
            while kept:
                number, value = kept[0]
                s.send(json.dumps({"stream": stream, "value": value, "seq": number}).encode() + b"\n")
                print(read_line(s).decode().strip())
                kept.pop(0)
        except OSError as failed:
            print("later:", failed)
            if s is not None:
                s.close()
            s = None
        time.sleep(pause)


if __name__ == "__main__":
    run()
