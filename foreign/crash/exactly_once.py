"""Exactly once from end to end: a publishing and a receiving application on Eclipse Paho for Java with its file persistence, or on Dunlin's client with
its buffer in a file, and a broker; any of the three is killed with -9 at random moments and started again. Every number that was handed over has to be written down once, and in order."""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import powercut
import processes

sys.path.append(os.path.dirname(processes.HERE))
import broker as foreign_broker  # noqa: E402  (free_ports)

PROJECT = os.path.join(os.path.dirname(processes.HERE), "java")
SETTLE_SECONDS_MAX = 60


def java(name):
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", name) if home else name


PROGRAMS = {"paho": "ExactlyOnce", "dunlin": "DunlinExactlyOnce"}


def library(client, folder):
    """The jars of the client's library: Maven tells where Paho is, Dunlin's own are those that ./dunlin has built."""
    if client == "dunlin":
        subprocess.run([os.path.join(processes.ROOT, "dunlin"), "--version"], check=True, stdout=subprocess.DEVNULL, timeout=600)
        lib = os.path.join(processes.ROOT, "dist", "target", "dunlin", "lib")
        return [os.path.join(lib, jar) for jar in sorted(os.listdir(lib)) if re.match(r"(client|protocol|jspecify)-.*\.jar$", jar)]
    listing = os.path.join(folder, "classpath")
    subprocess.run(["mvn", "-q", "-B", "-f", os.path.join(PROJECT, "pom.xml"), "dependency:build-classpath", "-Dmdep.outputFile=" + listing],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    with open(listing) as f:
        return [jar for jar in f.read().strip().split(os.pathsep) if "paho.client.mqttv3" in jar]


def compile_application(client, folder):
    """The class path of the compiled application and its library."""
    jars = library(client, folder)
    classes = os.path.join(folder, "classes")
    subprocess.run([java("javac"), "-nowarn", "--release", "17", "-cp", os.pathsep.join(jars), "-d", classes, os.path.join(processes.HERE, "java", PROGRAMS[client] + ".java")],
                   check=True, timeout=120)
    return os.pathsep.join(jars + [classes])


class Application:
    def __init__(self, program, role, port, folder, class_path):
        self.folder = os.path.join(folder, role)
        os.mkdir(self.folder)
        self.command = [java("java"), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp", class_path, program, role, str(port), self.folder]
        self.log = open(os.path.join(folder, role + ".log"), "ab")
        self.process = None
        self.starts = 0

    def start(self):
        self.starts += 1
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)

    def kill(self):
        if self.process and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()

    def numbers(self, name):
        try:
            with open(os.path.join(self.folder, name)) as f:
                return [int(line) for line in f]
        except FileNotFoundError:
            return []

    def text(self, name):
        try:
            with open(os.path.join(self.folder, name)) as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def tell_to_stop(self):
        with open(os.path.join(self.folder, "stop"), "w"):
            pass


def run(args, draw):
    broker = processes.Broker(args.broker, args.port or foreign_broker.free_ports(1)[0], args.scratch)
    folder = tempfile.mkdtemp(prefix="exactly-once-", dir=args.scratch)
    choices = args.victims.split(",")
    applications, kills = [], {"broker": 0, "pub": 0, "sub": 0}
    try:
        broker.prepare()
        if args.power_cut:
            broker.record_writes()
        class_path = compile_application(args.client, folder)
        pub, sub = (Application(PROGRAMS[args.client], role, broker.port, folder, class_path) for role in ("pub", "sub"))
        applications += [pub, sub]
        broker.start()
        sub.start()
        end = time.monotonic() + 30
        while not sub.text("session"):
            if time.monotonic() > end:
                raise RuntimeError("the subscriber has no session after 30 s")
            time.sleep(0.05)
        pub.start()
        for _ in range(args.rounds):
            before, end = len(sub.numbers("record")), time.monotonic() + 20
            while len(sub.numbers("record")) < before + 5 and time.monotonic() < end:
                time.sleep(0.02)  # all three work again
            time.sleep(draw.uniform(0, 1.5))
            victims = [v for v in choices if draw.random() < 0.5] or [draw.choice(choices)]
            draw.shuffle(victims)
            for victim in victims:
                kills[victim] += 1
                {"broker": broker, "pub": pub, "sub": sub}[victim].kill()
                time.sleep(draw.choice((0, 0, draw.uniform(0, 0.2))))
            draw.shuffle(victims)
            for victim in victims:
                if victim == "broker":
                    if args.power_cut:
                        broker.cut_power(draw.random())
                    broker.launch()
                else:
                    {"pub": pub, "sub": sub}[victim].start()
        broker.await_port()
        pub.tell_to_stop()
        end = time.monotonic() + SETTLE_SECONDS_MAX
        while not pub.text("last") and time.monotonic() < end:
            time.sleep(0.05)
        last = int(pub.text("last") or max(pub.numbers("intents") or [0]))
        stuck = not pub.text("last")
        moved, count = time.monotonic(), -1
        while len(set(sub.numbers("record"))) < last and time.monotonic() - moved < 10:
            if len(sub.numbers("record")) != count:
                count, moved = len(sub.numbers("record")), time.monotonic()
            time.sleep(0.05)
        time.sleep(0.5)
        sub.tell_to_stop()
        got = sub.numbers("record")
        first = list(dict.fromkeys(got))
        # Numbers of which the publisher could not know whether its client had finished them when it was killed; Paho's persistence tells it, Dunlin's file only what waits.
        doubtful = set(pub.numbers("ambiguous"))
        twice = sum(got.count(number) > 1 for number in set(got) - doubtful)
        return {"broker": args.broker, "client": args.client, "power_cut": args.power_cut, "seed": args.seed, "kills": kills, "messages": last, "missing": last - len(set(got) & set(range(1, last + 1))),
                "twice": twice, "doubtful": len(doubtful), "invented": len(set(got) - set(range(1, last + 1))), "out_of_order": sum(a > b for a, b in zip(first, first[1:])),
                "stuck": int(stuck), "sessions_lost": pub.text("complaints").count("\n") + sub.text("complaints").count("\n")}
    finally:
        for application in applications:
            application.kill()
            application.log.close()
        broker.close(args.keep)
        if args.keep:
            print("kept: " + folder, file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="foreign/crash/run exactly-once", description=__doc__)
    parser.add_argument("--broker", choices=["dunlin", "mosquitto"], default="dunlin")
    parser.add_argument("--client", choices=sorted(PROGRAMS), default="paho", help="what publisher and subscriber are built on (default paho)")
    parser.add_argument("--victims", default="broker,pub,sub", help="who may be killed (default broker,pub,sub)")
    parser.add_argument("--rounds", type=int, default=20, help="how often something is killed (default 20)")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--power-cut", action="store_true", help="the broker's kills are power cuts")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--scratch", default=None, metavar="DIR")
    parser.add_argument("--keep", action="store_true", help="keep the folders")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    args.seed = int(time.time()) if args.seed is None else args.seed
    try:
        result = run(args, random.Random(args.seed))
    except (RuntimeError, OSError, powercut.NotCovered, subprocess.SubprocessError) as e:
        print("ended early (seed %d): %s" % (args.seed, e))
        sys.exit(1)
    broken = {k: result[k] for k in ("missing", "twice", "invented", "out_of_order", "stuck", "sessions_lost") if result[k]}
    if args.json:
        print(json.dumps(result))
    else:
        print("%s, %s client, %s, seed %d: killed broker %d, publisher %d, subscriber %d times; %d messages at QoS 2: %s" % (
            args.broker, args.client, "power cuts" if args.power_cut else "kill -9", args.seed, result["kills"]["broker"], result["kills"]["pub"], result["kills"]["sub"], result["messages"],
            ", ".join("%s %d" % (k.replace("_", " "), v) for k, v in broken.items()) or "each exactly once and in order"))
    sys.exit(1 if broken and args.broker == "dunlin" or not result["messages"] else 0)


if __name__ == "__main__":
    main()
