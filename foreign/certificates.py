"""Client certificates and their revocation, with files that OpenSSL and `dunlin certs` have made, against the real broker: both TLS engines,
revocation lists and an `openssl ocsp` responder, files that change while clients are connected, and Debian's mosquitto clients."""

import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import time

import broker
import raw
from harness import NotHere, at_end, check, equal, main, run, test, wait_until

ROOT = broker.ROOT
DUNLIN = os.path.join(ROOT, "dunlin")
ENGINES = ("openssl", "jdk")
ISSUER_SECTIONS = """
[ca]
default_ca = own
[own]
database = {name}.index
serial = {name}.serial
new_certs_dir = .
certificate = {name}.crt
private_key = {name}.key
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
unique_subject = no
crlnumber = {name}.crlnumber
[any]
commonName = supplied
[req]
distinguished_name = none
[none]
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[server]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
[client]
basicConstraints = CA:false
extendedKeyUsage = clientAuth
[san]
basicConstraints = CA:false
extendedKeyUsage = clientAuth
subjectAltName = DNS:meter-7.example
[ocspclient]
basicConstraints = CA:false
extendedKeyUsage = clientAuth
authorityInfoAccess = OCSP;URI:http://127.0.0.1:{ocsp}/
"""


class Pki:
    """Authorities and certificates in a folder, made by OpenSSL."""

    def __init__(self, ocsp=1):
        self.dir = tempfile.mkdtemp(prefix="foreign-certificates-")
        at_end(lambda: shutil.rmtree(self.dir, ignore_errors=True))
        self.ocsp = ocsp
        self.authority("root")

    def path(self, name):
        return os.path.join(self.dir, name)

    def openssl(self, *args):
        done = subprocess.run(["openssl", *args], cwd=self.dir, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise AssertionError("openssl %s: %s" % (" ".join(args), done.stderr[-600:]))

    def write(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)

    def read(self, name):
        with open(self.path(name)) as f:
            return f.read()

    def key(self, name):
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name + ".key")

    def _books(self, name):
        self.write(name + ".cnf", ISSUER_SECTIONS.format(name=name, ocsp=self.ocsp))
        self.write(name + ".index", "")
        self.write(name + ".serial", "1000\n")
        self.write(name + ".crlnumber", "01\n")

    def authority(self, name, issuer=None):
        self._books(name)
        self.key(name)
        if issuer:
            self.issue(name, "Authority " + name, issuer, "authority", keep_key=True)
        else:
            self.openssl("req", "-x509", "-new", "-key", name + ".key", "-subj", "/CN=Authority " + name, "-days", "30",
                         "-config", name + ".cnf", "-extensions", "authority", "-out", name + ".crt")

    def issue(self, name, common_name=None, issuer="root", extensions="client", dates=(), keep_key=False):
        if not keep_key:
            self.key(name)
        self.openssl("req", "-new", "-key", name + ".key", "-subj", "/CN=" + (common_name or name), "-config", issuer + ".cnf",
                     "-out", name + ".csr")
        self.openssl("ca", "-batch", "-notext", "-config", issuer + ".cnf", "-extensions", extensions, *dates, "-in", name + ".csr",
                     "-out", name + ".crt")
        return name

    def revoke(self, name, issuer="root"):
        self.openssl("ca", "-config", issuer + ".cnf", "-revoke", name + ".crt")

    def list(self, *issuers, to="crl.pem", dates=()):
        """Writes the revocation lists of these authorities into one file, whole at once."""
        text = ""
        for issuer in issuers or ("root",):
            self.openssl("ca", "-config", issuer + ".cnf", "-gencrl", *dates, "-out", issuer + ".crl")
            text += self.read(issuer + ".crl")
        self.write(to + ".new", text)
        os.rename(self.path(to + ".new"), self.path(to))

    def join(self, to, *names):
        self.write(to, "".join(self.read(n) for n in names))


class Broker:
    """A broker of its own with one TLS listener; its log in self.log()."""

    def __init__(self, pki, tls, more="", engine="openssl", listener=""):
        self.pki = pki
        self.port = broker.free_ports(1)[0]
        pki.write("dunlin.conf", """
            store.enabled = false, shards = 2, sys.interval = 1s
            listeners.tls {{ type = tls, bind = "127.0.0.1:{port}" {listener}
              tls {{ certfile = server.crt, keyfile = server.key, engine = {engine}, {tls} }} }}
            {more}
            """.format(port=self.port, tls=tls, more=more, engine=engine, listener=listener))
        self.out = open(pki.path("broker.log"), "wb")
        self.process = subprocess.Popen([DUNLIN, "broker", "-c", pki.path("dunlin.conf")], cwd=pki.dir, stdin=subprocess.DEVNULL,
                                        stdout=self.out, stderr=subprocess.STDOUT)
        at_end(self.stop)
        wait_until(lambda: "ready" in self.log() or self.process.poll() is not None, self.log, 50)
        check(self.process.poll() is None, self.log)

    def log(self):
        with open(self.pki.path("broker.log"), errors="replace") as f:
            return f.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.out.close()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)


def connect(it, name=None, chain=None, ca="root.crt", session=None, **options):
    """An MQTT client over TLS that shows NAME.crt, or a chain of files; returns it connected."""
    client = Tls(it, name, chain, ca, session)
    at_end(client.close)
    client.connect("", **options)
    return client


class Tls(raw.Raw):
    def __init__(self, it, name=None, chain=None, ca="root.crt", context=None):
        super().__init__("127.0.0.1", it.port, 5, 15)
        if context is None:
            context = ssl.create_default_context(cafile=it.pki.path(ca))
            if name:
                context.load_cert_chain(it.pki.path(chain or name + ".crt"), it.pki.path(name + ".key"))
        self.context = context
        self.socket.settimeout(15)
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def _read(self, seconds):
        end = time.monotonic() + (self.seconds if seconds is None else seconds)
        while True:
            packet = self._complete()
            if packet:
                return packet
            left = end - time.monotonic()
            if left <= 0:
                raise raw.Silence("nothing")
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                raise raw.Silence("nothing") from None
            except (ssl.SSLError, ConnectionError):
                data = b""
            if not data:
                raise raw.Closed("closed by the broker")
            self.buffer += data

    def ping(self):
        self.send(raw.frame(raw.PINGREQ, 0, b""))
        self.expect(raw.PINGRESP)


def refused(it, name=None, why=None, **options):
    """The TLS handshake fails, or the broker closes before a CONNACK."""
    try:
        client = connect(it, name, **options)
    except (ssl.SSLError, raw.Closed, ConnectionError, BrokenPipeError):
        if why:
            wait_until(lambda: why in it.log(), lambda: "%r in the log, which is\n%s" % (why, it.log()[-1500:]))
        return
    client.close()
    raise AssertionError("%s came in" % name)


def user_of(it, client):
    """The user name that the broker gave it, out of the log."""
    client.ping()
    lines = [line for line in it.log().splitlines() if "connected" in line]
    return lines[-1] if lines else ""


def server(pki):
    pki.issue("server", "localhost", extensions="server")
    return pki


def each_engine(name):
    def mark(function):
        for engine in ENGINES:
            test("%s, %s" % (name, engine))(lambda e=engine: function(e))
        return function

    return mark


TRUST = "cafile = root.crt, crlfile = crl.pem, require-certificate = true"
LOGIN = "authentication.certificate { username = cn }"


@each_engine("right, none, another authority's, ended, not begun, revoked; the issuer's list is out of date")
def table(engine):
    pki = server(Pki())
    pki.issue("good")
    pki.issue("bad")
    pki.issue("old", dates=("-startdate", "20200101000000Z", "-enddate", "20200201000000Z"))
    pki.issue("young", dates=("-startdate", "20400101000000Z", "-enddate", "20400201000000Z"))
    pki.authority("stranger")
    pki.issue("foreign", issuer="stranger")
    pki.revoke("bad")
    pki.list()
    it = Broker(pki, TRUST, LOGIN, engine)
    connect(it, "good").ping()
    refused(it)
    for name in ("foreign", "old", "young"):
        refused(it, name)
    refused(it, "bad", "was revoked")
    connect(it, "good").ping()
    pki.list(dates=("-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200102000000Z"))
    it.reload()
    wait_until(lambda: "reload" in it.log(), it.log)
    refused(it, "good", "has been out of date since")


@each_engine("an authority between: its clients, revoked by it, revoked with it")
def intermediate(engine):
    pki = server(Pki())
    pki.authority("between", "root")
    pki.issue("deep", issuer="between")
    pki.issue("fallen", issuer="between")
    pki.join("deep.chain", "deep.crt", "between.crt")
    pki.join("fallen.chain", "fallen.crt", "between.crt")
    pki.revoke("fallen", "between")
    pki.list("root", "between")
    it = Broker(pki, TRUST, LOGIN, engine)
    live = connect(it, "deep", chain="deep.chain")
    refused(it, "deep")
    refused(it, "fallen", "was revoked", chain="fallen.chain")
    pki.revoke("between")
    pki.list("root", "between")
    equal(live.closed(20), 0x87, "the reason given to a live client")
    refused(it, "deep", chain="deep.chain")


@each_engine("a list that changes while clients are there: revoked ones go, the others stay, broken files change nothing")
def list_changes(engine):
    pki = server(Pki())
    for name in ("leaving", "staying"):
        pki.issue(name)
    pki.list()
    it = Broker(pki, TRUST, LOGIN, engine)
    leaving, staying = connect(it, "leaving"), connect(it, "staying")
    whole = pki.read("crl.pem")
    pki.write("crl.pem", whole[:len(whole) // 2])
    wait_until(lambda: "It goes on with those" in it.log(), it.log, 20)
    connect(it, "leaving").close()
    pki.revoke("leaving")
    pki.list()
    equal(leaving.closed(20), 0x87, "the reason given to the revoked client")
    refused(it, "leaving")
    staying.ping()
    equal(it.log().count("It goes on with those"), 1, "reports of the broken list")


@each_engine("another authority: clients of the old one go, clients of the new one come; sessions are not resumed across it")
def authority_changes(engine):
    pki = server(Pki())
    pki.issue("old")
    pki.authority("next")
    pki.issue("new", issuer="next")
    shutil.copy(pki.path("root.crt"), pki.path("clients.crt"))
    it = Broker(pki, "cafile = clients.crt, require-certificate = true", LOGIN, engine)
    old = connect(it, "old")
    refused(it, "new")
    shutil.copy(pki.path("next.crt"), pki.path("clients.crt"))
    equal(old.closed(20), 0x87, "the reason given to a client of the old authority")
    connect(it, "new").ping()
    refused(it, "old")


@each_engine("resumed sessions keep the client's certificate, and none outlives a change of the lists")
def resumption(engine):
    pki = server(Pki())
    pki.issue("device")
    pki.list()
    it = Broker(pki, TRUST, LOGIN, engine)
    packets = (raw.connect_packet("resumed") + raw.frame(raw.PINGREQ, 0, b"")).hex()

    def s_client(*session):
        command = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % it.port, "-CAfile", pki.path("root.crt"), "-cert",
                   pki.path("device.crt"), "-key", pki.path("device.key"), *session]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        child.stdin.write(bytes.fromhex(packets))
        child.stdin.flush()
        out = b""
        os.set_blocking(child.stdout.fileno(), False)
        end = time.monotonic() + 15
        while time.monotonic() < end and b"\xd0\x00" not in out and child.poll() is None:
            out += child.stdout.read() or b""
            time.sleep(0.05)
        child.kill()
        child.wait()
        out += child.stdout.read() or b""
        return out

    first = s_client("-sess_out", pki.path("session"))
    check(b"New, TLSv1.3" in first and b"\xd0\x00" in first, lambda: "the first handshake: %r" % first[-500:])
    again = s_client("-sess_in", pki.path("session"))
    check(b"Reused, TLSv1.3" in again and b"\xd0\x00" in again, lambda: "the second handshake: %r" % again[-1500:])
    pki.revoke("device")
    pki.list()
    wait_until(lambda: "works with its new TLS files" in it.log(), it.log, 20)
    late = s_client("-sess_in", pki.path("session"))
    check(b"Reused" not in late and b"\xd0\x00" not in late, lambda: "after the change: %r" % late[-500:])


@test("a new server certificate under load: no live connection is lost, half-written pairs change nothing")
def server_changes():
    pki = server(Pki())
    pki.issue("device")
    it = Broker(pki, "cafile = root.crt", LOGIN)
    live = [connect(it, "device") for _ in range(10)]
    first = live[0].socket.getpeercert()["serialNumber"]
    old_key = pki.read("server.key")
    pki.issue("next", "localhost", extensions="server")
    pki.write("server.key", old_key[:60])
    wait_until(lambda: "It goes on with those" in it.log(), it.log, 20)
    equal(connect(it, "device").socket.getpeercert()["serialNumber"], first, "serial number with a half-written key")
    shutil.copy(pki.path("next.crt"), pki.path("server.crt"))
    shutil.copy(pki.path("next.key"), pki.path("server.key"))

    def renewed():
        for client in live:
            client.ping()
        return connect(it, "device").socket.getpeercert()["serialNumber"] != first

    wait_until(renewed, "the new certificate", 20)
    for client in live:
        client.ping()


@test("a password client with a certificate goes too when that is revoked; without a certificate it may stay")
def password_clients():
    pki = server(Pki())
    pki.issue("device")
    pki.list()
    it = Broker(pki, "cafile = root.crt, crlfile = crl.pem", 'authentication.users.alice.password = secret')
    plain = connect(it, user="alice", password="secret")
    certified = connect(it, "device", user="alice", password="secret")
    pki.revoke("device")
    pki.list()
    try:
        certified.closed(20)
    except raw.Silence:
        raise AssertionError("the revoked client is still there") from None
    plain.ping()


def named(username, want):
    pki = server(Pki())
    pki.issue("device", "meter-7", extensions="san")
    it = Broker(pki, "cafile = root.crt, require-certificate = true", "authentication.certificate { username = %s }" % username)
    line = user_of(it, connect(it, "device"))
    check(want in line, lambda: "%s in %r" % (want, line))


for _username, _want in (("cn", "meter-7"), ("san-dns", "meter-7.example"), ("dn", "CN=meter-7")):
    test("what of the certificate is the user: " + _username)(lambda u=_username, w=_want: named(u, w))


@test("a listed user, and a password as well")
def and_password():
    pki = server(Pki())
    pki.issue("device", "meter-7")
    it = Broker(pki, "cafile = root.crt",
                "authentication { users.m7.password = secret\n"
                "certificate { username = cn, and-password = true, users { meter-7 { username = m7 } } } }")
    connect(it, "device", user="m7", password="secret").ping()
    for options in ({}, {"user": "m7", "password": "wrong"}, {"user": "other", "password": "secret"}):
        client = Tls(it, "device")
        at_end(client.close)
        answer = client.connect("", expect=None, **options)
        check(answer.code >= 0x80, lambda: "%s came in" % options)


@test("OCSP from `openssl ocsp`: good, revoked; responder down: soft lets in, required refuses")
def ocsp():
    port = broker.free_ports(2)[1]  # the first one is for the broker
    pki = server(Pki(port))
    pki.issue("good", extensions="ocspclient")
    pki.issue("bad", extensions="ocspclient")
    pki.revoke("bad")
    log = open(pki.path("ocsp.log"), "wb")
    responder = subprocess.Popen(
        ["openssl", "ocsp", "-index", "root.index", "-port", str(port), "-CA", "root.crt", "-rsigner", "root.crt", "-rkey", "root.key"],
        cwd=pki.dir, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    at_end(lambda: (responder.kill(), responder.wait(), log.close()))
    settings = "authentication.certificate { username = cn, ocsp = %s }"
    tls = "cafile = root.crt, require-certificate = true"
    it = Broker(pki, tls, settings % "required")

    def answer(name):
        client = Tls(it, name)
        at_end(client.close)
        return client.connect("", expect=None).code

    wait_until(lambda: answer("good") == 0, it.log, 20)
    equal(answer("bad"), 0x87, "answer to a revoked client")
    responder.kill()
    responder.wait()
    equal(answer("good"), 0, "answer that is remembered")
    it.stop()
    it = Broker(pki, tls, settings % "required")
    equal(answer("good"), 0x88, "answer while the responder is down")
    it.stop()
    it = Broker(pki, tls, settings % "soft")
    equal(answer("good"), 0, "answer while the responder is down, soft")


@test("mosquitto's clients with certificates of `dunlin certs`, which openssl verifies; revoked by `dunlin certs revoke`")
def dunlin_certs():
    pki = Pki()
    made = pki.path("made")

    def certs(*args, code=0):
        got, out, err = run([DUNLIN, "certs", *args], 60)
        equal(got, code, "exit code of certs %s: %s" % (args, err))
        return out.decode()

    out = certs("init", "--dir", made, "broker.example", "--client", "meter-1")
    check("cafile = " in out, out)
    certs("init", "--dir", made, code=1)
    certs("client", "--dir", made, "meter-2")
    certs("server", "--dir", made, "other.example", "10.0.0.1")
    for name, purpose in (("server", "sslserver"), ("other.example", "sslserver"), ("meter-1", "sslclient"), ("meter-2", "sslclient")):
        pki.openssl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", made + "/ca.pem", "-crl_check", "-CRLfile", made + "/crl.pem",
                    "%s/%s.pem" % (made, name))
        equal(os.stat("%s/%s.key" % (made, name)).st_mode & 0o777, 0o600, "mode of the key of " + name)
    for host in ("localhost", "broker.example"):
        pki.openssl("verify", "-verify_hostname", host, "-CAfile", made + "/ca.pem", made + "/server.pem")
    for address in ("127.0.0.1", "::1"):
        pki.openssl("verify", "-verify_ip", address, "-CAfile", made + "/ca.pem", made + "/server.pem")
    shutil.copy(made + "/server.pem", pki.path("server.crt"))
    shutil.copy(made + "/server.key", pki.path("server.key"))
    it = Broker(pki, "cafile = made/ca.pem, crlfile = made/crl.pem, require-certificate = true", LOGIN)

    def pub(name):
        return run(["mosquitto_pub", "-h", "localhost", "-p", str(it.port), "--cafile", made + "/ca.pem", "--cert", "%s/%s.pem" % (made, name),
                    "--key", "%s/%s.key" % (made, name), "-q", "1", "-t", "a", "-m", "b"], 20)[0]

    if not shutil.which("mosquitto_pub"):
        raise NotHere("mosquitto_pub")
    equal((pub("meter-1"), pub("meter-2")), (0, 0), "exit codes of mosquitto_pub")
    certs("revoke", "--dir", made, "meter-2")
    check("revoked" in certs("list", "--dir", made), "list does not say revoked")
    wait_until(lambda: "works with its new TLS files" in it.log(), it.log, 20)
    equal(pub("meter-1"), 0, "exit code of the other client")
    check(pub("meter-2") != 0, "the revoked client came in")
    check("days" in certs("check", pki.path("dunlin.conf")), "check says nothing of days")


if __name__ == "__main__":
    main(__file__)
