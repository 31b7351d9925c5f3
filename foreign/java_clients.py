"""Runs the JUnit tests of foreign/java (Eclipse Paho for 3.1.1 and 5, HiveMQ client) and prints them as the other suites do."""

import glob
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree

from harness import target

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.join(HERE, "java")
REPORTS = os.path.join(PROJECT, "target", "surefire-reports")
KNOWN = {("mosquitto", "topicAliasesAndFlowControl"): "2.0.11 exceeds the Receive Maximum: it counts QoS 2 only up to the PUBREC"}
NEEDED = ("tcp", "tls", "ws", "wss", "logins")


def java_home():
    """JAVA_HOME as it is, or else a JDK in the usual folder: the tests need 17 or newer."""
    if os.environ.get("JAVA_HOME"):
        return os.environ["JAVA_HOME"]
    javac = shutil.which("javac")
    return os.path.dirname(os.path.dirname(os.path.realpath(javac))) if javac else ""


def main():
    if not all(getattr(target, need) for need in NEEDED):
        print("SKIP java_clients: all: needs listeners for %s" % ", ".join(NEEDED))
        return 0
    shutil.rmtree(REPORTS, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", os.path.join(PROJECT, "pom.xml"), "test", "-Dforeign.certs=" + target.certs]
    command += ["-Dforeign.%s=%d" % (need, getattr(target, need)) for need in NEEDED]
    if sys.argv[1:]:
        command += ["-Dtest=" + ",".join("*%s*" % word for word in sys.argv[1:]), "-Dsurefire.failIfNoSpecifiedTests=false"]
    done = subprocess.run(command, env=dict(os.environ, JAVA_HOME=java_home()), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    seen = failed = 0
    for path in sorted(glob.glob(os.path.join(REPORTS, "*.xml"))):
        for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
            name = "%s %s" % (case.get("classname").rsplit(".", 1)[-1], case.get("name").replace("{String}", ""))
            problems = [e for e in case if e.tag in ("failure", "error")]
            seen += 1
            why = (problems[0].get("message") or problems[0].text or "").replace("\n", " ")[:400] if problems else case.get("time") + " s"
            outcome = "FAIL" if problems else "PASS"
            known = KNOWN.get((target.broker, case.get("name"))) if problems else None
            if known:
                outcome, why = "KNOWN", known
            failed += outcome == "FAIL"
            print("%s java_clients: %s: %s" % (outcome, name, why), flush=True)
    if not seen:
        print(done.stdout[-4000:])
        print("FAIL java_clients: no test ran")
        return 1
    return 1 if failed else 0


sys.exit(main())
