"""The crash tests as a suite of foreign/run: a few rounds of kill -9, a few of power cuts, and the proof that the power cut catches a liar."""

import json
import os
import socket
import subprocess
import sys

import powercut_check
import processes
from ledger import KINDS

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = (("kill -9", 5, []), ("power cut", 3, ["--power-cut"]))
MINUTES_MAX = 1.5  # no new round after that
SECONDS_MAX = 280


def main():
    kind = json.loads(os.environ.get("FOREIGN_TARGET", "{}")).get("broker", "dunlin")
    words, failed = sys.argv[1:], 0

    def told(name, problem, known=""):
        nonlocal failed
        failed += bool(problem and not known)
        print("%s crash: %s%s" % ("KNOWN" if problem and known else "FAIL" if problem else "PASS", name, ": " + (known or problem) if problem else ""), flush=True)

    for name, rounds, options in ROUNDS:
        if words and not any(word in name for word in words):
            continue
        command = [sys.executable, "-B", os.path.join(HERE, "crash.py"), "--broker", kind, "--rounds", str(rounds), "--minutes", str(MINUTES_MAX), "--json"]
        try:
            done = subprocess.run(command + options, stdout=subprocess.PIPE, timeout=SECONDS_MAX, text=True)
            result = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError) as e:
            told(name, "no result: %s" % e)
            continue
        broken = {k: result["sum"][k] for k in KINDS if result["sum"][k]}
        problem = result["error"] or (", ".join("%s %d" % pair for pair in broken.items()))
        told("%s, %d rounds, %d kills, %d messages acknowledged, seed %d" % (name, result["rounds"], result["kills"], result["sum"]["acked"], result["seed"]),
             problem or None, "it acknowledges before it has saved" if kind == "mosquitto" and not result["error"] else "")
        for round_ in result["each"] if problem and kind != "mosquitto" else ():
            for line in round_["cuts"] + round_["notes"]:
                print("    round %d: %s" % (round_["round"], line))
    for client in ("paho", "dunlin"):
        if not words or any(word in "exactly once " + client for word in words):
            command = [sys.executable, "-B", os.path.join(HERE, "exactly_once.py"), "--broker", kind, "--client", client, "--rounds", "4"]
            done = subprocess.run(command, stdout=subprocess.PIPE, timeout=SECONDS_MAX, text=True)
            told("exactly once from end to end, " + done.stdout.strip(), "see there" if done.returncode else None)
    if not words or any(word in "powercut" for word in words):
        for name, problem in powercut_check.check():
            told("the power cut itself: " + name, problem)
    if kind == "dunlin" and (not words or any(word in "store tools" for word in words)):
        told("dunlin store check and stats on what a kill has left", store_tools())
    return 1 if failed else 0


def store_tools():
    """What is wrong with the tools on the data of a killed broker, or None."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    broker = processes.Broker("dunlin", port)
    try:
        broker.prepare()
        broker.start()
        broker.kill()
        for action in ("check", "stats"):
            done = subprocess.run([os.path.join(processes.ROOT, "dunlin"), "store", action, broker.data],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, text=True)
            if done.returncode:
                return "dunlin store %s ended with %d: %s" % (action, done.returncode, done.stdout.strip())
        return None
    finally:
        broker.close(False)


if __name__ == "__main__":
    sys.exit(main())
