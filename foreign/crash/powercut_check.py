"""Shows that the power cut can fail a program that deserves it, and only that: small programs that acknowledge before and after their syncs.

Each program below the line writes numbered lines into a folder and prints each number when it calls it safe; it is killed with -9, the power
is cut with many seeds, and what was called safe is looked for. Prints PASS or FAIL per program."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import powercut

SEEDS = 40
RUN_SECONDS_MAX = 20

PYTHON_APPEND = """
import os, sys
fd = os.open(sys.argv[1] + "/file", os.O_CREAT | os.O_RDWR)
if sys.argv[2] != "no-folder": folder = os.open(sys.argv[1], os.O_RDONLY); os.fsync(folder)
for n in range(1, 100000):
    os.write(fd, b"%07d\\n" % n)
    if sys.argv[2] == "before": os.write(1, b"%07d\\n" % n)
    if n % 8 == 0 or sys.argv[2] != "before": os.fdatasync(fd)
    if sys.argv[2] != "before": os.write(1, b"%07d\\n" % n)
"""
PYTHON_RENAME = """
import os, sys
folder = os.open(sys.argv[1], os.O_RDONLY)
for n in range(1, 100000):
    new = sys.argv[1] + "/new"
    fd = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    os.write(fd, b"".join(b"%07d\\n" % k for k in range(max(1, n - 50), n + 1)))
    os.fsync(fd); os.close(fd)
    os.rename(new, sys.argv[1] + "/file")
    if sys.argv[2] == "folder": os.fsync(folder)
    os.write(1, b"%07d\\n" % n)
"""
PYTHON_MAPPED = """
import mmap, os, sys
fd = os.open(sys.argv[1] + "/file", os.O_CREAT | os.O_RDWR)
os.ftruncate(fd, 1 << 20); os.fsync(fd); os.fsync(os.open(sys.argv[1], os.O_RDONLY))
m = mmap.mmap(fd, 1 << 20)
for n in range(1, 100000):
    m[(n % 100) * 8:(n % 100) * 8 + 8] = b"%07d\\n" % n
    m.flush(); os.write(1, b"%07d\\n" % n)
"""
JAVA_CHANNEL = """
import java.nio.ByteBuffer; import java.nio.channels.FileChannel; import java.nio.file.*; import static java.nio.file.StandardOpenOption.*;
class Main { public static void main(String[] a) throws Exception {
    var file = FileChannel.open(Path.of(a[0], "file"), CREATE, WRITE);
    var log = new java.io.RandomAccessFile(a[0] + "/other", "rw");
    try (var folder = FileChannel.open(Path.of(a[0]), READ)) { folder.force(true); }
    boolean before = a[1].equals("before");
    for (int n = 1; n < 100000; n++) {
        byte[] line = "%07d\\n".formatted(n).getBytes();
        if (n % 3 == 0) file.write(ByteBuffer.wrap(line), (n - 1) * 8L);
        else if (n % 3 == 1) file.write(ByteBuffer.allocateDirect(8).put(line).flip(), (n - 1) * 8L);
        else { file.position((n - 1) * 8L); file.write(new ByteBuffer[] {ByteBuffer.wrap(line, 0, 3), ByteBuffer.wrap(line, 3, 5)}); }
        log.write(line);
        Files.write(Path.of(a[0], "third"), line);
        Files.move(Path.of(a[0], "third"), Path.of(a[0], "fourth"), StandardCopyOption.ATOMIC_MOVE);
        if (!before || n % 8 == 0) file.force(false);
        System.out.write(line); System.out.flush();
    }
} }
"""
C_STREAM = """
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
int main(int c, char **a) {
    char path[4096]; snprintf(path, sizeof path, "%s/file", a[1]);
    FILE *f = fopen(path, "wb"); int folder = open(a[1], O_RDONLY); fsync(folder);
    for (int n = 1; n < 100000 && c; n++) {
        fprintf(f, "%07d\\n", n); fflush(f);
        if (!strcmp(a[2], "after") || n % 8 == 0) fsync(fileno(f));
        char line[16]; write(1, line, sprintf(line, "%07d\\n", n));
    }
}
"""


def program(folder, text):
    """The command for a source text."""
    if text.startswith("\nimport java"):
        path = os.path.join(folder, "Main.java")
        with open(path, "w") as f:
            f.write(text)
        home = os.environ.get("JAVA_HOME")
        return [os.path.join(home, "bin", "java") if home else "java", path]
    if text.startswith("\n#include"):
        path = os.path.join(folder, "stream.c")
        with open(path, "w") as f:
            f.write(text)
        subprocess.run(["gcc", "-w", "-O1", "-D_FORTIFY_SOURCE=2", "-o", path[:-2], path], check=True, timeout=60)
        return [path[:-2]]
    return [sys.executable, "-c", text]


def trial(shim, text, mode):
    """Runs the program, kills it, cuts the power with each seed: (numbers called safe, how many cuts lost one of them)."""
    scratch = tempfile.mkdtemp(prefix="powercut-check-")
    try:
        root, base, journal = (os.path.join(scratch, n) for n in ("root", "base", "journal"))
        os.mkdir(root)
        os.mkdir(base)
        child = subprocess.Popen(program(scratch, text) + [root, mode], stdout=subprocess.PIPE, env=dict(os.environ, **powercut.environment(shim, root, journal)))
        safe, end = 0, time.monotonic() + RUN_SECONDS_MAX
        while safe < 100 and time.monotonic() < end:
            safe = int(child.stdout.readline() or b"0")
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read()
        child.wait()
        if len(rest) >= 8:
            safe = int(rest[len(rest) // 8 * 8 - 8:len(rest) // 8 * 8])
        folder = powercut.Folder(root, base).play(journal)
        folder.check()
        bad = 0
        for seed in range(SEEDS):
            disk, _, _ = folder.cut(seed)
            content = disk.get(os.path.join(os.path.realpath(root), "file"))
            bad += content is None or b"%07d\n" % safe not in bytes(content)
        return safe, bad
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


CASES = [
    ("write, sync, acknowledge", PYTHON_APPEND, "after", "safe"),
    ("acknowledge before the sync", PYTHON_APPEND, "before", "caught"),
    ("a new file whose folder is never synced", PYTHON_APPEND, "no-folder", "caught"),
    ("write anew, sync, rename, sync the folder", PYTHON_RENAME, "folder", "safe"),
    ("rename without a sync of the folder", PYTHON_RENAME, "-", "caught"),
    ("C stdio: fflush, fsync, acknowledge", C_STREAM, "after", "safe"),
    ("C stdio: acknowledge before the fsync", C_STREAM, "before", "caught"),
    ("Java channels: write, force, acknowledge", JAVA_CHANNEL, "after", "safe"),
    ("Java channels: acknowledge before the force", JAVA_CHANNEL, "before", "caught"),
    ("a writable mapping is refused", PYTHON_MAPPED, "-", "refused"),
]

TRIALS = 4


def check():
    """Yields (name, None or why it is wrong)."""
    scratch = tempfile.mkdtemp(prefix="powercut-check-")
    try:
        shim = powercut.compile_shim(scratch)
        for name, text, mode, expected in CASES:
            try:
                safe, bad = trial(shim, text, mode)
                for _ in range(TRIALS - 1):  # on a busy machine a program hardly writes anything between two cuts
                    if bad or expected != "caught":
                        break
                    safe, bad = trial(shim, text, mode)
                outcome = "safe" if not bad else "caught"
                why = "%d of %d cuts lost what was acknowledged (%d lines)" % (bad, SEEDS, safe)
                if safe < 100:
                    outcome, why = "?", "the program ended early, after %d lines" % safe
            except powercut.NotCovered as e:
                outcome, why = "refused", str(e)
            yield name, None if outcome == expected else "expected %s, was %s: %s" % (expected, outcome, why)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    failed = 0
    for case, problem in check():
        print("%s powercut: %s%s" % ("FAIL" if problem else "PASS", case, ": " + problem if problem else ""), flush=True)
        failed += bool(problem)
    sys.exit(1 if failed else 0)
