"""Figures on durability: how long an acknowledgement takes, how much is accepted, how much is written, how long a start takes. See bench/durable."""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HOME = os.environ.get("DUNLIN_HOME") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(HOME, "bench", "target")
START_SECONDS_MAX = 900
PUBLISHERS = (1, 64, 1000)

MOSQUITTO_CONF = """\
listener {port} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location {data}/
autosave_on_changes {on_changes}
autosave_interval 1
max_queued_messages 0
max_connections -1
set_tcp_nodelay true
log_dest none
"""


def java():
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else "java"


class Broker:
    """A broker with its own folder for data. mosquitto saves its whole state after each change, mosquitto-timer once a second."""

    def __init__(self, kind, args):
        self.kind, self.args = kind, args
        self.port = free_port(args)
        self.dir = tempfile.mkdtemp(prefix="durable-%s-" % kind, dir=args.scratch)
        self.data = os.path.join(self.dir, "data")
        os.mkdir(self.data)
        self.process = None
        self.log = open(os.path.join(self.dir, "log"), "ab")

    def command(self):
        if self.kind == "dunlin":
            return [os.path.join(HOME, "dunlin"), "broker", "-p", str(self.port), "--data", self.data, "--set", "log.connections=false"] + self.args.dunlin.split()
        if self.kind == "artemis":
            lib = os.path.join(TARGET, "artemis")
            if not os.path.isdir(lib):
                subprocess.run(["mvn", "-q", "-B", "-f", os.path.join(HOME, "bench", "peers", "artemis-pom.xml"), "dependency:copy-dependencies",
                                "-DoutputDirectory=" + lib], check=True, timeout=900, stdout=sys.stderr)
            subprocess.run([java() + "c", "-proc:none", "-cp", os.path.join(lib, "*"), "-d", lib, os.path.join(HOME, "bench", "peers", "Artemis.java")], check=True, timeout=120)
            return [java(), "-Xmx" + self.args.artemis_heap, "-XX:+UseParallelGC", "-cp", lib + os.pathsep + os.path.join(lib, "*"), "Artemis", str(self.port), self.data]
        conf = os.path.join(self.dir, "m.conf")
        with open(conf, "w") as f:
            f.write(MOSQUITTO_CONF.format(port=self.port, data=self.data, on_changes="true" if self.kind == "mosquitto" else "false"))
        return ["mosquitto", "-c", conf]

    def launch(self):
        environment = dict(os.environ)
        if self.kind == "dunlin":
            environment["DUNLIN_JAVA_OPTS"] = "-Xmx%s %s" % (self.args.heap, environment.get("DUNLIN_JAVA_OPTS", ""))
        command = self.command()
        if self.args.pin:
            command = ["taskset", "-c", "0"] + command
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, env=environment)

    def start(self):
        self.launch()
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed("%s did not start, see %s" % (self.kind, self.log.name))
            time.sleep(0.005)

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """SIGTERM; the seconds until it was gone."""
        began = time.monotonic()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(300)
            except subprocess.TimeoutExpired:
                self.kill()
        return time.monotonic() - began

    def written(self):
        with open("/proc/%d/io" % self.process.pid) as f:
            return int(dict(line.split(": ") for line in f)["write_bytes"])

    def device_written(self):
        """Bytes that reached the block device of the data folder, from all processes: the machine has to be quiet."""
        device = os.stat(self.data).st_dev
        with open("/sys/dev/block/%d:%d/stat" % (os.major(device), os.minor(device))) as f:
            return int(f.read().split()[6]) * 512

    def resident_mib(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) // 1024

    def disk_mib(self):
        return sum(os.path.getsize(os.path.join(where, name)) for where, _, names in os.walk(self.data) for name in names) // (1 << 20)

    def load(self, what, timeout=120, **options):
        """Runs the generator; a dict of what it printed."""
        words = [what, "--port", str(self.port), "--sessions", str(self.args.sessions), "--timeout", str(timeout)]
        for key, value in options.items():
            words += ["--" + key, str(value)]
        command = [os.path.join(TARGET, "durable")] + words
        if self.args.pin:
            command = ["taskset", "-c", "1"] + command
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=timeout + 60, text=True)
        result = json.loads(done.stdout or '{"error": "no output"}')
        if "error" in result:
            raise Failed("%s: %s: %s" % (self.kind, what, result["error"]))
        return result

    def close(self):
        self.stop()
        self.log.close()
        if self.args.keep:
            print("kept: " + self.dir, file=sys.stderr)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)


class Failed(Exception):
    pass


def free_port(args):
    if args.ports:
        args.ports = [args.ports[0] + 1, args.ports[1]]
        return args.ports[0]
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def say(text):
    print("durable: " + text, file=sys.stderr, flush=True)


# ------------------------------------------------------------------ what is measured

def measure_acks(kind, args):
    """Latency of PUBACKs with one message under way per publisher, then as much as goes, then all of it back out."""
    broker, result, total = Broker(kind, args), {}, 0
    try:
        broker.start()
        broker.load("sessions")
        if kind in ("dunlin", "artemis"):
            total += broker.load("publish", pubs=64, window=16, seconds=args.prime, warmup=0, first=total)["published"]
        for pubs in PUBLISHERS:
            run = broker.load("publish", pubs=pubs, window=1, seconds=args.seconds, first=total)
            total += run["published"]
            result["ack_%d" % pubs] = run
        before, device_before = broker.written(), broker.device_written()
        run = broker.load("publish", pubs=1000, window=16, seconds=args.seconds, first=total)
        time.sleep(2)  # what is written later belongs to it
        total += run["published"]
        result["accept"] = run
        payload = run["published"] * args.size
        result["written_per_payload_byte"] = round((broker.device_written() - device_before) / payload, 2)
        # counts a page, or a folio of many pages, whenever it gets dirty: an upper bound, far above what is written
        result["dirtied_per_payload_byte"] = round((broker.written() - before) / payload, 2)
        result["resident_mib"] = broker.resident_mib()
        result["drain"] = broker.load("drain", expect=total, timeout=600)
        result["disk_mib_full"] = broker.disk_mib()
    finally:
        broker.close()
    return result


def measure_boot(kind, args, backlog):
    """Start after kill -9 and after a clean stop with a backlog, the first delivery after the kill, and the drain."""
    broker, result = Broker(kind, args), {"backlog": backlog}
    try:
        broker.start()
        broker.load("sessions")
        if backlog:
            fill = broker.load("publish", timeout=args.fill_seconds, pubs=64, window=64, count=backlog)
            result["filled"] = fill["acked"]
            result["fill_per_second"] = round(fill["acked"] / max(fill["seconds"], 0.001))
            if fill["acked"] < backlog:
                result["cut_short"] = True
                say("%s accepted %d of %d in %d s" % (kind, fill["acked"], backlog, args.fill_seconds))
        time.sleep(3)
        result["disk_mib"] = broker.disk_mib()
        killed = time.monotonic_ns()
        broker.kill()
        broker.launch()
        seen = broker.load("first", timeout=START_SECONDS_MAX if backlog else 60, since=killed, session=args.sessions - 1) if backlog else broker_ready(broker, killed)
        result["kill_to_connack_ms"], result["kill_to_first_ms"] = seen["connack_ms"], seen["first_ms"]
        result["resident_mib"] = broker.resident_mib()
        result["stop_s"] = round(broker.stop(), 2)
        began = time.monotonic_ns()
        broker.launch()
        result["clean_start_ms"] = broker_ready(broker, began)["connack_ms"]
        if backlog:
            result["drain"] = broker.load("drain", expect=result["filled"] if not result.get("cut_short") else backlog, timeout=1200)
            result["resident_after_drain_mib"] = broker.resident_mib()
            if args.settle:
                time.sleep(args.settle)
                result["disk_mib_after_drain"] = broker.disk_mib()
    finally:
        broker.close()
    return result


def broker_ready(broker, since):
    """A connection of a client that has no session: just the time to its CONNACK."""
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", broker.port), 1) as s:
                s.settimeout(START_SECONDS_MAX)
                s.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05probe")
                if len(s.recv(4)) == 4:
                    return {"connack_ms": round((time.monotonic_ns() - since) / 1e6, 1), "first_ms": None}
        except OSError:
            time.sleep(0.002)
    raise Failed(broker.kind + " did not answer")


# ------------------------------------------------------------------ tables

def spread(runs, *path):
    """median [smallest, largest] of a figure over the rounds."""
    values = []
    for run in runs:
        for key in path:
            run = (run or {}).get(key)
        if run is not None:
            values.append(run)
    if not values:
        return "-"
    middle = statistics.median(values)
    text = (lambda v: "{:,.0f}".format(v) if abs(v) >= 100 else "{:.3g}".format(v))
    return text(middle) + (" [%s, %s]" % (text(min(values)), text(max(values))) if len(values) > 1 else "")


def table(head, rows):
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def print_acks(results, brokers, args):
    rows = []
    for pubs in PUBLISHERS:
        for q in ("p50", "p99"):
            rows.append(["PUBACK %s, %s publishers, ms" % (q, "{:,}".format(pubs))] + [spread(results[b], "ack_%d" % pubs, q + "_ms") for b in brokers])
    rows += [["accepted/s, 1,000 publishers, window 1"] + [spread(results[b], "ack_1000", "per_second") for b in brokers],
             ["accepted/s, 1,000 publishers, window 16"] + [spread(results[b], "accept", "per_second") for b in brokers],
             ["drained/s"] + [spread(results[b], "drain", "per_second") for b in brokers],
             ["acknowledged and missing"] + [spread(results[b], "drain", "missing") for b in brokers],
             ["bytes written to the device per payload byte"] + [spread(results[b], "written_per_payload_byte") for b in brokers],
             ["write_bytes of /proc/PID/io per payload byte"] + [spread(results[b], "dirtied_per_payload_byte") for b in brokers],
             ["resident memory, MiB"] + [spread(results[b], "resident_mib") for b in brokers]]
    table(["QoS 1, %d B, into %s sessions that are away" % (args.size, "{:,}".format(args.sessions))] + brokers, rows)


def print_boot(results, brokers, args):
    for backlog in args.backlogs:
        runs = {b: [r for r in results[b] if r.get("backlog") == backlog] for b in brokers}
        rows = [[name] + [spread(runs[b], *path) for b in brokers] for name, path in (
            ("backlog accepted", ("filled",)), ("accepted/s while filling", ("fill_per_second",)), ("kill -9 to CONNACK, ms", ("kill_to_connack_ms",)),
            ("kill -9 to first delivery, ms", ("kill_to_first_ms",)), ("start after a clean stop to CONNACK, ms", ("clean_start_ms",)), ("clean stop, s", ("stop_s",)),
            ("resident memory after the start, MiB", ("resident_mib",)), ("on disk, MiB", ("disk_mib",)), ("drained/s", ("drain", "per_second")),
            ("acknowledged and missing", ("drain", "missing")), ("delivered twice", ("drain", "doubled")), ("on disk after the drain, MiB", ("disk_mib_after_drain",)))]
        table(["backlog of {:,} messages of {:,} B".format(backlog, args.size)] + brokers, rows)


def main():
    parser = argparse.ArgumentParser(prog="bench/durable", description=__doc__)
    parser.add_argument("--brokers", default="dunlin,mosquitto,artemis", help="of dunlin, mosquitto, mosquitto-timer, artemis")
    parser.add_argument("--set", default="ack,boot", help="of ack, boot")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="measured per number of publishers")
    parser.add_argument("--prime", type=float, default=10, help="seconds of load that warm up a JVM before")
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--size", type=int, default=200, help="payload bytes")
    parser.add_argument("--backlogs", default="0,100000,1000000", help="messages waiting at a start (the aim: also 10000000)")
    parser.add_argument("--fill-seconds", type=int, default=300, help="a broker that accepts the backlog slower is measured with what it has")
    parser.add_argument("--settle", type=float, default=0, help="seconds after a drain until the disk use is read")
    parser.add_argument("--heap", default="512m", help="Dunlin's heap")
    parser.add_argument("--artemis-heap", default="1g")
    parser.add_argument("--dunlin", default="", metavar="OPTIONS", help="more options of dunlin broker, for example '--set storage.checkpoint=60s'")
    parser.add_argument("--pin", action="store_true", help="broker on core 0, generator on core 1")
    parser.add_argument("--scratch", help="where the data folders are made: name a disk, not a RAM disk")
    parser.add_argument("--ports", type=lambda t: [int(n) for n in t.split("-")], help="FIRST-LAST")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the brokers end with us
    brokers, sets = args.brokers.split(","), args.set.split(",")
    args.backlogs = [int(n) for n in args.backlogs.split(",")]
    os.makedirs(TARGET, exist_ok=True)
    source = os.path.join(HOME, "bench", "src", "main", "c", "durable.c")
    subprocess.run(["gcc", "-O2", "-std=gnu11", "-o", os.path.join(TARGET, "durable"), source], check=True)
    if "dunlin" in brokers:
        subprocess.run([os.path.join(HOME, "dunlin"), "--version"], check=True, stdout=sys.stderr)
    acks, boots, failures = {b: [] for b in brokers}, {b: [] for b in brokers}, []

    def attempt(where, what, *words):
        try:
            where.append(what(*words))
        except (Failed, OSError, ValueError, subprocess.SubprocessError) as e:
            failures.append(str(e))
            say("failed: " + str(e))

    for number in range(1, args.rounds + 1):
        for kind in brokers:
            if "ack" in sets:
                say("round %d, %s: acknowledgements" % (number, kind))
                attempt(acks[kind], measure_acks, kind, args)
            if "boot" in sets:
                for backlog in args.backlogs:
                    say("round %d, %s: a backlog of %d" % (number, kind, backlog))
                    attempt(boots[kind], measure_boot, kind, args, backlog)
    if "ack" in sets:
        print_acks(acks, brokers, args)
    if "boot" in sets:
        print_boot(boots, brokers, args)
    for failure in failures:
        print("\nfailed: " + failure)
    if args.json:
        with open(args.json, "w") as f:
            json.dump({"options": {k: v for k, v in vars(args).items()}, "acks": acks, "boots": boots, "failures": failures}, f, indent=1)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
