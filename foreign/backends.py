"""Logins and rights in back ends that we did not write: PostgreSQL from Debian with the tables of EMQX; and back ends that hang.

Each back end is right, wrong, slow, down, malformed and back again, while clients that need none of them go on."""

import hashlib
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from broker import ROOT, free_ports
from harness import at_end, check, equal, main, target, test, unique, wait_until
from postgres import OWNER, PASSWORD, Postgres
from raw import CONNACK, PUBACK, Raw, connect_packet, publish_packet

DUNLIN = os.environ.get("DUNLIN", os.path.join(ROOT, "dunlin"))
SUCCESS, WRONG, NOT_AUTHORIZED, UNAVAILABLE = 0, 0x86, 0x87, 0x88
HANGING_LOGINS = 500
TABLES = """\
CREATE TABLE mqtt_user (id serial PRIMARY KEY, username text UNIQUE, password_hash text, salt text, is_superuser boolean DEFAULT false, created timestamptz DEFAULT now());
CREATE TYPE ACTION AS ENUM ('publish', 'subscribe', 'all');
CREATE TYPE PERMISSION AS ENUM ('allow', 'deny');
CREATE TABLE mqtt_acl (id serial PRIMARY KEY, ipaddress varchar(60) NOT NULL DEFAULT '', username varchar(255) NOT NULL DEFAULT '',
  clientid varchar(255) NOT NULL DEFAULT '', action ACTION, permission PERMISSION, topic varchar(255) NOT NULL, qos smallint, retain smallint);
GRANT SELECT ON mqtt_user, mqtt_acl TO dunlin"""

CONF = """\
store.enabled = false
shards = 2
listeners {{
  open {{ type = tcp, bind = "127.0.0.1:{open}", allow-anonymous = true, authentication-chain = [users] }}
  sql {{ type = tcp, bind = "127.0.0.1:{sql}", allow-anonymous = false, authentication-chain = [sql] }}
  ldap {{ type = tcp, bind = "127.0.0.1:{ldap}", allow-anonymous = false, authentication-chain = [ldap] }}
  http {{ type = tcp, bind = "127.0.0.1:{http}", allow-anonymous = false, authentication-chain = [http] }}
  both {{ type = tcp, bind = "127.0.0.1:{both}", allow-anonymous = false, authentication-chain = [sql, users] }}
}}
authentication {{
  users.local.password = local-secret
  sql {{
    url = "jdbc:postgresql://127.0.0.1:{postgres}/mqtt", username = {owner}, password = {password}
    query = "SELECT username, password_hash, salt, is_superuser FROM mqtt_user WHERE username = ${{username}} LIMIT 1"
    hash = sha256, pool-size = 4, timeout = 1s, remember = 0s
  }}
  ldap {{ url = "ldap://127.0.0.1:{silent}", user-dn = "uid=${{username}},ou=people,dc=example", timeout = 1s, remember = 0s }}
  http {{ url = "http://127.0.0.1:{silent}/login", timeout = 1s }}
}}
authorization {{
  chain = [rules, sql]
  rules = [
    {{ effect = allow, listeners = [open], action = all, topics = ["#"] }}
    {{ effect = allow, users = [loader], action = all, topics = ["#"] }}
  ]
  sql {{
    query = "SELECT permission, action, topic, ipaddress, qos, retain FROM mqtt_acl WHERE username = ${{username}} ORDER BY id"
    timeout = 1s, remember = 2s
  }}
}}
"""


class Silent:
    """A server that accepts and never answers."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(1000)
        self.port = self.socket.getsockname()[1]
        self.taken = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                self.taken.append(self.socket.accept()[0])
            except OSError:
                return


class Scene:
    """PostgreSQL, a silent directory and a broker that asks both. Made once for all tests of this file."""

    one = None

    def __init__(self):
        self.postgres = Postgres()
        self.postgres.__enter__()
        self.broker, self.dir = None, None
        try:
            self.postgres.sql(TABLES)
            self.silent = Silent()
            self.ports = dict(zip(("open", "sql", "ldap", "http", "both"), free_ports(5)))
            self.dir = tempfile.mkdtemp(prefix="foreign-backends-")
            conf = os.path.join(self.dir, "dunlin.conf")
            with open(conf, "w") as f:
                f.write(CONF.format(postgres=self.postgres.port, silent=self.silent.port, owner=OWNER, password=PASSWORD, **self.ports))
            os.chmod(conf, 0o600)
            self.log_path = os.path.join(self.dir, "log")
            with open(self.log_path, "wb") as log:
                self.broker = subprocess.Popen([DUNLIN, "broker", "-c", conf, "--data", self.dir + "/data"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            wait_until(self._is_open, lambda: "the broker does not listen:\n" + self.log()[-1500:], 300)
        except BaseException:
            self.close()
            raise

    def _is_open(self):
        check(self.broker.poll() is None, lambda: "the broker ended: " + self.log()[-1500:])
        try:
            for port in self.ports.values():
                socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def close(self):
        if self.broker and self.broker.poll() is None:
            self.broker.send_signal(signal.SIGTERM)
            try:
                self.broker.wait(20)
            except subprocess.TimeoutExpired:
                self.broker.kill()
                self.broker.wait()
        self.postgres.__exit__()
        if self.dir:
            shutil.rmtree(self.dir, ignore_errors=True)

    @classmethod
    def get(cls):
        if cls.one is None:
            signal.alarm(400)  # ./dunlin may have to be built first
            cls.one = cls()
            signal.alarm(60)
        return cls.one


def user(name, password, superuser=False, salt="salt"):
    """Writes a user as EMQX does: SHA-256 over password and salt."""
    quoted = name.replace("'", "''")
    Scene.get().postgres.sql(
        "DELETE FROM mqtt_user WHERE username = '%s'" % quoted,
        "INSERT INTO mqtt_user (username, password_hash, salt, is_superuser) VALUES ('%s', '%s', '%s', %s)"
        % (quoted, hashlib.sha256((password + salt).encode()).hexdigest(), salt, superuser))


def login(listener, name, password, version=5, seconds=15):
    """The reason code of a login's CONNACK."""
    client = Raw("127.0.0.1", Scene.get().ports[listener], version, seconds)
    try:
        return client.connect(unique("c"), user=name, password=password, expect=None).code
    finally:
        client.close()


def good_client_works():
    client = Raw("127.0.0.1", Scene.get().ports["open"], 5, 5)
    try:
        client.connect(unique("good"))
        name = unique("good")
        client.subscribe((name, 1))
        client.publish(name, b"x", 1)
        equal(client.message().payload, b"x", "its own message")
    finally:
        client.close()


def back_again(name, password):
    wait_until(lambda: login("sql", name, password) == SUCCESS, lambda: "logins work again; log: " + Scene.get().log()[-600:], 40)


@test("SQL: right, wrong and unknown")
def sql_decides():
    user("alice", "secret")
    for version in (4, 5):
        expected = SUCCESS, WRONG if version == 5 else 5
        equal(login("sql", "alice", "secret", version), expected[0], "the right password")
        for name, password in (("alice", "Secret"), ("alice", ""), ("alice", "secretsalt"), ("nobody", "secret"), ("ALICE", "secret")):
            check(login("sql", name, password, version) in (WRONG, NOT_AUTHORIZED, 4, 5), "let in: %r with %r" % (name, password))
        check(login("sql", None, None, version) in (WRONG, NOT_AUTHORIZED, 4, 5), "let in without a name")
    equal(login("both", "local", "local-secret"), SUCCESS, "a user of the next source")
    check(login("both", "alice", "local-secret") != SUCCESS, "a wrong password goes to no other source")
    Scene.get().postgres.sql("UPDATE mqtt_user SET password_hash = NULL WHERE username = 'alice'")
    equal(login("sql", "alice", "secret"), WRONG, "a user without a hash")


@test("SQL: a user name is a value, whatever it is")
def sql_injection():
    user("alice", "secret")
    names = ["' OR '1'='1", "' OR 1=1 --", "alice' --", "alice'; DROP TABLE mqtt_user; --", "nobody' UNION SELECT 'x','y','z',true --", "?", "$1",
             "${username}", "%", "_lice", "alice\\", "\\'; SELECT 1; --", "\u2019 OR 1=1"]
    for name in names:
        check(login("sql", name, "secret") != SUCCESS, "let in: %r" % name)
    for name in names:  # and they are names like others
        user(name, "own")
        equal(login("sql", name, "own"), SUCCESS, "user %r" % name)
    equal(login("sql", "alice", "secret"), SUCCESS, "alice is still there")


@test("SQL: a slow data base refuses in time, keeps nobody else waiting, and is back")
def sql_slow():
    user("alice", "secret")
    equal(login("sql", "alice", "secret"), SUCCESS, "before")
    release = Scene.get().postgres.lock("mqtt_user")
    at_end(release)
    began = time.monotonic()
    equal(login("sql", "alice", "secret"), UNAVAILABLE, "while the table is locked")
    check(time.monotonic() - began < 10, "it took %.1f s to refuse" % (time.monotonic() - began))
    equal(login("both", "local", "local-secret"), UNAVAILABLE, "the next source is not asked")
    good_client_works()
    release()
    back_again("alice", "secret")


@test("SQL: a table of another form lets nobody in, and the log says so once")
def sql_malformed():
    user("alice", "secret")
    postgres = Scene.get().postgres
    back_again("alice", "secret")
    postgres.sql("ALTER TABLE mqtt_user RENAME COLUMN password_hash TO other")
    try:
        lines = Scene.get().log().count("sql fails:")
        for _ in range(12):
            equal(login("sql", "alice", "secret"), UNAVAILABLE, "without the column")
        check(Scene.get().log().count("sql fails:") - lines <= 1, "more than one line for one outage")
    finally:
        postgres.sql("ALTER TABLE mqtt_user RENAME COLUMN other TO password_hash")
    back_again("alice", "secret")
    postgres.sql("UPDATE mqtt_user SET password_hash = 'rubbish' WHERE username = 'alice'")
    equal(login("sql", "alice", "secret"), WRONG, "a hash that is none")


@test("SQL: a data base that is down lets nobody in, and is back")
def sql_down():
    user("alice", "secret")
    postgres = Scene.get().postgres
    back_again("alice", "secret")
    postgres.stop()
    try:
        for _ in range(12):
            equal(login("sql", "alice", "secret"), UNAVAILABLE, "while it is down")
        good_client_works()
    finally:
        postgres.start()
    back_again("alice", "secret")
    check("answers again" in Scene.get().log(), "the log does not say that it is back")
    check(PASSWORD not in Scene.get().log(), "the log has the password of the data base")


@test("LDAP: a directory that never answers refuses in time")
def ldap_silent():
    began = time.monotonic()
    equal(login("ldap", "alice", "secret"), UNAVAILABLE, "a silent directory")
    check(time.monotonic() - began < 10, "it took %.1f s to refuse" % (time.monotonic() - began))
    equal(login("ldap", "alice", ""), WRONG, "an empty password is refused before anybody is asked")
    good_client_works()


@test("HTTP: a service that never answers refuses in time")
def http_silent():
    began = time.monotonic()
    equal(login("http", "alice", "secret"), UNAVAILABLE, "a silent service")
    check(time.monotonic() - began < 10, "it took %.1f s to refuse" % (time.monotonic() - began))
    good_client_works()


def rights(name, *rows):
    """Writes the rules of a user as EMQX does. rows: (permission, action, topic, qos, retain)."""
    values = ["('%s', '%s', '%s', '%s', %s, %s)" % (name, permission, action, topic, qos, retain) for permission, action, topic, qos, retain in rows]
    Scene.get().postgres.sql("DELETE FROM mqtt_acl WHERE username = '%s'" % name,
                             "INSERT INTO mqtt_acl (username, permission, action, topic, qos, retain) VALUES " + ", ".join(values))


def connected(name, password="secret", seconds=15):
    client = Raw("127.0.0.1", Scene.get().ports["sql"], 5, seconds)
    at_end(client.close)
    client.connect("id-" + name, user=name, password=password)
    return client


@test("SQL: rights of EMQX's table decide about publishing, subscribing and delivery")
def sql_rights():
    user("bert", "secret")
    user("root", "secret", superuser=True)
    back_again("bert", "secret")
    rights("bert", ("deny", "publish", "a/secret", "NULL", "NULL"), ("deny", "subscribe", "a/hidden", "NULL", "NULL"), ("allow", "all", "a/#", "NULL", "NULL"),
           ("allow", "publish", "up/${clientid}/${username}", "1", "0"), ("allow", "subscribe", "eq e/#", "NULL", "NULL"))
    bert = connected("bert")
    for topic, options, expected in (("a/x", {}, True), ("a/secret", {}, False), ("a", {"retain": True}, True), ("b", {}, False),
                                     ("up/id-bert/bert", {}, True), ("up/id-bert/bert", {"retain": True}, False), ("up/id-other/bert", {}, False)):
        code = bert.publish(topic, b"x", 1, **options)
        equal(code != NOT_AUTHORIZED, expected, "publishing to %s %s" % (topic, options))
    equal(bert.publish("up/id-bert/bert", b"x", 2), NOT_AUTHORIZED, "publishing with another QoS")
    for topic, expected in (("a/#", True), ("a/hidden", False), ("e/#", True), ("e/f", False), ("#", False), ("$share/g/a/x", True), ("$share/g/b", False)):
        equal(bert.subscribe((topic, 1))[0] < 0x80, expected, "subscribing to %s" % topic)
    root = connected("root")
    bert.unsubscribe("$share/g/a/x")
    for topic in ("a/hidden", "b", "a/seen"):
        check(root.publish(topic, b"from root", 1) < 0x80, "a superuser may publish everything")
    got = wait_until(lambda: next((m for m in [bert.message(5)] if m.payload == b"from root"), None), "the message that bert may have")
    equal(got.topic, "a/seen", "the topic of what comes")
    bert.nothing()


@test("SQL: rights that are changed, or cannot be had")
def sql_rights_change():
    user("carl", "secret")
    back_again("carl", "secret")
    rights("carl", ("allow", "all", "c/#", "NULL", "NULL"))
    carl = connected("carl")
    wait_until(lambda: carl.publish("c/x", b"x", 1) != NOT_AUTHORIZED, "the rights are there", 15)
    rights("carl", ("deny", "all", "c/#", "NULL", "NULL"))
    wait_until(lambda: carl.publish("c/x", b"x", 1) == NOT_AUTHORIZED, "the rights are gone", 15)
    rights("carl", ("allow", "all", "c/#", "NULL", "NULL"))
    wait_until(lambda: carl.publish("c/x", b"x", 1) != NOT_AUTHORIZED, "the rights are back", 15)
    release = Scene.get().postgres.lock("mqtt_acl")
    at_end(release)
    wait_until(lambda: carl.publish("c/x", b"x", 1) == NOT_AUTHORIZED, "nothing is allowed while nobody can say so", 25)
    good_client_works()
    release()
    wait_until(lambda: carl.publish("c/x", b"x", 1) != NOT_AUTHORIZED, "allowed again after the lock", 30)
    Scene.get().postgres.sql("ALTER TABLE mqtt_acl RENAME COLUMN topic TO other")
    try:
        wait_until(lambda: carl.publish("c/x", b"x", 1) == NOT_AUTHORIZED, "nothing is allowed without the column", 25)
    finally:
        Scene.get().postgres.sql("ALTER TABLE mqtt_acl RENAME COLUMN other TO topic")
    wait_until(lambda: carl.publish("c/x", b"x", 1) != NOT_AUTHORIZED, "allowed again with the column", 30)


def round_trips(port, seconds, results):
    """20 clients send themselves QoS 1 messages, one each at a time; the times of all of them, in ms."""
    clients, times = [], []
    for i in range(20):
        client = Raw("127.0.0.1", port, 5, 30)
        client.connect("load-%d-%d" % (os.getpid(), i))
        client.subscribe(("load/%d/%d" % (os.getpid(), i), 1))
        clients.append(client)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sent = []
        for i, client in enumerate(clients):
            sent.append(time.monotonic())
            client.send(publish_packet("load/%d/%d" % (os.getpid(), i), b"x", 1, packet_id=client.packet_id()))
        for i, client in enumerate(clients):
            client.message(30)
            times.append((time.monotonic() - sent[i]) * 1000)
            client.answer(PUBACK)
    for client in clients:
        client.close()
    times.sort()
    results.put((len(times), times[len(times) // 2], times[len(times) * 99 // 100], times[-1]))


def measured(port, seconds):
    results = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=round_trips, args=(port, seconds, results), daemon=True)
    process.start()
    process.join(seconds + 40)
    check(process.exitcode == 0, "the load did not come through: exit code %s" % process.exitcode)
    return results.get()


class Hangers:
    """Clients whose logins hang; who is refused comes again a second later."""

    def __init__(self, ports, count):
        self.stop, self.refused, self.let_in = threading.Event(), 0, 0
        self.sockets = {}
        for i in range(count):
            self._open(ports[i % len(ports)])
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _open(self, port):
        s = socket.create_connection(("127.0.0.1", port), 10)
        s.sendall(connect_packet(unique("hang"), 5, user="alice", password="secret"))
        s.setblocking(False)
        self.sockets[s] = port

    def _run(self):
        again = []
        while not self.stop.wait(0.05):
            while again and again[0][0] <= time.monotonic():
                self._open(again.pop(0)[1])
            for s, port in list(self.sockets.items()):
                try:
                    data = s.recv(100)
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""
                self.let_in += len(data) > 3 and data[0] >> 4 == CONNACK and data[3] == 0
                self.refused += 1
                s.close()
                del self.sockets[s]
                again.append((time.monotonic() + 1, port))

    def end(self):
        self.stop.set()
        self.thread.join(10)
        for s in self.sockets:
            s.close()


@test("back ends that hang slow nobody else down")
def latency():
    scene = Scene.get()
    user("alice", "secret")
    back_again("alice", "secret")
    measured(scene.ports["open"], 2)
    before = measured(scene.ports["open"], 5)
    release = scene.postgres.lock("mqtt_user")
    at_end(release)
    hangers = Hangers([scene.ports["sql"], scene.ports["ldap"], scene.ports["http"]], HANGING_LOGINS)
    at_end(hangers.end)
    during = measured(scene.ports["open"], 5)
    hangers.end()
    release()
    for name, (count, half, most, longest) in (("without", before), ("with", during)):
        print("     round trips %s %d hanging logins: %d, p50 %.2f ms, p99 %.2f ms, max %.1f ms" % (name, HANGING_LOGINS, count, half, most, longest))
    print("     %d logins were refused meanwhile" % hangers.refused)
    equal(hangers.let_in, 0, "logins that were let in while nobody could check them")
    check(during[0] > 20, "no progress")
    check(during[1] < max(2000, 20 * before[1]), "half of the round trips take %.1f ms instead of %.1f" % (during[1], before[1]))
    back_again("alice", "secret")


if __name__ == "__main__":
    if target.broker == "mosquitto":
        print("SKIP backends: it has none of its own")
        raise SystemExit(0)
    try:
        main(__file__)
    finally:
        if Scene.one:
            Scene.one.close()
