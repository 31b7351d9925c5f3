"""dunlin import mosquitto: a Mosquitto with a password file, an ACL file and users of its dynamic security plugin, and a Dunlin with what
was imported from the same files, decide alike about logins, subscriptions and messages. Starts brokers of its own."""

import base64
import glob
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes  # noqa: F401  (fails early where paho is too old for MQTT 5)

import broker as brokers

DUNLIN = os.environ.get("DUNLIN", os.path.join(brokers.ROOT, "dunlin"))
START_SECONDS_MAX = 300
PLUGINS = glob.glob("/usr/lib/*/mosquitto_dynamic_security.so")

FILES_CONF = """\
# files
per_listener_settings false
persistence true
persistence_location {dir}/store/
log_dest stderr
log_type error
max_queued_messages 500
max_inflight_messages 30
persistent_client_expiration 2w
listener {port} 127.0.0.1
max_connections 50
allow_anonymous {anonymous}
password_file {dir}/passwd
acl_file {dir}/acl
"""
ACL = """\
topic read news/#
user alice
topic readwrite line/#
topic deny line/secret
user bob
topic write in/bob
pattern write devices/%c/up
pattern read devices/%c/down
"""
DYNAMIC_CONF = """\
persistence false
log_dest stderr
log_type error
listener {port} 127.0.0.1
allow_anonymous true
plugin {plugin}
plugin_opt_config_file {dir}/dynamic.json
"""

LOGINS = [("alice", "secret"), ("alice", "wrong"), ("bob", "secret"), ("nobody", "secret"), ("off", "secret"), (None, None)]
FILTERS = ["news/#", "news/a", "line/#", "line/1", "in/bob", "devices/c1/down", "devices/c2/down", "#", "line/+", "$SYS/broker/version"]
TOPICS = ["news/a", "line/1", "line/secret", "in/bob", "devices/c1/up", "devices/c2/up", "other"]
failures = 0


def report(name, problem=""):
    global failures
    failures += bool(problem)
    print("%s import_mosquitto: %s%s" % ("FAIL" if problem else "PASS", name, ": " + problem if problem else ""), flush=True)


def dynamic():
    """What the plugin would have written, one value a line, so that places can be told."""
    salt = os.urandom(12)
    hashed = hashlib.pbkdf2_hmac("sha512", b"secret", salt, 101)

    def client(name, roles, **more):
        return {"username": name, "password": base64.b64encode(hashed).decode(), "salt": base64.b64encode(salt).decode(),
                "iterations": 101, "roles": [{"rolename": role} for role in roles], **more}

    def acl(kind, topic, allow=True, priority=0):
        return {"acltype": kind, "topic": topic, "allow": allow, "priority": priority}

    return {
        "defaultACLAccess": {"publishClientSend": False, "publishClientReceive": True, "subscribe": False, "unsubscribe": True},
        "clients": [client("alice", ["line"]), client("bob", []), client("off", ["line"], disabled=True)],
        "groups": [
            {"groupname": "writers", "clients": [{"username": "bob"}], "roles": [{"rolename": "in"}]},
            {"groupname": "guests", "clients": [], "roles": [{"rolename": "news"}]},
        ],
        "anonymousGroup": "guests",
        "roles": [
            {"rolename": "line", "acls": [
                acl("publishClientSend", "line/#"), acl("publishClientSend", "line/secret", False, 10),
                acl("subscribePattern", "line/#"), acl("subscribeLiteral", "#")]},
            {"rolename": "in", "acls": [acl("publishClientSend", "in/bob"), acl("subscribeLiteral", "in/bob")]},
            {"rolename": "news", "acls": [acl("subscribePattern", "news/#"), acl("publishClientSend", "$CONTROL/dynamic-security/#")]},
        ],
    }


class Running:
    def __init__(self, command, port, log):
        self.port = port
        self.log = open(log, "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)

    def __enter__(self):
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    with open(self.log.name, errors="replace") as f:
                        raise RuntimeError("did not start: " + f.read()[-2000:]) from None
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)
        self.log.close()


def ask(port, user, password, client_id="c1"):
    """What this client may: the answer to CONNECT, to each SUBSCRIBE, to each PUBLISH with QoS 1."""
    seen = {}
    client = paho.Client(client_id, protocol=paho.MQTTv5)
    if user is not None:
        client.username_pw_set(user, password)
    codes = []
    client.on_connect = lambda c, u, flags, reason, properties: codes.append(reason.value)
    client.on_subscribe = lambda c, u, mid, reasons, properties: seen.update({("sub", mid): reasons[0].value >= 128})
    answers = {}

    def published(mid, reason):
        answers[mid] = reason >= 128

    client.on_publish = lambda c, u, mid: answers.setdefault(mid, False)
    original = client._handle_pubackcomp

    def pubackcomp(command):  # paho 1 does not tell the reason of a PUBACK otherwise
        packet = bytes(client._in_packet["packet"])
        published(int.from_bytes(packet[:2], "big"), packet[2] if len(packet) > 2 else 0)
        return original(command)

    client._handle_pubackcomp = pubackcomp

    def until(done):
        end = time.monotonic() + 10
        while not done() and time.monotonic() < end:
            if client.loop(0.05) != 0:
                break
        return done()

    client.connect("127.0.0.1", port)
    until(lambda: codes)
    result = {"connect": codes[0] >= 128 if codes else True}
    if result["connect"]:
        return result
    for topic in FILTERS:
        _, mid = client.subscribe(topic, 1)
        result["sub " + topic] = seen.get(("sub", mid)) if until(lambda mid=mid: ("sub", mid) in seen) else "no answer"
    for topic in TOPICS:
        info = client.publish(topic, "x", 1)
        result["pub " + topic] = answers.get(info.mid) if until(lambda info=info: info.mid in answers) else "no answer"
    client.disconnect()
    until(lambda: True)
    return result


def run_import(folder, name, conf, expected):
    """Imports and returns the configuration file, or None."""
    path = os.path.join(folder, name + "-copy.conf")
    with open(path, "w") as f:
        f.write(conf)
    to = os.path.join(folder, "imported-" + name)
    done = subprocess.run([DUNLIN, "import", "mosquitto", path, "--to", to], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=START_SECONDS_MAX)
    problem = "" if done.returncode == 2 else "exit code %d: %s" % (done.returncode, (done.stdout + done.stderr)[-1500:])
    for text in expected:
        if not problem and not re.search(text, done.stdout):
            problem = "does not say " + text
    report(name + ": imports and says what it could not take", problem)
    return os.path.join(to, "dunlin.conf") if done.returncode in (0, 2) else None


def compare(folder, name, template, expected, **more):
    ports = brokers.free_ports(2)
    theirs = os.path.join(folder, name + ".conf")
    with open(theirs, "w") as f:
        f.write("user root\n" + template.format(port=ports[0], dir=folder, **more))
    ours = run_import(folder, name, template.format(port=ports[1], dir=folder, **more), expected)
    if not ours:
        return
    with Running(["mosquitto", "-c", theirs], ports[0], theirs + ".log"), \
            Running([DUNLIN, "broker", "-c", ours], ports[1], os.path.join(folder, name + "-dunlin.log")):
        for user, password in LOGINS:
            one, other = ask(ports[0], user, password), ask(ports[1], user, password)
            different = ["%s: %s here %s" % (what, "refused" if one[what] else "allowed", "refused" if other.get(what) else "allowed")
                         for what in one if one[what] != other.get(what)]
            report("%s: %s with password %s, %d decisions" % (name, user, password, len(one)), "; ".join(different))


def main():
    folder = tempfile.mkdtemp(prefix="foreign-import-")
    os.chmod(folder, 0o755)
    try:
        os.mkdir(os.path.join(folder, "store"))
        with open(os.path.join(folder, "acl"), "w") as f:
            f.write(ACL)
        with open(os.path.join(folder, "dynamic.json"), "w") as f:
            json.dump(dynamic(), f, indent=1)
        passwd = os.path.join(folder, "passwd")
        open(passwd, "w").close()
        for user in ("alice", "bob"):
            subprocess.run(["mosquitto_passwd", "-b", passwd, user, "secret"], check=True, timeout=20, stdout=subprocess.DEVNULL)
        left = [r"files-copy\.conf:4: persistence_location .*: what Mosquitto has stored there is not read"]
        compare(folder, "files", FILES_CONF, left, anonymous="false")
        shutil.rmtree(os.path.join(folder, "imported-files"), ignore_errors=True)
        compare(folder, "files", FILES_CONF, left, anonymous="true")
        if PLUGINS:
            left = [r"dynamic\.json:\d+: role news: \$CONTROL/dynamic-security/# means nothing here", r"dynamic\.json:\d+: role line denies something"]
            compare(folder, "dynamic", DYNAMIC_CONF, left, plugin=PLUGINS[0])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
