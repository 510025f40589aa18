#!/usr/bin/env python3
"""Runs the real tools of Debian that are on this machine against a server: tools.py SPINDRIFTD

Each is given the configuration of docs/producers.md; its points must be in the server under the names that stand there, and
no line may have been refused. What is not installed is left out, and said."""
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

DAEMON = os.path.abspath(sys.argv[1])
# Where clients.sh has unpacked what could not be installed.
UNPACKED = os.environ.get("CLIENTS_UNPACKED", "/nowhere")


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Server:
    def __init__(self, folder):
        self.udp, self.proxied = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
        self.unix = os.path.join(folder, "s.sock")
        command = [DAEMON, "--listen", "127.0.0.1:0", "--listen", f"udp://127.0.0.1:{self.udp}", "--listen", f"unix:{self.unix}",
                   "--listen", f"tcp://127.0.0.1:{self.proxied}?proxy=on", "--http", "127.0.0.1:0", "--state-dir", "off"]
        self.log = open(os.path.join(folder, "spindriftd.log"), "w+")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, text=True)
        self.port = self.http = None
        end = time.time() + 30
        while time.time() < end and not (self.port and self.http):
            for line in open(self.log.name):
                if line.startswith("listening on 127") and not self.port:
                    self.port = int(line.rsplit(":", 1)[1])
                if " http " in line and "address=" in line:
                    self.http = int(line.rsplit(":", 1)[1])
            time.sleep(0.05)

    def ask(self, **frame):
        with socket.create_connection(("127.0.0.1", self.port), 10) as s:
            s.sendall(json.dumps(frame).encode() + b"\n")
            return json.loads(s.makefile().readline())

    def names(self, match="*"):
        return {x["stream"]: x["n"] for x in self.ask(op="streams", match=match, limit=1000)["streams"]}


def run(command, **more):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def written(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def nc(server, folder):
    subprocess.run(["nc", "-N", "127.0.0.1", str(server.port)], input=b"nc.load 12.5\nnc.load 13\n", timeout=10)
    subprocess.run(["nc", "-u", "-w", "1", "127.0.0.1", str(server.udp)], input=b"nc.udp 12.5\n", timeout=10)
    subprocess.run(["nc", "-N", "-U", server.unix], input=b"nc.unix 12.5\n", timeout=10)
    return None, ["nc.load", "nc.udp", "nc.unix"]


def curl(server, folder):
    for path, body in (("/v1/points", '{"stream":"curl.json","value":1}'), ("/write?precision=s", "curl,host=a influx=1 1795286073")):
        subprocess.run(["curl", "-s", "--data-binary", body, f"http://127.0.0.1:{server.http}{path}"], timeout=10, stdout=subprocess.DEVNULL)
    return None, ["curl.json", "curl_influx,host=a"]


def haproxy(server, folder):
    front = free_port(socket.SOCK_STREAM)
    configuration = written(folder, "haproxy.cfg", f"""
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen points
  bind 127.0.0.1:{front}
  server spindrift 127.0.0.1:{server.proxied} send-proxy-v2
""")
    process = run(["haproxy", "-db", "-f", configuration])
    time.sleep(1)
    subprocess.run(["nc", "-N", "127.0.0.1", str(front)], input=b"through.proxy 12.5\n", timeout=10)
    return process, ["through.proxy"]


def logger(server, folder):
    for text in ('{"key":"logged","value":21.5}', "12.5"):
        subprocess.run(["logger", "-n", "127.0.0.1", "-P", str(server.port), "-T", "-t", "app", text], timeout=10)
    subprocess.run(["logger", "-n", "127.0.0.1", "-P", str(server.udp), "-d", "-t", "datagram", "12.5"], timeout=10)
    return None, ["logged,host=", "app,host=", "datagram,host="]


def jq(server, folder):
    made = subprocess.run(["jq", "-n", '{stream:"jq.pretty",value:1}'], capture_output=True).stdout
    subprocess.run(["nc", "-N", "127.0.0.1", str(server.port)], input=made, timeout=10)
    return None, ["jq.pretty"]


def rsyslogd(server, folder):
    source = os.path.join(folder, "rsyslog.in")
    configuration = written(folder, "rsyslog.conf", f"""
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{source}")
template(name="json" type="list" option.jsonf="on") {{
  property(outname="ts" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="key" name="programname" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="value" name="msg" regex.expression="[0-9.]+" regex.type="ERE" regex.submatch="0" format="jsonf")
}}
action(type="omfwd" target="127.0.0.1" port="{server.port}" protocol="tcp" template="json")
""")
    modules = glob.glob(os.path.join(UNPACKED, "usr/lib/*/rsyslog"))
    process = run(["rsyslogd", "-n", "-f", configuration, "-i", os.path.join(folder, "rsyslog.pid")]
                  + (["-M", modules[0]] if modules else []))
    wait_for(source)
    for value in ("12.5", "13.5"):
        subprocess.run(["logger", "-u", source, "-t", "rsys", f"reading {value}"], timeout=10)
    return process, ["rsys,host="]


def syslog_ng(server, folder):
    source = os.path.join(folder, "ng.in")
    configuration = written(folder, "ng.conf", f"""@version: 3.38
source s {{ unix-dgram("{source}"); }};
destination d {{ network("127.0.0.1" port({server.port}) transport("tcp")
  template("$(format-json key=\\"$PROGRAM\\" host=\\"$HOST\\" value=double($MSG) ts=double($UNIXTIME))\\n")); }};
log {{ source(s); destination(d); }};
""")
    modules = glob.glob(os.path.join(UNPACKED, "usr/lib/syslog-ng/3*"))
    process = run(["syslog-ng", "-F", "-f", configuration, "-R", os.path.join(folder, "ng.persist"), "-p",
                   os.path.join(folder, "ng.pid"), "-c", os.path.join(folder, "ng.ctl")]
                  + (["--module-path", modules[0]] if modules else []))
    wait_for(source)
    subprocess.run(["logger", "-u", source, "-d", "-t", "sysng", "12.5"], timeout=10)
    return process, ["sysng,host="]


def mosquitto(server, folder):
    broker = run(["mosquitto", "-p", "18830"])
    time.sleep(1)
    piped = run(["bash", "-c", f"mosquitto_sub -p 18830 -t 'plant/#' -F %J | nc 127.0.0.1 {server.port}"])
    time.sleep(1)
    for value in ("21.5", '{"temp":22.5}'):
        subprocess.run(["mosquitto_pub", "-p", "18830", "-t", "plant/boiler", "-m", value], timeout=10)
    time.sleep(0.5)
    piped.terminate()
    return broker, ["plant/boiler", "plant/boiler.temp"]


def collectd(server, folder):
    plugins = written(folder, "collectd.conf", f"""
Hostname "web01"
Interval 1
BaseDir "{folder}"
PIDFile "{folder}/collectd.pid"
TypesDB "/usr/share/collectd/types.db"
LoadPlugin load
LoadPlugin memory
LoadPlugin write_graphite
LoadPlugin write_tsdb
LoadPlugin write_http
LoadPlugin interface
<Plugin write_http>
  <Node "spindrift">
    URL "http://127.0.0.1:{server.http}/v1/points?replies=errors"
    Format "JSON"
    StoreRates false
    BufferSize 4096
  </Node>
</Plugin>
<Plugin write_graphite>
  <Node "spindrift">
    Host "127.0.0.1"
    Port "{server.port}"
    Protocol "tcp"
    Prefix "g."
    EscapeCharacter "_"
  </Node>
</Plugin>
<Plugin write_tsdb>
  <Node>
    Host "127.0.0.1"
    Port "{server.port}"
    HostTags "status=production"
  </Node>
</Plugin>
""")
    process = run(["collectd", "-f", "-C", plugins])
    time.sleep(6)
    return process, ["g.web01.load.load.shortterm", "load.load.shortterm,fqdn=web01,status=production",
                     "load.load.shortterm,host=web01", "interface.lo.if_octets.rx,host=web01"]


def prometheus(server, folder):
    configuration = written(folder, "prometheus.yml", f"""
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: self
    static_configs: [{{targets: ["127.0.0.1:19090"]}}]
remote_write:
  - url: http://127.0.0.1:{server.http}/api/v1/write
""")
    process = run(["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={folder}/prom",
                   "--web.listen-address=127.0.0.1:19090"])
    end = time.time() + 40
    while time.time() < end and not any(n.startswith("up,instance=") for n in server.names()):
        time.sleep(0.5)
    return process, ["up,instance=127.0.0.1:19090,job=self", "prometheus_tsdb_head_series,"]


def netdata(server, folder):
    for name in ("cache", "lib", "log"):
        os.mkdir(os.path.join(folder, name))
    # The log's name is one that netdata would be given anyway; nothing of the machine's own set-up is used.
    written(folder, "netdata.conf", f"""
[global]
  update every = 1
  run as user = root
[directories]
  config = {folder}
  stock config = {folder}
  cache = {folder}/cache
  lib = {folder}/lib
  log = {folder}/log
[db]
  mode = ram
[web]
  mode = none
[ml]
  enabled = no
[health]
  enabled = no
[plugins]
  apps = no
  cgroups = no
  timex = no
  tc = no
  enable running new plugins = no
""")
    written(folder, "exporting.conf", "[exporting:global]\n  enabled = yes\n  update every = 1\n  hostname = web01\n" + "".join(
        f"""
[{kind}:{kind}]
  enabled = yes
  destination = tcp:127.0.0.1:{server.port}
  data source = {source}
  prefix = {kind}
""" for kind, source in (("graphite", "average"), ("json", "as collected"), ("opentsdb", "average"))))
    process = run(["netdata", "-D", "-c", os.path.join(folder, "netdata.conf")])
    end = time.time() + 30
    wanted = ["graphite.web01.system.cpu.user", "system.cpu.user,host=web01", "opentsdb.system.cpu.user,host=web01"]
    while time.time() < end and len(server.names("*system.cpu.user*")) < 3:
        time.sleep(0.5)
    return process, wanted


def wait_for(path):
    end = time.time() + 20
    while not os.path.exists(path) and time.time() < end:
        time.sleep(0.05)


TOOLS = [("nc", nc), ("curl", curl), ("haproxy", haproxy), ("logger", logger), ("jq", jq), ("rsyslogd", rsyslogd), ("syslog-ng", syslog_ng),
         ("mosquitto", mosquitto), ("collectd", collectd), ("prometheus", prometheus), ("netdata", netdata)]
good = True
for name, tool in TOOLS:
    if shutil.which(name) is None:
        print(f"left out  {name}: not installed", flush=True)
        continue
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        process, wanted = tool(server, folder)
        end = time.time() + 10
        missing = wanted
        while missing and time.time() < end:
            names = server.names()
            missing = [w for w in wanted if not server.names(w + "*")]
            time.sleep(0.2)
        stats = server.ask(op="stats")
        unread = {k: v for k, v in stats["lines_unread"].items() if k != "not_finite"}
        if process:
            process.terminate()
            process.wait()
        server.process.terminate()
        server.process.wait()
        ok = not missing and not unread and not stats["errors"]
        good = good and ok
        print(f"{'pass' if ok else 'FAIL'}  {name}: {len(names)} streams, {sum(names.values())} points"
              + (f"; not there: {missing}, but {sorted(names)[:5]}" if missing else "")
              + (f"; unread {unread}" if unread else "") + (f"; errors {stats['errors']}" if stats["errors"] else ""), flush=True)
sys.exit(0 if good else 1)
