"""Kills a broker with -9 again and again under load and accounts for every acknowledged message. See foreign/crash/run and docs/crash-tests.md."""

import argparse
import collections
import json
import os
import random
import signal
import sys
import time

import js_clients
import paho_clients
import powercut
import processes
from ledger import KINDS, Ledger, stream_topic

sys.path.append(os.path.dirname(processes.HERE))
import broker as foreign_broker  # noqa: E402  (free_ports)

SETTLE_SECONDS_MAX = 60
STALL_SECONDS_MAX = 6  # nothing arrives any more: what is missing by then is lost


class Round:
    """What happened between two states in which everything was accounted for."""

    def __init__(self, number):
        self.number, self.kills, self.cuts, self.starts = number, [], [], []
        self.totals = self.violations = None
        self.notes = []

    def row(self):
        row = {"round": self.number, "kills": self.kills, "cuts": self.cuts, "start_ms": [round(s * 1000) for s in self.starts],
               "acked": self.totals["acked"], "delivered": self.totals["delivered"], "again_qos1": self.totals["again"]}
        row.update({kind: self.violations[kind] for kind in KINDS})
        return row


class Run:
    def __init__(self, args):
        self.args, self.random = args, random.Random(args.seed)
        self.port = args.port or foreign_broker.free_ports(1)[0]
        self.broker = processes.Broker(args.broker, self.port, args.scratch, args.set)
        self.ledger = Ledger()
        self.node = js_clients.Node(self.ledger)
        self.publishers, self.retainers, self.changers, self.online, self.offline = [], [], [], [], []
        self.rounds = []
        self.current = None

    # ---- the cast

    def make_clients(self):
        v311, v5 = paho_clients.V311, paho_clients.V5
        rate = self.args.rate
        for version in (v311, v5):
            tag = "3" if version == v311 else "5"
            for qos in (1, 2):
                self.publishers.append(paho_clients.Publisher("py%s-q%d" % (tag, qos), version, self.port, self.ledger, qos, rate))
                name = "js%s-q%d" % (tag, qos)
                self.ledger.add_stream(name, qos)
                self.publishers.append(js_clients.Publisher(self.node, name, int(version), self.port, stream_topic(name, qos), qos, rate))
        filters = ["crash/p/#"]
        # mqtt.js ends a connection on which mosquitto 2.0.11 exceeds the Receive Maximum; that is not what is measured here
        receive_maximum = 20 if self.args.broker == "dunlin" else 0
        for tag, version, qos, group in (("3on", v311, 2, self.online), ("5on", v5, 2, self.online), ("5on-q1", v5, 1, self.online),
                                         ("3off", v311, 2, self.offline), ("5off", v5, 2, self.offline), ("3off-q1", v311, 1, self.offline)):
            if tag != "5on-q1":
                group.append(paho_clients.Subscriber("pysub" + tag, version, self.port, self.ledger, qos, filters))
            if tag != "3off-q1":
                group.append(js_clients.Subscriber(self.node, "jssub" + tag, int(version), self.port, qos, filters, receive_maximum))
        for version in (v311, v5):
            tag = "3" if version == v311 else "5"
            self.changers.append(paho_clients.Changer("change" + tag, version, self.port, self.ledger, self.random.random(), 60))
            self.retainers.append(paho_clients.Retainer("retain" + tag, version, self.port, self.ledger, 1 if tag == "3" else 2, 60))

    def everyone(self):
        return self.publishers + self.retainers + self.changers + self.online + self.offline

    def run_load(self, on):
        for client in self.publishers + self.retainers + self.changers:
            client.run(on)

    def await_ready(self, clients, what, seconds=30):
        self.until(lambda: all(c.ready for c in clients), lambda: "%s: %s" % (what, ", ".join(c.name for c in clients if not c.ready)), seconds)

    def until(self, condition, what, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.ledger.note("stuck", "not within %d s: %s" % (seconds, what() if callable(what) else what))
                return False
            time.sleep(0.01)
        return True

    # ---- a round

    def kill(self, when):
        if not self.broker.kill():
            self.ledger.note("stuck", "the broker had ended by itself:\n" + self.broker.log_tail())
        self.current.kills.append(when)
        if self.args.power_cut:
            self.current.cuts.append(self.broker.cut_power(self.random.random()))

    def restart(self):
        if self.random.random() < 0.3:
            self.broker.launch()
            time.sleep(self.random.uniform(0, 0.8))
            self.kill("start")
        self.current.starts.append(self.broker.start())

    def pause(self, first, last):
        time.sleep(self.random.uniform(first, last))

    def one_round(self, number):
        self.current = Round(number)
        self.end_a_session()
        self.run_load(True)
        self.pause(0.3, 2.0)
        self.kill("load")
        self.run_load(False)  # what is in flight is sent again, nothing new is
        time.sleep(0.3)  # acknowledgements that arrived before the kill are read by now
        retained_floor = [list(r.acked) for r in self.retainers]
        self.restart()
        self.check_retained(retained_floor)
        self.check_ended_session()
        self.run_load(True)
        self.pause(0.2, 0.6)
        if self.random.random() < 0.5:
            self.run_load(False)
        for client in self.offline:
            client.online()
        if self.random.random() < 0.5:
            self.pause(0.02, 0.5)
            self.kill("drain")
            self.restart()
        self.run_load(False)
        self.settle()
        for client in self.offline:
            client.offline()
        self.finish(self.current)

    def settle(self):
        """Everyone is connected, nothing new is sent: waits until all is acknowledged and delivered, or until nothing moves any more."""
        self.await_ready(self.everyone(), "all clients connected and subscribed")
        end, moved_at, activity = time.monotonic() + SETTLE_SECONDS_MAX, time.monotonic(), -1
        while time.monotonic() < end:
            if not self.ledger.unacked() and not any(r.pending for r in self.retainers) and not any(c.asked for c in self.changers) and not self.ledger.missing():
                break
            if self.ledger.activity != activity:
                activity, moved_at = self.ledger.activity, time.monotonic()
            elif time.monotonic() - moved_at > STALL_SECONDS_MAX:
                break
            time.sleep(0.05)
        self.check_subscriptions()
        time.sleep(0.2)  # second arrivals of QoS 2 come late, if they come
        self.check_retained([list(r.sent) for r in self.retainers])

    def finish(self, round_):
        round_.totals, round_.violations, round_.notes = self.ledger.settle()
        self.rounds.append(round_)

    # ---- what else has to be right

    def visit(self, what, client_id, action, clean=True):
        """Runs action(visitor); a connection that fails is a violation, no crash of ours."""
        try:
            visitor = paho_clients.Visitor(self.port, client_id, clean)
            try:
                return action(visitor)
            finally:
                visitor.close()
        except (OSError, RuntimeError) as e:
            self.ledger.note("stuck", "%s: %s" % (what, e))
            return None

    def check_retained(self, floors):
        """Each retained message is at least as new as the last acknowledged one, and none is newer than the last one sent."""

        def look(visitor):
            visitor.subscribe("crash/r/#", 1)
            visitor.quiet(0.15)
            return {m.topic: int(m.payload) for m in visitor.messages if m.retain}

        found = self.visit("reading retained messages", "retained-check", look)
        if found is None:
            return
        for retainer, floor in zip(self.retainers, floors):
            for index, least in enumerate(floor):
                value = found.get(retainer.topic(index), 0)
                if not least <= value <= retainer.sent[index]:
                    self.ledger.note("retained", "%s is %d, acknowledged was %d, sent %d" % (retainer.topic(index), value, least, retainer.sent[index]))

    def check_subscriptions(self):
        """A probe to every filter of the changers reaches exactly those whose last acknowledged change was to subscribe."""
        token = b"probe %d" % self.current.number
        topics = [c.filter(i) for c in self.changers for i in range(c.FILTERS)]
        self.visit("publishing probes", "prober", lambda visitor: visitor.publish(topics, token, 1))
        expected = {(c.filter(i), token) for c in self.changers for i in range(c.FILTERS) if c.state[i] == "on"}
        end = time.monotonic() + 5
        while time.monotonic() < end and not expected <= set().union(*(c.heard for c in self.changers)):
            time.sleep(0.02)
        time.sleep(0.1)
        for changer in self.changers:
            for index in range(changer.FILTERS):
                heard, state = (changer.filter(index), token) in changer.heard, changer.state[index]
                if state != "unknown" and heard != (state == "on"):
                    self.ledger.note("subscription", "%s: acknowledged as %s, but a message %s" % (changer.filter(index), state, "came" if heard else "did not come"))
                changer.state[index] = "on" if heard else "off"
            changer.heard.clear()

    def end_a_session(self):
        """A session that was persistent and whose end was acknowledged must not come back."""
        self.visit("making a session", "to-be-ended", lambda v: v.subscribe("crash/ended/#", 1), clean=False)
        self.visit("ending a session", "to-be-ended", lambda v: None)

    def check_ended_session(self):
        if self.visit("looking for an ended session", "to-be-ended", lambda v: v.present, clean=False):
            self.ledger.note("ended", "session present = 1 for a session whose end was acknowledged")

    # ---- all of it

    def run(self):
        self.broker.prepare()
        if self.args.power_cut:
            self.broker.record_writes()
        self.broker.start()
        self.make_clients()
        for client in self.everyone():
            client.online()
        self.current = Round(0)
        self.await_ready(self.everyone(), "first connections")
        for client in self.offline:
            client.offline()
        self.finish(self.current)
        if sum(self.current.violations.values()):
            return
        self.rounds.clear()
        end = time.monotonic() + self.args.minutes * 60 if self.args.minutes else None
        for number in range(1, self.args.rounds + 1):
            if end and time.monotonic() > end:
                break
            self.one_round(number)
            if not self.args.json:
                print_row(self.rounds[-1], number == 1)

    def close(self):
        for client in self.everyone():
            client.end()
        self.node.end()
        self.broker.close(self.args.keep or any(sum(r.violations.values()) for r in self.rounds) and self.args.broker == "dunlin" and not os.environ.get("CI"))


COLUMNS = ("acked", "delivered", "again_qos1") + KINDS


def print_row(round_, first):
    if first:
        print("%5s %-18s %8s %s" % ("round", "killed in", "start ms", " ".join("%*s" % (max(6, len(c)), c) for c in COLUMNS)))
    row = round_.row()
    print("%5d %-18s %8d %s" % (row["round"], "+".join(row["kills"]), max(row["start_ms"] or [0]),
                                " ".join("%*d" % (max(6, len(c)), row[c]) for c in COLUMNS)), flush=True)
    for line in (["power cut: " + cut for cut in round_.cuts] if round_.notes else []) + round_.notes:
        print("        " + line)


def main():
    parser = argparse.ArgumentParser(prog="foreign/crash/run", description=__doc__)
    parser.add_argument("--broker", choices=["dunlin", "mosquitto"], default="dunlin")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of load, kill, restart, drain (default 5)")
    parser.add_argument("--minutes", type=float, default=0, help="no new round begins after so many minutes")
    parser.add_argument("--seed", type=int, default=None, help="decides moments and traffic (default: from the clock; printed)")
    parser.add_argument("--power-cut", action="store_true", help="after each kill, take from the data folder what was not synced (needs gcc)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of dunlin broker, for example durability.level=os")
    parser.add_argument("--rate", type=float, default=60, help="messages a second of each of the 8 publishers (default 60)")
    parser.add_argument("--port", type=int, default=0, help="the broker's port (default: a free one)")
    parser.add_argument("--scratch", default=None, metavar="DIR", help="where the broker's folder is made (default: the system's folder for temporary files)")
    parser.add_argument("--keep", action="store_true", help="keep the broker's folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    args = parser.parse_args()
    args.seed = int(time.time()) if args.seed is None else args.seed
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the broker and the Node process end with us
    began = time.monotonic()
    run = Run(args)
    error = None
    try:
        run.run()
    except (RuntimeError, OSError, powercut.NotCovered) as e:
        error = "%s: %s" % (type(e).__name__, e)
    finally:
        run.close()
    sums = collections.Counter()
    for round_ in run.rounds:
        sums.update({key: value for key, value in round_.row().items() if isinstance(value, int) and key != "round"})
    kills = sum(len(r.kills) for r in run.rounds)
    broken = sum(sums[kind] for kind in KINDS)
    result = {"broker": args.broker, "power_cut": args.power_cut, "seed": args.seed, "rounds": len(run.rounds), "kills": kills, "seconds": round(time.monotonic() - began), "error": error,
              "sum": {c: sums[c] for c in COLUMNS}, "each": [dict(r.row(), notes=r.notes) for r in run.rounds]}
    if args.json:
        print(json.dumps(result))
    else:
        if error:
            print("ended early: " + error)
        print("%s, %s, seed %d: %d rounds, %d kills, %d s: %d acknowledged, %d deliveries, %s" % (
            args.broker, "power cuts" if args.power_cut else "kill -9", args.seed, len(run.rounds), kills, result["seconds"], sums["acked"], sums["delivered"],
            "; ".join("%s %d" % (k, sums[k]) for k in KINDS if sums[k]) or "nothing broken"))
    sys.exit(1 if error or not run.rounds or (broken and args.broker == "dunlin") else 0)


if __name__ == "__main__":
    main()
