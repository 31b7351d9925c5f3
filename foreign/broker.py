"""Starts a broker for the suites on free loopback ports, with certificates made for this run; ends it by its pid."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
START_SECONDS_MAX = 300  # ./dunlin builds on first use

MOSQUITTO_CONF = """\
per_listener_settings true
log_dest stderr
log_type error
log_type warning
set_tcp_nodelay true
max_topic_alias 10
listener {tcp} 127.0.0.1
allow_anonymous true
acl_file {dir}/acl
listener {tls} 127.0.0.1
allow_anonymous true
certfile {dir}/server.crt
keyfile {dir}/server.key
listener {tls_client_cert} 127.0.0.1
allow_anonymous true
cafile {dir}/ca.crt
certfile {dir}/server.crt
keyfile {dir}/server.key
require_certificate true
listener {ws} 127.0.0.1
protocol websockets
allow_anonymous true
listener {wss} 127.0.0.1
protocol websockets
allow_anonymous true
certfile {dir}/server.crt
keyfile {dir}/server.key
listener {logins} 127.0.0.1
allow_anonymous false
password_file {dir}/passwd
"""

DUNLIN_CONF = """\
listeners {{
  tcp {{ type = tcp, bind = "127.0.0.1:{tcp}", allow-anonymous = true }}
  tls {{ type = tls, bind = "127.0.0.1:{tls}", allow-anonymous = true
    tls {{ certfile = "{dir}/server.crt", keyfile = "{dir}/server.key" }} }}
  tls-client-cert {{ type = tls, bind = "127.0.0.1:{tls_client_cert}", allow-anonymous = true
    tls {{ certfile = "{dir}/server.crt", keyfile = "{dir}/server.key", cafile = "{dir}/ca.crt", require-certificate = true }} }}
  ws {{ type = ws, bind = "127.0.0.1:{ws}", allow-anonymous = true }}
  wss {{ type = wss, bind = "127.0.0.1:{wss}", allow-anonymous = true
    tls {{ certfile = "{dir}/server.crt", keyfile = "{dir}/server.key" }} }}
  logins {{ type = tcp, bind = "127.0.0.1:{logins}", allow-anonymous = false }}
}}
authentication.users.alice.password = secret
authorization {{ no-match = allow, rules = [
  {{ effect = deny, action = publish, topics = "$SYS/#" }}
  {{ effect = deny, action = subscribe, topics = "{no_subscribe}" }}
] }}
"""

ACL = "topic readwrite #\ntopic read $SYS/#\ntopic deny test/nosubscribe\n"


def free_ports(count):
    """Ports of the loopback that nobody used a moment ago; FOREIGN_PORTS=first-last narrows the choice."""
    first, last = (int(n) for n in os.environ.get("FOREIGN_PORTS", "0-0").split("-"))
    candidates = range(first, last + 1) if first else [0] * count
    held, ports = [], []
    for candidate in candidates:
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", candidate))
        except OSError:
            s.close()
            continue
        held.append(s)
        ports.append(s.getsockname()[1])
        if len(ports) == count:
            break
    for s in held:
        s.close()
    return ports


def make_certificates(folder):
    """A CA, a server certificate for localhost and 127.0.0.1, a client certificate, and a CA that signed nothing."""

    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)

    def authority(name, common_name):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + common_name,
                "-keyout", name + ".key", "-out", name + ".crt")

    def leaf(name, common_name, extensions):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + common_name, "-keyout", name + ".key", "-out", name + ".csr")
        with open(os.path.join(folder, name + ".ext"), "w") as f:
            f.write(extensions)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", name + ".ext", "-out", name + ".crt")

    authority("ca", "Foreign clients test CA")
    authority("other-ca", "Another CA")
    leaf("server", "localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    leaf("client", "line-7", "extendedKeyUsage=clientAuth\n")


class Broker:
    """A running broker process. Use as a context manager; `facts` is what harness.Target reads."""

    def __init__(self, kind, keep_logs=False):
        self.kind = kind
        self.keep_logs = keep_logs
        self.dir = tempfile.mkdtemp(prefix="foreign-%s-" % kind)
        os.chmod(self.dir, 0o755)
        self.process = None
        names = ["tcp", "tls", "tls_client_cert", "ws", "wss", "logins"]
        self.facts = dict(zip(names, free_ports(len(names))), broker=kind, host="127.0.0.1", ws_path="/mqtt",
                          certs=self.dir, no_subscribe="test/nosubscribe")

    def __enter__(self):
        make_certificates(self.dir)
        command = {"mosquitto": self._mosquitto, "dunlin": self._dunlin}[self.kind]()
        self.log_path = os.path.join(self.dir, "broker.log")
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        self.facts["pid"] = self.process.pid
        try:
            for name in ("tcp", "tls", "tls_client_cert", "ws", "wss", "logins"):
                if self.facts[name]:
                    self._await_port(self.facts[name])
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def _write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def _mosquitto(self):
        self._write("acl", ACL)
        self._write("passwd", "alice:secret\n")
        subprocess.run(["mosquitto_passwd", "-U", os.path.join(self.dir, "passwd")], check=True, timeout=20)
        subprocess.run(["chmod", "-R", "a+rX", self.dir], check=True, timeout=20)
        conf = self._write("mosquitto.conf", "user root\n" + MOSQUITTO_CONF.format(dir=self.dir, **self.facts))
        return ["mosquitto", "-c", conf]

    def _dunlin(self):
        conf = self._write("dunlin.conf", DUNLIN_CONF.format(dir=self.dir, **self.facts))
        return [os.path.join(ROOT, "dunlin"), "broker", "-c", conf, "--data", os.path.join(self.dir, "data")]

    def _await_port(self, port):
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the broker did not open port %d:\n%s" % (port, self.log_tail()))
            time.sleep(0.05)

    def log_tail(self, lines_max=25):
        """The last different lines of what the broker printed."""
        with open(self.log_path, errors="replace") as f:
            lines = [line for line, _ in itertools.groupby(f)]
        return "".join(lines[-lines_max:])

    def stop(self):
        """SIGTERM, then SIGKILL after 20 s. Returns the exit code, or None when it was not running."""
        if not self.process:
            return None
        code = self.process.poll()
        if code is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                code = self.process.wait()
        self.log.close()
        self.process = None
        if self.keep_logs:
            print("broker log: " + self.log_path)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)
        return code
