"""Password files that Debian's mosquitto_passwd wrote: mosquitto and Dunlin decide alike about every login, case by case; then what
Dunlin alone reads and writes. Starts brokers of its own."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import broker as brokers
import raw

START_SECONDS_MAX = 300
DUNLIN = os.environ.get("DUNLIN", os.path.join(brokers.ROOT, "dunlin"))

LONG = "x" * 5000
# user, password; special names as far as a line of a file can hold them
USERS = [
    ("alice", "secret"), ("bob", "päss wörd"), ("c d", "blank in the name"), ("jürgen", "secret"), ("e=f,g/h", "secret"), ("i+j#k", "secret"),
    ("$7$l", "secret"), ("long", LONG), ("p", "$6$looks$like"), ("quote\"'\\", "'\"\\"), ("n" * 300, "long name"), ("0", "0"),
]
OLD = [("old", "secret"), ("oldü", "p:w")]  # -H sha512
PLAIN = [("plain", "secret"), ("plain 2", "with blank"), ("plain3", "a:b:c")]  # hashed by -U

# What a login may be wrong by: (password, shown) -> password shown
WRONG = [b"", b"wrong", None]

MOSQUITTO_CONF = """\
user root
per_listener_settings true
log_dest stderr
log_type error
listener {closed} 127.0.0.1
allow_anonymous false
password_file {dir}/passwd
listener {open} 127.0.0.1
allow_anonymous true
password_file {dir}/passwd
"""
DUNLIN_CONF = """\
listeners {{
  closed {{ bind = "127.0.0.1:{closed}", allow-anonymous = false }}
  open {{ bind = "127.0.0.1:{open}", allow-anonymous = true }}
}}
authentication {{ password-file = "{dir}/passwd", rehash = {rehash}, hashing {{ memory = 7MiB, passes = 5 }} }}
store.enabled = false
"""

# (listener, user, password) where mosquitto lets in and Dunlin refuses, and why.
EMPTY_NAME = "an empty user name is a user name that nobody has; mosquitto takes it for none, and ignores the password"
DIFFERENT = {("open", b"", password): EMPTY_NAME for password in (None, b"", b"secret")}
# To the HMAC of PBKDF2 ($7$) zeros at the end of a password are nothing, to argon2id they are.
TRAILING_ZERO = (b"alice", b"secret\x00")


def write_passwords(path):
    """By mosquitto_passwd: one by one (-b), of the old kind (-H sha512), and a plain file made good (-U)."""

    def passwd(*args):
        subprocess.run(["mosquitto_passwd", *args], check=True, timeout=20, stdout=subprocess.DEVNULL)

    with open(path, "w") as f:
        f.write("".join("%s:%s\n" % user for user in PLAIN))
    passwd("-U", path)
    for user, password in USERS:
        passwd("-b", path, user, password)
    for user, password in OLD:
        passwd("-H", "sha512", "-b", path, user, password)


def cases():
    """(user or None, password or None) as bytes."""
    for user, password in USERS + OLD + PLAIN:
        right = password.encode()
        for shown in [right, right + b"x", right[:-1], right.upper(), right + b"\n", b" " + right] + WRONG:
            yield user.encode(), shown
    for user in ["nobody", "Alice", "alice ", " alice", "alic", "alicex", "#", "$7$", "nobody/+/#", "x" * 1000]:
        for shown in [b"secret"] + WRONG:
            yield user.encode(), shown
    yield None, None
    yield b"", None
    yield b"", b""
    yield b"", b"secret"
    yield b"alice", b"secret\x00"
    yield b"alice", bytes(range(256))
    yield b"alice", b"s" * 65535


def login(port, version, user, password):
    """The return or reason code; 'closed' where the broker closed the connection without one."""
    flags = 2 | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
    body = raw.text("MQTT") + bytes([version, flags, 0, 10]) + (b"\0" if version == 5 else b"") + raw.text("")
    for field in (user, password):
        if field is not None:
            body += raw.text(field)
    packet = b"\x10" + raw.varint(len(body)) + body
    with socket.create_connection(("127.0.0.1", port), 20) as s:
        try:
            s.sendall(packet)
            answer = s.recv(4)
        except ConnectionError:
            return "closed"
    return answer[3] if len(answer) == 4 and answer[0] == 0x20 else "closed"


class Running:
    """A broker with this folder's password file."""

    def __init__(self, kind, folder, rehash=False):
        self.kind, self.folder = kind, folder
        self.closed, self.open = brokers.free_ports(2)
        conf = os.path.join(folder, kind + ".conf")
        template = MOSQUITTO_CONF if kind == "mosquitto" else DUNLIN_CONF
        with open(conf, "w") as f:
            f.write(template.format(closed=self.closed, open=self.open, dir=folder, rehash="true" if rehash else "false"))
        command = ["mosquitto", "-c", conf] if kind == "mosquitto" else [DUNLIN, "broker", "-c", conf]
        self.log = open(os.path.join(folder, kind + ".log"), "wb")
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)

    def __enter__(self):
        end = time.monotonic() + START_SECONDS_MAX
        for port in (self.closed, self.open):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if self.process.poll() is not None or time.monotonic() > end:
                        raise RuntimeError("%s did not start: see %s" % (self.kind, self.log.name)) from None
                    time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


OUTCOMES = []


def report(name, problem, started):
    OUTCOMES.append(problem)
    word = "FAIL" if problem else "PASS"
    print("%s passwords: %s: %s" % (word, name, problem or "%.2f s" % (time.monotonic() - started)), flush=True)


def compare(mosquitto, dunlin, what, hmac=True):
    """Every case at both, on both listeners, in both versions: who is in at the one is in at the other."""
    for listener in ("closed", "open"):
        for version in (4, 5):
            started = time.monotonic()
            differences, count = [], 0
            for user, password in cases():
                if not hmac and (user, password) == TRAILING_ZERO:
                    continue
                theirs = login(getattr(mosquitto, listener), version, user, password)
                ours = login(getattr(dunlin, listener), version, user, password)
                count += 1
                if (theirs == 0) != (ours == 0) and (listener, user, password) not in DIFFERENT:
                    differences.append("%r %r: mosquitto %s, dunlin %s" % (user, password, theirs, ours))
            name = "%s, %s listener, version %d, %d logins" % (what, "anonymous" if listener == "open" else "login", version, count)
            report(name, "; ".join(differences[:5]), started)


def lines(path):
    with open(path, encoding="utf-8") as f:
        return dict(line.rstrip("\n").rsplit(":", 1) for line in f)


def rehashed(folder, mosquitto):
    """With rehash on, each right login makes its hash stronger, and nobody is let in or kept out by that."""
    path = os.path.join(folder, "passwd")
    before = lines(path)
    with Running("dunlin", folder, rehash=True) as dunlin:
        started = time.monotonic()
        # -U takes a password with a colon for another one: who is not let in keeps his hash
        expected = {user: login(dunlin.closed, 5, user.encode(), password.encode()) == 0 for user, password in USERS + OLD + PLAIN}

        def as_expected():
            return {user: stored.startswith("$argon2id$") for user, stored in lines(path).items()} == expected

        end = time.monotonic() + 60
        while not as_expected() and time.monotonic() < end:
            time.sleep(0.2)
        after = lines(path)
        right = as_expected() and list(after) == list(before) and sum(expected.values()) >= len(expected) - 1
        report("the hash of each user who logs in is made stronger, in place", "" if right else "not all were made stronger: %r" % after, started)
        compare(mosquitto, dunlin, "after that", hmac=False)
    with Running("dunlin", folder) as dunlin:
        compare(mosquitto, dunlin, "after that and a restart", hmac=False)


def written_by_dunlin(folder):
    """dunlin passwd --compat writes what mosquitto reads, and neither writes what the other cannot read."""
    started = time.monotonic()
    path = os.path.join(folder, "passwd")
    subprocess.run([DUNLIN, "passwd", "--compat", "-c", path, "carol"], check=True, timeout=60, input=b"secret\n")
    subprocess.run(["mosquitto_passwd", "-b", path, "dave", "secret"], check=True, timeout=20)
    done = subprocess.run([DUNLIN, "passwd", "--check", path, "dave"], timeout=60, input=b"secret\n", capture_output=True)
    problem = "" if done.returncode == 0 else "dunlin does not know dave: %r" % done
    with Running("mosquitto", folder) as mosquitto:
        code = login(mosquitto.closed, 4, b"carol", b"secret")
        problem = problem or ("" if code == 0 else "mosquitto refuses carol: %s" % code)
        wrong = login(mosquitto.closed, 4, b"carol", b"Secret")
        problem = problem or ("" if wrong != 0 else "mosquitto takes a wrong password")
    report("dunlin passwd --compat for mosquitto", problem, started)


def main():
    root = tempfile.mkdtemp(prefix="foreign-passwords-")
    os.chmod(root, 0o755)
    try:
        for name in ("theirs", "ours", "written"):
            os.mkdir(os.path.join(root, name))
        theirs, ours = os.path.join(root, "theirs"), os.path.join(root, "ours")
        write_passwords(os.path.join(theirs, "passwd"))
        shutil.copy(os.path.join(theirs, "passwd"), os.path.join(ours, "passwd"))
        with Running("mosquitto", theirs) as mosquitto:
            with Running("dunlin", ours) as dunlin:
                compare(mosquitto, dunlin, "as written")
            rehashed(ours, mosquitto)
        written_by_dunlin(os.path.join(root, "written"))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    sys.exit(1 if any(OUTCOMES) else 0)


if __name__ == "__main__":
    main()
