"""What every suite here shares: where the broker is, how a test is declared, and how its outcome is printed.

A suite is a Python file with functions marked @test; `harness.main(__file__)` runs them. One line per test:
    PASS suite: name (0.12 s)      FAIL suite: name: why      KNOWN suite: name: why this broker cannot
The address of the broker comes in the environment variable FOREIGN_TARGET, a JSON object (see broker.py).
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback

TEST_SECONDS_MAX = 60
_tests = []
_numbers = itertools.count(1)
_cleanups = []

# What is run in the background ignores these, and so would all that it starts; a handler, though, does not outlive exec.
for _ignored in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_ignored) == signal.SIG_IGN:
        signal.signal(_ignored, lambda *_: None)


class Target:
    """Where the broker listens. A port of 0 means that this broker has no such listener."""

    def __init__(self, facts):
        self.broker = facts["broker"]
        self.host = facts["host"]
        self.tcp = facts["tcp"]
        self.tls = facts.get("tls", 0)
        self.tls_client_cert = facts.get("tls_client_cert", 0)
        self.ws = facts.get("ws", 0)
        self.wss = facts.get("wss", 0)
        self.ws_path = facts.get("ws_path", "/mqtt")
        self.certs = facts.get("certs", "")
        self.no_subscribe = facts.get("no_subscribe", "")  # a topic that nobody may subscribe to
        self.logins = facts.get("logins", 0)  # a TCP port that asks for user "alice", password "secret"
        self.pid = facts.get("pid", 0)

    def cert(self, name):
        return os.path.join(self.certs, name)


target = Target(json.loads(os.environ.get("FOREIGN_TARGET", '{"broker":"?","host":"127.0.0.1","tcp":1883}')))


class Failed(AssertionError):
    """A broken expectation; its text is all that the report shows."""


class NotHere(Exception):
    """This broker has no listener or setting that the test needs."""


def test(name, known=None, needs=()):
    """Declares a test. known: {broker: reason}, where that broker itself is wrong. needs: attributes of Target."""

    def mark(function):
        _tests.append((name, function, known or {}, needs))
        return function

    return mark


def check(condition, why):
    """why: a text, or a function that makes it."""
    if not condition:
        raise Failed(why() if callable(why) else why)


def equal(actual, expected, what):
    if actual != expected:
        raise Failed("%s: expected %r, got %r" % (what, expected, actual))


def wait_until(condition, what, seconds=10):
    """Waits for condition() and returns its first true value. what: a text, or a function that makes it in the end."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed("not within %g s: %s" % (seconds, what() if callable(what) else what))
        time.sleep(0.01)


def unique(prefix):
    """A name that no other test and no other run uses."""
    return "%s-%d-%d" % (prefix, os.getpid(), next(_numbers))


def topic(name="t"):
    return "foreign/" + unique(name) + "/x"


def at_end(action):
    """Runs action when the present test ends, however it ends."""
    _cleanups.append(action)


class Process:
    """A child whose output is read by a thread; ended by its pid when the test ends."""

    def __init__(self, command, binary=False):
        self.command = command
        self.lines = []
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        at_end(self.kill)

    def _read(self):
        with os.fdopen(os.dup(self.process.stdout.fileno()), "r", encoding="utf-8", errors="replace") as out:
            for line in out:
                self.lines.append(line.rstrip("\n"))

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def wait(self, seconds=15):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed("still running after %g s: %s" % (seconds, " ".join(self.command))) from None
        self.reader.join(5)
        return code


def run(command, seconds=15, stdin=None):
    """Runs a command to its end; returns (exit code, stdout as bytes, stderr as text)."""
    try:
        done = subprocess.run(
            command, input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Failed("still running after %g s: %s" % (seconds, " ".join(command))) from None
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def _alarm(_number, _frame):
    raise Failed("the test took longer than %d s" % TEST_SECONDS_MAX)


def _clean_up():
    while _cleanups:
        action = _cleanups.pop()
        try:
            action()
        except Exception as error:  # a failing clean-up must not hide the outcome of the test
            print("     clean-up: %r" % error, file=sys.stderr)


def _run_one(suite, name, function, known, needs):
    started = time.monotonic()
    signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(TEST_SECONDS_MAX)
    try:
        for need in needs:
            if not getattr(target, need):
                raise NotHere("no %s on this broker" % need)
        function()
        outcome, why = "PASS", "%.2f s" % (time.monotonic() - started)
    except NotHere as error:
        outcome, why = "SKIP", str(error)
    except Failed as error:
        outcome, why = "FAIL", str(error)
    except Exception as error:
        outcome, why = "FAIL", "%r at %s" % (error, traceback.extract_tb(error.__traceback__)[-1])
    finally:
        signal.alarm(0)
        _clean_up()
    reason = known.get(target.broker)
    if outcome == "FAIL" and reason:
        outcome, why = "KNOWN", reason
    print("%s %s: %s: %s" % (outcome, suite, name, why.replace("\n", " ")[:600]), flush=True)
    return outcome


def main(path):
    """Runs the suite's tests whose name contains one of the command's words (all without words); exits 1 on a failure."""
    options = [word for word in sys.argv[1:] if word.startswith("--")]
    suite = os.path.splitext(os.path.basename(path))[0] + "".join(options).replace("--tools=", "/")
    words = [word for word in sys.argv[1:] if word not in options]
    outcomes = [
        _run_one(suite, *entry) for entry in _tests if not words or any(word in entry[0] for word in words)
    ]
    sys.exit(1 if "FAIL" in outcomes else 0)
