"""Starts a broker, runs the suites against it one after the other, adds up their lines. See foreign/run."""

import argparse
import json
import os
import re
import subprocess
import sys
import threading

import broker

HERE = os.path.dirname(os.path.abspath(__file__))
SUITE_SECONDS_MAX = 600
LINE = re.compile(r"^(PASS|FAIL|KNOWN|SKIP) ")

SUITES = {
    "mosquitto_clients": [sys.executable, "-B", "mosquitto_clients.py"],
    "dunlin_tools": [sys.executable, "-B", "mosquitto_clients.py", "--tools=dunlin"],
    "cli_compare": [sys.executable, "-B", "cli_compare.py"],
    "paho_python": [sys.executable, "-B", "paho_python.py"],
    "interop": [sys.executable, "-B", "interop.py"],
    "mqttjs": ["node", "js/mqttjs.js"],
    "java_clients": [sys.executable, "-B", "java_clients.py"],
    "client_brokers": [sys.executable, "-B", "client_brokers.py"],
    "mosquitto_acl": [sys.executable, "-B", "mosquitto_acl.py"],
    "hostile": [sys.executable, "-B", "hostile.py"],
    "backends": [sys.executable, "-B", "backends.py"],
    "attacks": [sys.executable, "-B", "attacks.py"],
    "collectd": [sys.executable, "-B", "collectd.py"],
    "passwords": [sys.executable, "-B", "passwords.py"],
    "import_mosquitto": [sys.executable, "-B", "import_mosquitto.py"],
    "certificates": [sys.executable, "-B", "certificates.py"],
    "console": ["node", "console/console.js"],
    "trace": [sys.executable, "-B", "trace.py"],
    "prometheus": [sys.executable, "-B", "prometheus.py"],
    "crash": [sys.executable, "-B", "crash/suite.py"],
}

ON_REQUEST = ("dunlin_tools",)  # slow: some hundred JVMs one after the other


def run_suite(name, command, words, facts, counts):
    """Runs one suite as a child and copies its lines; a suite that dies or says nothing is a failure."""
    env = dict(os.environ, FOREIGN_TARGET=json.dumps(facts))
    child = subprocess.Popen(command + words, cwd=HERE, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace")
    late = []
    killer = threading.Timer(SUITE_SECONDS_MAX, lambda: (late.append(True), child.kill()))
    killer.start()
    seen = {"PASS": 0, "FAIL": 0, "KNOWN": 0, "SKIP": 0}
    try:
        for line in child.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            match = LINE.match(line)
            if match:
                seen[match.group(1)] += 1
        code = child.wait()
    finally:
        killer.cancel()
    if late:
        print("FAIL %s: not done after %d s" % (name, SUITE_SECONDS_MAX))
        seen["FAIL"] += 1
    elif code and not seen["FAIL"] or not (sum(seen.values()) or words):
        print("FAIL %s: ended with exit code %s" % (name, code))
        seen["FAIL"] += 1
    for key, value in seen.items():
        counts[key] += value


def main():
    parser = argparse.ArgumentParser(prog="foreign/run", description=__doc__)
    parser.add_argument("address", nargs="*", metavar="HOST PORT", help="a broker that already runs, plain TCP")
    parser.add_argument("--broker", choices=["dunlin", "mosquitto"], default="dunlin", help="which broker to start")
    parser.add_argument("--suite", action="append", choices=list(SUITES), help="only this suite (repeatable); without it all but " + ", ".join(ON_REQUEST))
    parser.add_argument("--only", action="append", default=[], metavar="WORDS", help="only tests whose name contains this")
    parser.add_argument("--keep-logs", action="store_true", help="keep the broker's folder and print where it is")
    args = parser.parse_args()
    left_out = ON_REQUEST + (("hostile", "attacks", "crash", "console", "prometheus", "client_brokers", "backends", "passwords", "trace", "import_mosquitto", "certificates", "mosquitto_acl") if args.address else ())  # nobody's own broker is mistreated unasked; the others start their own
    suites = args.suite or [name for name in SUITES if name not in left_out]
    counts = {"PASS": 0, "FAIL": 0, "KNOWN": 0, "SKIP": 0}
    if args.address:
        if len(args.address) != 2 or not args.address[1].isdigit():
            parser.error("give HOST and PORT, for example 127.0.0.1 1883")
        facts = {"broker": "external", "host": args.address[0], "tcp": int(args.address[1])}
        for name in suites:
            run_suite(name, SUITES[name], args.only, facts, counts)
    else:
        with broker.Broker(args.broker, args.keep_logs) as running:
            for name in suites:
                run_suite(name, SUITES[name], args.only, running.facts, counts)
            died = running.process.poll()
            if died is not None or counts["FAIL"]:
                print("---- last lines of the broker's log\n" + running.log_tail() + "----")
            if died is not None:
                print("FAIL broker: it ended during the tests with exit code %s" % died)
                counts["FAIL"] += 1
            elif running.stop() not in (0, 143):
                print("FAIL broker: it did not stop cleanly on SIGTERM")
                counts["FAIL"] += 1
            else:
                print("PASS broker: still up after all suites, stopped cleanly on SIGTERM")
                counts["PASS"] += 1
    if counts["KNOWN"] or counts["SKIP"]:
        print("%d known limits of this broker, %d skipped" % (counts["KNOWN"], counts["SKIP"]))
    print("%d passed, %d failed" % (counts["PASS"], counts["FAIL"]))
    sys.exit(1 if counts["FAIL"] else 0)


if __name__ == "__main__":
    main()
