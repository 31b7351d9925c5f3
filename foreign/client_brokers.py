"""Dunlin's client against brokers that its authors did not write: mosquitto, HiveMQ CE and Moquette, and Dunlin's own as the measure of the checks."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import broker as brokers

sys.path.append(os.path.join(brokers.HERE, "crash"))
import exactly_once  # noqa: E402  (java, library)

SOURCES = os.path.join(brokers.HERE, "brokers")
START_SECONDS_MAX = 60
CHECK_SECONDS_MAX = 240
MOSQUITTO_CONF = "listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0\n"
OPENED = [option for package in ("java.base/java.lang", "java.base/java.nio", "java.base/sun.nio.ch", "java.base/sun.security.provider", "jdk.management/com.sun.management.internal")
          for option in ("--add-opens", package + "=ALL-UNNAMED")]

# (broker, check): why it fails there, and that it is not the client.
KNOWN = {
    ("moquette", "3.1.1 retained, replaced and deleted"): "0.17 sends a retained message to a new subscription without RETAIN [MQTT-3.3.1-8]",
    ("hivemq", "3.1.1 shared subscription"): "seen once in many runs: one of 20 messages to a group did not come within 15 s; not traced to a side",
    ("hivemq", "5 shared subscription"): "as with 3.1.1",
    ("moquette", "3.1.1 shared subscription"): "0.17 takes $share of a 3.1.1 client for a plain topic, which 3.1.1 allows",
}
VERSIONS = {"moquette": "3.1.1"}  # 0.17 refuses MQTT 5 with the return code of 3.1.1 for an unknown version


def maven_class_path(name, folder):
    listing = os.path.join(folder, name + ".classpath")
    subprocess.run(["mvn", "-q", "-B", "-f", os.path.join(SOURCES, name + ".xml"), "dependency:build-classpath", "-Dmdep.outputFile=" + listing],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=400)
    with open(listing) as f:
        return f.read().strip()


def compile_java(source, class_path, folder):
    classes = os.path.join(folder, source + ".classes")
    subprocess.run([exactly_once.java("javac"), "-nowarn", "-proc:none", "--release", "17", "-cp", class_path, "-d", classes, os.path.join(SOURCES, source + ".java")],
                   check=True, timeout=120, stderr=subprocess.PIPE)
    return class_path + os.pathsep + classes


def command(name, port, folder):
    """What starts this broker on this port, with its files in this folder."""
    if name == "dunlin":
        return [os.path.join(brokers.ROOT, "dunlin"), "broker", "-p", str(port), "--data", os.path.join(folder, "data")]
    if name == "mosquitto":
        conf = os.path.join(folder, "mosquitto.conf")
        with open(conf, "w") as f:
            f.write(MOSQUITTO_CONF.format(port=port))
        return ["mosquitto", "-c", conf]
    program = name.capitalize() + "Broker"
    class_path = compile_java(program, maven_class_path(name, folder), folder)
    return [exactly_once.java("java"), "-Xmx512m", "-XX:+UseSerialGC"] + OPENED + ["-cp", class_path, program, str(port), folder]


def await_port(process, port):
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("it ended by itself" if process.poll() is not None else "no open port after %d s" % START_SECONDS_MAX)


def check(name, class_path, words, folder):
    """Prints the outcome of each check against this broker. Returns how many failed."""
    failed = 0
    port = brokers.free_ports(1)[0]
    own = os.path.join(folder, name)
    os.mkdir(own)
    log_path = os.path.join(own, "broker.log")
    with open(log_path, "wb") as log:
        process = subprocess.Popen(command(name, port, own), cwd=own, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            await_port(process, port)
            done = subprocess.run([exactly_once.java("java"), "-cp", class_path, "ClientBrokers", str(port), VERSIONS.get(name, "3.1.1,5")] + words,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=CHECK_SECONDS_MAX, text=True, errors="replace")
            for line in done.stdout.splitlines():
                parts = line.split("\t")
                if len(parts) != 3:
                    print("    " + line)
                    continue
                outcome, title, detail = parts
                known = KNOWN.get((name, title)) if outcome == "bad" else None
                failed += outcome == "bad" and not known
                print("%s client_brokers: %s: %s: %s" % ("PASS" if outcome == "ok" else "KNOWN" if known else "FAIL", name, title, known or detail), flush=True)
        except (RuntimeError, OSError, subprocess.SubprocessError) as e:
            failed += 1
            print("FAIL client_brokers: %s: %s" % (name, e), flush=True)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    if failed:
        with open(log_path, errors="replace") as f:
            print("".join("    " + line for line in f.readlines()[-15:]))
    return failed


def main():
    if json.loads(os.environ.get("FOREIGN_TARGET", "{}")).get("broker", "dunlin") != "dunlin":
        print("SKIP client_brokers: all: it starts its own brokers, once is enough")
        return 0
    chosen = [word for word in sys.argv[1:] if word in ("dunlin", "mosquitto", "hivemq", "moquette")]
    words = [word for word in sys.argv[1:] if word not in chosen]
    folder = tempfile.mkdtemp(prefix="client-brokers-")
    try:
        class_path = compile_java("ClientBrokers", os.pathsep.join(exactly_once.library("dunlin", folder)), folder)
        return 1 if sum(check(name, class_path, words, folder) for name in chosen or ("dunlin", "mosquitto", "hivemq", "moquette")) else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
