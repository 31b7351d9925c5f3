"""The whole table of docs/performance.md in one command: see bench/run --set table. Brokers are started, stopped, pinned and loaded by the
functions of compare.py; this adds the rows with several figures, and warms a broker up before the rows that need a new one."""

import argparse
import importlib.util
import json
import os
import signal
import statistics
import sys
import time

US = "broker us/message"

# How a row gets its broker: one for all rounds, warmed up once; a new one for each round, warmed up; a new one as it starts, because memory that
# was used before would hide what is used now.
KEPT, NEW, COLD = "kept", "new", "cold"

# Arguments of mqttload, whose broker it gets, and the figures: what it is called, the key, and how many times less
# than the baseline's it is to be (None: no aim).
ROWS = [
    ("p2p -n 10 -q 0 -w 64", KEPT, [(US, "srv_us_per_msg", 20)]),
    ("p2p -n 1000 -q 0 -w 16", KEPT, [(US, "srv_us_per_msg", 14)]),
    ("p2p -n 10 -q 0 -s 1024 -w 64", KEPT, [(US, "srv_us_per_msg", 14)]),
    ("p2p -n 10 -q 1 -w 64", KEPT, [(US, "srv_us_per_msg", 21)]),
    ("p2p -n 1000 -q 1 -w 16", KEPT, [(US, "srv_us_per_msg", 22)]),
    ("p2p -n 10 -q 2 -w 16", KEPT, [(US, "srv_us_per_msg", 17)]),
    ("fanout -n 1000 -q 0 -w 16", KEPT, [(US, "srv_us_per_msg", 19)]),
    ("fanin -n 1000 -k 1 -q 0 -w 8", KEPT, [(US, "srv_us_per_msg", 13)]),
    ("subs --nsubs 1000000 -n 1000 -k 10 -q 0 -w 64 --timeout 200", NEW, [(US, "srv_us_per_msg", 4.5)]),
    ("offline -n 1000 --count 100 -q 1 -s 100 -w 64", NEW,
     [("enqueue us/message", "enqueue_srv_us_per_msg", 3.8), ("drain us/message", "drain_srv_us_per_msg", 5.4)]),
    ("retained --count 100000 -n 1 -k 4 -q 1 -s 100 -w 64", NEW,
     [("store us/message", "pub_srv_us_per_msg", 4.5), ("deliver us/message", "deliver_srv_us_per_msg", 7.6)]),
    ("idle -n 10000 --hold 3 --conc 256", COLD, [("bytes/connection", "bytes_per_conn", None)]),
    ("idle -n 19000 --hold 3 --conc 256 --nsubs 2", COLD, [("bytes/connection", "bytes_per_conn", None)]),
    ("idle -n 10000 --hold 1 --conc 256", NEW, [("connect us", "connect_srv_us_per_msg", None)]),
]
# What makes a new broker as warm as one that has run for a while: messages of both kinds, then, as long, the scenario itself, small or as it is.
GENERAL_PRIMES = ["p2p -n 10 -q 1 -w 64", "fanin -n 100 -k 1 -q 0 -w 8"]
OWN_PRIMES = {
    "subs": "subs --nsubs 20000 -n 100 -k 10 -q 0 -w 64 -d 4 --warmup 0",
    "offline": "offline -n 1000 --count 100 -q 1 -s 100 -w 64",
    "retained": "retained --count 100000 -n 1 -k 4 -q 1 -s 100 -w 64",
    "idle": "idle -n 2000 --hold 0",
}


def load_compare(folder):
    spec = importlib.util.spec_from_file_location("compare", os.path.join(folder, "compare.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Table:
    def __init__(self, args, compare):
        self.args, self.compare = args, compare
        peers = json.load(open(args.peers))
        missing = [name for name in args.brokers if name not in peers]
        if missing:
            sys.exit("bench/run: %s has no broker %s; it has %s" % (args.peers, ", ".join(missing), ", ".join(peers)))
        self.brokers = {name: compare.Broker(name, peers[name], args) for name in args.brokers}

    def generate(self, broker, words, *extra):
        return self.compare.gen(self.args, broker, words + (" -V 5" if self.args.mqtt == 5 else ""), list(extra))

    def prime(self, broker, words, whose):
        seconds = max(self.args.prime, broker.d.get("prime", 0))
        if not seconds or whose == COLD:
            return
        if whose == KEPT:
            self.generate(broker, words, "-d", str(seconds), "--warmup", "0", "--drain", "2")
            return
        for general in GENERAL_PRIMES:
            self.generate(broker, general, "-d", str(seconds / len(GENERAL_PRIMES)), "--warmup", "0", "--drain", "2")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if "error" in self.generate(broker, OWN_PRIMES[words.split()[0]]):
                return

    def measure(self, broker, words, whose):
        fresh = whose != KEPT
        if fresh and broker.p:
            broker.stop()
        if not broker.p:
            broker.start()
        else:
            broker.sig(signal.SIGCONT)
            time.sleep(0.3)
        if fresh or words not in broker.primed:
            self.prime(broker, words, whose)
            broker.primed.add(words)
        timed = words.split()[0] not in ("idle", "retained", "offline")
        extra = ["-d", self.args.duration, "--warmup", self.args.warmup] if timed else []
        for _ in range(1 if fresh else self.args.retries + 1):
            self.compare.wait_quiet(self.args.quiet_pct, self.args.quiet_wait)
            result = self.generate(broker, words, *extra)
            if "error" in result or self.noise(result) <= self.args.max_noise:
                break
        result["noise_pct"] = self.noise(result)
        if fresh:
            broker.stop()
        else:
            broker.sig(signal.SIGSTOP)
        return result

    def noise(self, result):
        """Percent of a core that other work took beside the broker or the generator; 0 where nothing is pinned."""
        pinned = [(self.args.pin_server, "srv_cpu_pct"), (self.args.pin_gen, "gen_cpu_pct")]
        return round(max([result.get("core%s_busy_pct" % core, 0) - result.get(own, 0) for core, own in pinned if core != ""] + [0]), 1)

    def run(self):
        rows = [row for row in ROWS if not self.args.rows or any(part in row[0] for part in self.args.rows.split(","))]
        results = {}
        try:
            for words, whose, figures in rows:
                for number in range(self.args.rounds):
                    for name, broker in self.brokers.items():
                        try:
                            result = self.measure(broker, words, whose)
                        except RuntimeError as e:
                            result = {"error": str(e)[:300]}
                        if "error" in result and broker.p:
                            broker.stop()
                        result.update(broker=name, row=words, mqtt=self.args.mqtt)
                        results.setdefault((words, name), []).append(result)
                        self.tell(words, number, name, figures, result)
        finally:
            for broker in self.brokers.values():
                broker.stop()
        self.print_table(rows, results)

    def tell(self, words, number, name, figures, result):
        found = " ".join("%s=%.4g" % (label.replace(" ", "-"), result[key]) for label, key, _ in figures if key in result)
        faults = "" if result.get("ok") else "NOT OK: %s" % (result.get("error") or result.get("first_error") or result)
        print("%s, round %d, %s: %s noise=%s %s" % (words, number + 1, name, found, result.get("noise_pct"), faults), file=sys.stderr)
        if self.args.out:
            with open(self.args.out, "a") as f:
                f.write(json.dumps(result) + "\n")

    def print_table(self, rows, results):
        names, baseline = list(self.brokers), self.args.baseline
        others = [name for name in names if name != baseline]
        print("MQTT %s, %d rounds: median [smallest, largest]; how many times less than %s, and the aim\n"
              % ("5" if self.args.mqtt == 5 else "3.1.1", self.args.rounds, baseline))
        head = ["scenario", "figure"] + names + ["%s : %s" % (baseline, name) for name in others] + ["aim"]
        print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
        for words, _, figures in rows:
            for label, key, aim in figures:
                found = {name: [r[key] for r in results.get((words, name), []) if r.get("ok") and key in r] for name in names}
                cells = [self.spread(found[name], len(results.get((words, name), []))) for name in names]
                for name in others:
                    both = found.get(baseline) and found[name]
                    cells.append("%.2g" % (statistics.median(found[baseline]) / statistics.median(found[name])) if both else "-")
                print("| " + " | ".join(["`%s`" % words, label] + cells + ["%g" % aim if aim else ""]) + " |")

    @staticmethod
    def spread(values, rounds):
        if not values:
            return "failed" if rounds else "-"
        text = "%.3g [%.3g, %.3g]" if max(values) < 1000 else "%.0f [%.0f, %.0f]"
        text %= (statistics.median(values), min(values), max(values))
        return text if len(values) == rounds else text + " of %d of %d rounds" % (len(values), rounds)


def main():
    parser = argparse.ArgumentParser(prog="bench/run --set table", description=__doc__)
    parser.add_argument("--compare", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peers", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--gen", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--brokers", type=lambda t: t.split(","), required=True)
    parser.add_argument("--baseline", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mqtt", type=int, choices=(4, 5), default=4, help="4 for 3.1.1, or 5")
    parser.add_argument("--rows", default="", help="only rows that contain one of these texts, comma-separated")
    parser.add_argument("--prime", type=float, default=0, help="seconds of load before the first round, where peers.json does not say more")
    parser.add_argument("--duration", default="4")
    parser.add_argument("--warmup", default="1")
    parser.add_argument("--pin-server", default="0")
    parser.add_argument("--pin-gen", default="1")
    parser.add_argument("--nice", type=int, default=0)
    parser.add_argument("--quiet-pct", type=float, default=12)
    parser.add_argument("--quiet-wait", type=float, default=40)
    parser.add_argument("--max-noise", type=float, default=15, help="a run is repeated when other work took more than this percent of a core")
    parser.add_argument("--retries", type=int, default=2)
    parser.add_argument("--run-limit", type=float, default=280)
    parser.add_argument("--out", default="", metavar="FILE", help="append the JSON of each run")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    Table(args, load_compare(args.compare)).run()


if __name__ == "__main__":
    main()
