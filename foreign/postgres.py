"""Debian's PostgreSQL in a folder of its own, on a free port of the loopback; ended by its pid."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
import time

from broker import free_ports

USER = "postgres"  # the server refuses to run as root
OWNER, PASSWORD = "dunlin", "db-s3cret"


class Missing(Exception):
    """There is no PostgreSQL on this machine."""


def _folder():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2].split(".")[0]))
    if not found:
        raise Missing("no PostgreSQL under /usr/lib/postgresql: foreign/install installs it")
    return found[-1]


class Postgres:
    """A context manager. `sql` runs statements as the superuser; `session` keeps one open, for locks."""

    def __init__(self):
        self.bin = _folder()
        self.port = free_ports(1)[0]
        self.dir = tempfile.mkdtemp(prefix="foreign-postgres-")
        self.data = os.path.join(self.dir, "data")
        self.as_user = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        self.process = None

    def __enter__(self):
        if self.as_user:
            shutil.chown(self.dir, USER, USER)
        os.chmod(self.dir, 0o755)
        try:
            subprocess.run([*self.as_user, self.bin + "/initdb", "-D", self.data, "-U", USER, "--auth-local=trust", "--auth-host=scram-sha-256",
                            "-E", "UTF8", "--locale=C", "--no-sync"], cwd="/", check=True, capture_output=True, timeout=120)
            self.start()
            self.sql("CREATE ROLE %s LOGIN PASSWORD '%s'" % (OWNER, PASSWORD), "CREATE DATABASE mqtt", db="postgres")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        command = [self.bin + "/postgres", "-D", self.data, "-k", self.dir, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
                   "-c", "fsync=off", "-c", "max_connections=60", "-c", "shared_buffers=16MB", "-c", "log_min_messages=fatal"]
        with open(os.path.join(self.dir, "log"), "ab") as log:
            self.process = subprocess.Popen([*self.as_user, *command], cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while subprocess.run([*self.as_user, self.bin + "/pg_isready", "-q", "-h", self.dir, "-p", str(self.port)], cwd="/").returncode:
            if self.process.poll() is not None or time.monotonic() > end:
                with open(os.path.join(self.dir, "log"), errors="replace") as log:
                    raise RuntimeError("PostgreSQL did not start: " + log.read()[-500:])
            time.sleep(0.1)

    def stop(self):
        """Ends it as a crash would, without waiting for its clients."""
        if self.process and self.process.poll() is None:
            subprocess.run([*self.as_user, self.bin + "/pg_ctl", "stop", "-D", self.data, "-m", "immediate", "-w", "-t", "30"],
                           cwd="/", capture_output=True, timeout=60)
            self.process.wait(30)
        self.process = None

    def _psql(self, db):
        return [*self.as_user, self.bin + "/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.dir, "-p", str(self.port), "-U", USER, "-d", db]

    def sql(self, *statements, db="mqtt"):
        done = subprocess.run(self._psql(db), input=";\n".join(statements) + ";\n", cwd="/", capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError("psql: " + done.stderr)
        return done.stdout

    def lock(self, table):
        """Holds a lock that every reader waits for, until the returned function is called."""
        session = subprocess.Popen(self._psql("mqtt"), cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        session.stdin.write("BEGIN;\nLOCK TABLE %s IN ACCESS EXCLUSIVE MODE;\n\\echo locked\n" % table)
        session.stdin.flush()
        line = session.stdout.readline()
        if "locked" not in line:
            raise RuntimeError("psql: " + line)

        def release():
            if session.poll() is None:
                session.stdin.close()
                session.wait(30)

        return release
