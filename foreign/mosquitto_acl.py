"""Random ACL files in Debian's mosquitto and in Dunlin: the same clients may publish and receive the same, case by case. A case is one
client and one topic, asked twice: does a client that may read everything get what it publishes, and does it get, having subscribed, what a
client that may write everything publishes? Starts its own brokers. FOREIGN_SEED=N tries one seed again, FOREIGN_ACL_FILES=N as many files."""

import functools
import os
import random
import re
import shutil
import subprocess
import tempfile
import time

import broker
from harness import Failed, at_end, check, main, test
from raw import PUBLISH, Closed, Raw, Silence

SEED = int(os.environ.get("FOREIGN_SEED", "0")) or random.randrange(1, 1 << 31)
FILES = int(os.environ.get("FOREIGN_ACL_FILES", "8"))
USERS = [None, "u1", "u2", "a", "a b", "x/y", "u+1", "u#", "$x"]
CLIENTS = ["c1", "a", "b", "c/d", "c+", "$x"]
LEVELS = ["a", "b", "c1", "u1", "a b"]
ALL = "user root\ntopic readwrite #\ntopic readwrite $x/#\ntopic readwrite $x\n"
START_SECONDS_MAX = 300

MOSQUITTO = "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\npassword_file {dir}/passwd\nacl_file {dir}/acl\nlog_type error\nlog_dest stderr\n"
DUNLIN = """\
listeners.tcp {{ type = tcp, bind = "127.0.0.1:{port}", allow-anonymous = true }}
authentication.password-file = "{dir}/passwd"
authentication.hashing.memory = 7MiB
authorization.acl-file = "{dir}/acl"
sys.interval = 0s
"""


def acl_file(rng):
    """Lines as people write them, and as they should not."""

    def filter_(pattern):
        levels = LEVELS + ["+", "+", "$x"] + (["%c", "%u", "x%c", "%u%c"] if pattern else ["%c", ""])
        chosen = [rng.choice(levels) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.35:
            chosen.append("#")
        return rng.choice(["#", "+", "/".join(chosen)]) if rng.random() < 0.1 else "/".join(chosen) or "a"

    lines = ["# seed"]
    for _ in range(rng.randint(4, 14)):
        kind = rng.random()
        if kind < 0.2:
            lines.append("user " + rng.choice([u for u in USERS if u]) + rng.choice(["", " ", "  "]))
        else:
            pattern = kind < 0.5
            text = filter_(pattern)
            access = rng.choice(["read ", "write ", "readwrite ", "deny ", "" if " " not in text else "read "])
            lines.append(("pattern " if pattern else "topic ") + access + text + rng.choice(["", "  "]))
        if rng.random() < 0.1:
            lines.append("")
    return "\n".join(lines) + "\n" + ALL


def topics(rng, acl, clients, count):
    """Most are such as a line of the file matches for one of the clients, so that a good part of the answers is yes."""
    filters = [re.sub("^(topic|pattern) +((read|write|readwrite|deny) +)?", "", line).strip()
               for line in acl.replace(ALL, "").splitlines() if re.match("topic|pattern", line)]

    def topic():
        levels = [rng.choice(LEVELS + ["zz", "xc1", "u1c1"]) for _ in range(rng.randint(1, 3))]
        if filters and rng.random() < 0.8:
            client_id, user = rng.choice(clients)
            filled = rng.choice(filters).replace("%c", client_id).replace("%u", user or "u1")
            levels = [rng.choice(LEVELS) if level == "+" else level for level in filled.split("/")]
            if levels[-1] == "#":
                levels[-1:] = rng.choice([[], ["a"], ["zz", "b"]]) or (["a"] if len(levels) == 1 else [])
        elif rng.random() < 0.15:
            levels[0] = "$x"
        return "/".join(levels)

    made = (topic() for _ in range(10 * count))
    return sorted({t for t in made if t and "+" not in t and "#" not in t and (t[0] != "$" or t.split("/")[0] == "$x")})[:count]


class Running:
    """A broker of its own with one ACL file."""

    def __init__(self, kind, folder, acl):
        self.port = broker.free_ports(1)[0]
        self.dir = folder
        with open(os.path.join(folder, "acl"), "w") as f:
            f.write(acl)
        conf = os.path.join(folder, kind + ".conf")
        with open(conf, "w") as f:
            f.write({"mosquitto": MOSQUITTO, "dunlin": DUNLIN}[kind].format(port=self.port, dir=folder))
        dunlin = os.environ.get("DUNLIN", os.path.join(broker.ROOT, "dunlin")).split()
        command = ["mosquitto", "-c", conf] if kind == "mosquitto" else dunlin + ["broker", "-c", conf, "--memory"]
        self.log = open(os.path.join(folder, kind + ".log"), "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        at_end(self.stop)
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                Raw("127.0.0.1", self.port).close()
                return
            except OSError:
                check(self.process.poll() is None and time.monotonic() < end, lambda: self._tail(kind))
                time.sleep(0.05)

    def _tail(self, kind):
        with open(os.path.join(self.dir, kind + ".log"), errors="replace") as f:
            return "%s did not start: %s" % (kind, f.read()[-800:])

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def client(self, client_id, user):
        raw = Raw("127.0.0.1", self.port, seconds=20)
        login = {} if user is None else {"user": user, "password": "secret"}
        raw.connect(client_id, **login)
        return raw


def received(raw, marker_topic, expected=()):
    """The payloads that came up to the marker, and the expected ones, which may be late: they come from other clients."""
    got, marked = set(), False
    while not marked or not got.issuperset(expected):
        try:
            message = raw.message(3 if marked else 10)
        except Silence:
            if marked:
                return got
            raise
        if message.topic == marker_topic and message.payload == b"end":
            marked = True
        else:
            got.add(message.payload.decode())
    return got


def decisions(running, clients, asked):
    """(client, topic, 'publish' or 'receive') -> whether it was let through."""
    found = {}
    root = running.client("root", "root")
    root.subscribe(("#", 1), ("$x/#", 1), ("$x", 1))
    for number, (client_id, user) in enumerate(clients):
        raw = running.client(client_id, user)
        for at, topic in enumerate(asked):
            code = raw.publish(topic, "p%d-%d" % (number, at), qos=1)
            found[number, topic, "publish"] = code < 0x80
        root.publish("done/%d" % number, b"end", qos=1)
        let_through = {"p%d-%d" % (number, at) for at, topic in enumerate(asked) if found[number, topic, "publish"]}
        seen = received(root, "done/%d" % number, let_through)
        for at, topic in enumerate(asked):
            if ("p%d-%d" % (number, at) in seen) != found[number, topic, "publish"]:
                raise Failed("PUBACK and delivery of %s disagree" % topic)
        codes = raw.subscribe(("#", 1), ("$x/#", 1), ("$x", 1))
        check(max(codes) < 0x80, "a subscription was refused: %s" % codes)
        for at, topic in enumerate(asked):
            root.publish(topic, "r%d-%d" % (number, at), qos=1)
        root.publish("done/again", b"end", qos=1)
        received(root, "done/again")
        # All was routed when root's PUBACK came; the answer to a PING is behind what the broker had to send.
        raw.send(b"\xc0\x00")
        got = set()
        while True:
            packet = raw.packet(10)
            if packet.type == 13:
                break
            if packet.type == PUBLISH:
                got.add(raw.received(packet, ack=True).payload.decode())
        try:
            while True:
                packet = raw.packet(0.2)
                if packet.type == PUBLISH:
                    got.add(raw.received(packet, ack=True).payload.decode())
        except Silence:
            pass
        for at, topic in enumerate(asked):
            found[number, topic, "receive"] = "r%d-%d" % (number, at) in got
        raw.close()
    root.close()
    return found


def case(number):
    seed = SEED + number

    def run():
        rng = random.Random(seed)
        acl = acl_file(rng)
        clients = [(rng.choice(CLIENTS), rng.choice(USERS)) for _ in range(6)]
        asked = topics(rng, acl, clients, 12)
        answers = {}
        for kind in ("mosquitto", "dunlin"):
            folder = tempfile.mkdtemp(prefix="acl-%s-" % kind)
            at_end(functools.partial(shutil.rmtree, folder, ignore_errors=True))
            os.chmod(folder, 0o755)
            passwd = os.path.join(folder, "passwd")
            with open(passwd, "w") as f:
                f.write("".join("%s:secret\n" % user for user in USERS + ["root"] if user))
            subprocess.run(["mosquitto_passwd", "-U", passwd], check=True, timeout=20)
            os.chmod(passwd, 0o640)
            running = Running(kind, folder, acl)
            try:
                answers[kind] = decisions(running, clients, asked)
            except (AssertionError, Closed, Silence) as e:
                raise Failed("FOREIGN_SEED=%d: %s: %r\n%s" % (seed, kind, e, acl)) from e
            finally:
                running.stop()
        for key, theirs in answers["mosquitto"].items():
            client, topic, action = key
            if answers["dunlin"][key] != theirs:
                raise Failed("FOREIGN_SEED=%d: client %r: %s of %s is %s, in mosquitto %s\n%s" % (
                    seed, clients[client], action, topic, answers["dunlin"][key], theirs, acl))
        print("     %d decisions, %d of them yes" % (len(answers["dunlin"]), sum(answers["dunlin"].values())))

    test("the decisions of ACL file %d agree with mosquitto's (seed %d)" % (number + 1, seed))(run)


for file_number in range(FILES):
    case(file_number)

if __name__ == "__main__":
    main(__file__)
