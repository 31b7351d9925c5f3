"""Figures on Java client libraries. See bench/client/run."""

import argparse
import glob
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HOME = os.environ["DUNLIN_HOME"]
HERE = os.path.join(HOME, "bench", "client")
TARGET = os.path.join(HOME, "bench", "target", "client")
JAVA_HOME = os.environ.get("JAVA_HOME", "")
PEERS = {
    "dunlin": ("Dunlin", "Dunlin (MQTT 5)"),
    "paho3": ("Paho3", "Paho 1.2.5 (3.1.1)"),
    "paho5": ("Paho5", "Paho 1.2.5 (5)"),
    "hivemq": ("HiveMq", "HiveMQ 1.4.2 (5)"),
}
COUNTS = {0: 40_000, 1: 20_000, 2: 10_000}


def tool(name):
    return os.path.join(JAVA_HOME, "bin", name) if JAVA_HOME else name


def jars(peer, args):
    """The jars of a library, its dependencies included; they are fetched once."""
    if peer == "dunlin":
        if args.dunlin_jars:
            return args.dunlin_jars.split(",")
        lib = os.path.join(HOME, "dist", "target", "dunlin", "lib")
        return glob.glob(os.path.join(lib, "client-*.jar")) + glob.glob(os.path.join(lib, "protocol-*.jar"))
    folder = os.path.join(TARGET, peer)
    if not glob.glob(os.path.join(folder, "*.jar")):
        subprocess.run(["mvn", "-q", "-B", "-f", os.path.join(HERE, peer + "-pom.xml"), "dependency:copy-dependencies",
                        "-DincludeScope=runtime", "-DoutputDirectory=" + folder], check=True)
    return glob.glob(os.path.join(folder, "*.jar"))


def compiled(peer, args):
    """The class path of a library with its part of the load."""
    classes = os.path.join(TARGET, "classes-" + peer)
    shutil.rmtree(classes, ignore_errors=True)
    path = os.pathsep.join(jars(peer, args))
    sources = [os.path.join(HERE, "src", name + ".java") for name in ("Peer", "Load", "Trust", PEERS[peer][0])]
    subprocess.run([tool("javac"), "-nowarn", "-proc:none", "-d", classes, "-cp", path] + sources, check=True)
    return classes + os.pathsep + path


class Broker:
    """A broker on free ports, one plain and one with TLS."""

    def __init__(self, kind):
        self.dir = tempfile.mkdtemp(prefix="bench-client-")
        self.port, self.tls_port = free_port(), free_port()
        self.ca = os.path.join(self.dir, "cert.pem")
        key = os.path.join(self.dir, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", self.ca],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if kind == "mosquitto":
            config = os.path.join(self.dir, "m.conf")
            with open(config, "w", encoding="ascii") as out:
                out.write("user root\nallow_anonymous true\nmax_connections -1\nmax_queued_messages 100000\nmax_inflight_messages 2000\nlog_dest none\nset_tcp_nodelay true\n"
                          "listener %d 127.0.0.1\nlistener %d 127.0.0.1\ncertfile %s\nkeyfile %s\n" % (self.port, self.tls_port, self.ca, key))
            command = ["mosquitto", "-c", config]
        else:
            command = [os.path.join(HOME, "dunlin"), "broker", "-p", str(self.port), "--set", "log.connections=false"]
        self.process = subprocess.Popen(command, cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.time() + 120
        while not answers(self.port):
            if time.time() > until or self.process.poll() is not None:
                raise SystemExit("bench/client/run: the broker %s does not start" % kind)
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def run(peer, path, arguments, options=()):
    """What the load prints, as numbers, and how long its process took."""
    command = [tool("java"), "-Xmx2g", *options, "-cp", path, "Load", PEERS[peer][0], *map(str, arguments)]
    start = time.time()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
    seconds = time.time() - start
    line = done.stdout.strip().splitlines()[-1:] or [""]
    if done.returncode or "=" not in line[0]:
        print("bench/client/run: %s %s failed: %s" % (peer, arguments, done.stderr[-2000:]), file=sys.stderr)
        return {}
    values = {name: float(value) for name, value in (part.split("=") for part in line[0].split())}
    values["seconds"] = seconds
    return values


def measure(args):
    paths = {peer: compiled(peer, args) for peer in args.peers}
    found = {}

    def note(name, peer, value, scale=1.0):
        if value is not None:
            found.setdefault(name, {}).setdefault(peer, []).append(value * scale)

    for _ in range(args.rounds):
        for peer in args.peers:
            broker = Broker(args.broker)  # fresh for each library, so that none finds what another left
            try:
                if "flow" in args.only:
                    for qos in args.qos:
                        values = run(peer, paths[peer], ["flow", "127.0.0.1", broker.port, qos, COUNTS[qos]])
                        note("messages/s, QoS %d" % qos, peer, values.get("rate"))
                        note("CPU µs per message, QoS %d" % qos, peer, values.get("cpu_us"))
                if "heap" in args.only:
                    port, ca = (broker.tls_port, [broker.ca]) if args.tls else (broker.port, [])
                    values = run(peer, paths[peer], ["heap", "localhost", port, args.clients, *ca], ["-Xss512k"])
                    note("heap KB per idle client (%d)" % args.clients, peer, values.get("heap_bytes"), 1 / 1024)
                    note("threads of the JVM with them", peer, values.get("threads"))
                    note("connects/s, 8 at a time", peer, args.clients * 1000 / values["connect_ms"] if values else None)
                if "first" in args.only:
                    values = run(peer, paths[peer], ["first", "127.0.0.1", broker.port])
                    note("start of the JVM to the first message, ms", peer, values.get("seconds"), 1000)
            finally:
                broker.stop()
    for peer in args.peers:
        files = jars(peer, args)
        note("jars", peer, len(files))
        note("jars, KB", peer, sum(map(os.path.getsize, files)), 1 / 1024)
    return found


def table(found, peers):
    lines = ["| | " + " | ".join(PEERS[peer][1] for peer in peers) + " |", "|---" * (len(peers) + 1) + "|"]
    for name, values in found.items():
        cells = []
        for peer in peers:
            median = statistics.median(values[peer]) if values.get(peer) else None
            cells.append("failed" if median is None else "%.1f" % median if median < 100 else "{:,.0f}".format(median))
        lines.append("| %s | %s |" % (name, " | ".join(cells)))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(prog="bench/client/run")
    parser.add_argument("--peers", default=",".join(PEERS), type=lambda text: text.split(","))
    parser.add_argument("--only", default="flow,heap,first", type=lambda text: text.split(","))
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--qos", default="0,1,2", type=lambda text: [int(qos) for qos in text.split(",")], help="of the flows")
    parser.add_argument("--clients", default=1000, type=int, help="idle clients in one JVM")
    parser.add_argument("--tls", action="store_true", help="the idle clients speak TLS (mosquitto alone)")
    parser.add_argument("--broker", default="mosquitto", choices=("mosquitto", "dunlin"))
    parser.add_argument("--dunlin-jars", default="", help="class path of Dunlin's client in place of the built one, commas between")
    args = parser.parse_args()
    if args.broker == "dunlin" or ("dunlin" in args.peers and not args.dunlin_jars):
        subprocess.run([os.path.join(HOME, "dunlin"), "--version"], check=True, stdout=subprocess.DEVNULL)  # builds it, if that is due
    print(table(measure(args), args.peers))


main()
