"""The broker as a process that may be killed: where its data lies, how it starts, how long it takes to listen again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import powercut

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
START_SECONDS_MAX = 180  # ./dunlin builds itself where a source is newer

# Its safest settings: the whole state is written after every turn of its loop that changed it; no queue drops anything.
MOSQUITTO_CONF = """\
listener {port} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location {data}/
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
"""


class Broker:
    """Starts, kills and restarts one broker on one port with one data folder. Ends only the process that it started."""

    def __init__(self, kind, port, scratch=None, settings=()):
        self.kind, self.port, self.settings = kind, port, settings
        self.dir = tempfile.mkdtemp(prefix="crash-%s-" % kind, dir=scratch)
        self.data = os.path.join(self.dir, "data")
        os.mkdir(self.data)
        self.log_path = os.path.join(self.dir, "broker.log")
        self.process = None
        self.shim = None
        self.log = open(self.log_path, "ab")

    def prepare(self):
        """Lets ./dunlin build itself once, so that no start is measured or killed in the middle of that."""
        if self.kind == "dunlin":
            subprocess.run([os.path.join(ROOT, "dunlin"), "--version"], check=True, stdout=subprocess.DEVNULL, timeout=600)

    def command(self):
        if self.kind == "dunlin":
            return [os.path.join(ROOT, "dunlin"), "broker", "-p", str(self.port), "--data", self.data] + ["--set=" + s for s in self.settings]
        conf = os.path.join(self.dir, "mosquitto.conf")
        with open(conf, "w") as f:
            f.write(MOSQUITTO_CONF.format(port=self.port, data=self.data))
        return ["mosquitto", "-c", conf]

    def record_writes(self):
        """From the next start on all changes of the data folder are recorded, so that cut_power() is possible."""
        self.shim = powercut.compile_shim(self.dir)
        self.base, self.journal = os.path.join(self.dir, "base"), os.path.join(self.dir, "ops.log")

    def launch(self):
        """Starts the process and does not wait for it."""
        environment = dict(os.environ)
        if self.shim:
            shutil.rmtree(self.base, ignore_errors=True)
            shutil.copytree(self.data, self.base)
            if os.path.exists(self.journal):
                os.unlink(self.journal)
            environment.update(powercut.environment(self.shim, self.data, self.journal))
        self.process = subprocess.Popen(self.command(), cwd=self.dir, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)

    def cut_power(self, seed):
        """After kill(): the data folder as a power cut at that moment leaves it. Returns what was drawn, in words."""
        return powercut.power_cut(self.data, self.base, self.journal, seed)

    def await_port(self):
        """Returns the seconds until the port was open."""
        began = time.monotonic()
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return time.monotonic() - began
            except OSError:
                pass
            if self.process.poll() is not None:
                raise RuntimeError("the broker ended by itself with exit code %s:\n%s" % (self.process.returncode, self.log_tail()))
            if time.monotonic() - began > START_SECONDS_MAX:
                raise RuntimeError("the broker did not open its port within %d s:\n%s" % (START_SECONDS_MAX, self.log_tail()))
            time.sleep(0.01)

    def start(self):
        self.launch()
        return self.await_port()

    def kill(self):
        """kill -9. False when it was gone already, which a broker must never be."""
        alive = self.process.poll() is None
        if alive:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return alive

    def log_tail(self, lines_max=25):
        with open(self.log_path, errors="replace") as f:
            return "".join(f.readlines()[-lines_max:])

    def close(self, keep):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        if keep:
            print("kept: " + self.dir, file=sys.stderr)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)
