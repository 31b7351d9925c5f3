"""Lays out a folder as a power cut would have left it, from what powercut.c recorded while a program worked on it.

What is certain to be there after a power cut is what was synced: the bytes of a file whose fsync or fdatasync returned after they were
written, and the names in a folder whose fsync returned after they were made, renamed or removed. All else is there, or not, or in parts;
which of it is drawn from a seed, in one of these ways:
  nothing   nothing that was not synced
  blocks    each 512-byte or 4-KiB block of each write by itself (so writes are torn and reordered), names up to a random moment
  moment    everything up to a random moment, the write of that moment torn, nothing later
  files     of each file all writes up to a moment of its own, names up to a random moment
"""

import os
import random
import shutil
import struct
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = struct.Struct("<IHHQQQQQIIQ")
MAGIC = 0x54554357
OPEN, WRITE, TRUNCATE, GROW, SYNC, SYNC_ALL, RENAME, UNLINK, MKDIR, RMDIR, LINK, RESULT, UNSEEN = range(1, 14)
CREATED, ZEROS, EMPTIED = 1, 2, 4
WAYS = ("nothing", "blocks", "moment", "files")


class NotCovered(Exception):
    """The program changed the folder in a way that was not recorded: no statement about power cuts can be made."""


def compile_shim(to_folder):
    """Returns the path of the compiled powercut.so."""
    target = os.path.join(to_folder, "powercut.so")
    source = os.path.join(HERE, "powercut.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", target, source, "-ldl"], check=True, timeout=120)
    return target


def environment(shim, folder, journal):
    return {"LD_PRELOAD": shim, "POWERCUT_DIR": os.path.realpath(folder), "POWERCUT_JOURNAL": journal}


def records(path):
    """The records of a journal; the last one may be cut off where the program was killed."""
    with open(path, "rb") as f:
        content = memoryview(f.read())
    at = 0
    while at + HEADER.size <= len(content):
        magic, op, flags, number, inode, offset, length, other, n1, n2, n3 = HEADER.unpack_from(content, at)
        if magic != MAGIC:
            raise NotCovered("the recording is damaged at byte %d (two processes at once?)" % at)
        at += HEADER.size
        if at + n1 + n2 + n3 > len(content):
            return
        yield op, flags, number, inode, offset, length, other, bytes(content[at:at + n1]).decode(), bytes(content[at + n1:at + n1 + n2]).decode(), content[at + n1 + n2:at + n1 + n2 + n3]
        at += n1 + n2 + n3


class File:
    def __init__(self, durable=b""):
        self.durable = bytearray(durable)
        self.pending = []  # (number, op, offset, length, data), in order

    def sync(self, up_to):
        keep = [change for change in self.pending if change[0] > up_to]
        for change in self.pending:
            if change[0] <= up_to:
                apply(self.durable, change)
        self.pending = keep

    def with_all(self, but_number=None):
        content = bytearray(self.durable)
        for change in self.pending:
            if change[0] != but_number:
                apply(content, change)
        return content


def apply(content, change):
    _, op, offset, length, data = change
    if op == TRUNCATE:
        del content[length:]
        content.extend(bytes(length - len(content)))
    elif op == GROW:
        content.extend(bytes(max(0, offset + length - len(content))))
    else:
        content.extend(bytes(max(0, offset - len(content))))
        content[offset:offset + length] = bytes(length) if data is None else data


class Folder:
    """The root folder and all below it: names now, names on disk, files, and what lies between."""

    def __init__(self, root, base):
        """base: a copy of the root's content at the time when recording began, all of it on disk."""
        self.root = os.path.realpath(root)
        self.now, self.durable = {}, {}  # path -> File, or None for a folder
        self.names = []  # changes not synced: (number, [(path, File | None | "gone")])
        self.inodes, self.folders = {}, {}
        self.unseen, self.last = [], None
        for where, folders, files in os.walk(base):
            for name in folders:
                self._known(base, os.path.join(where, name), None)
            for name in files:
                with open(os.path.join(where, name), "rb") as f:
                    self._known(base, os.path.join(where, name), File(f.read()))

    def _known(self, base, path, what):
        path = os.path.join(self.root, os.path.relpath(path, base))
        self.now[path] = self.durable[path] = what

    def play(self, journal):
        everything = list(records(journal)) if os.path.exists(journal) else []
        if any(later[2] <= earlier[2] for earlier, later in zip(everything, everything[1:])):
            raise NotCovered("two processes worked on the folder")
        results = {r[6]: r[5] for r in everything if r[0] == RESULT}  # operation -> how much of it was done, where not all
        for op, flags, number, inode, offset, length, other, path, path2, data in everything:
            if op in (WRITE, TRUNCATE, GROW, RENAME, UNLINK, MKDIR, RMDIR, LINK):
                self.last = number
                if results.get(number) == 0:
                    continue
            if op == OPEN:
                self._open(flags, number, inode, path)
            elif op in (WRITE, TRUNCATE, GROW):
                if inode not in self.inodes:
                    raise NotCovered("a change of a file that was not seen opened (inode %d)" % inode)
                length = results.get(number, length)
                self.inodes[inode].pending.append((number, op, offset, length, None if op != WRITE or flags & ZEROS else data[:length]))
            elif op == SYNC:
                self._sync(inode, other)
            elif op == SYNC_ALL:
                for file in set(self.inodes.values()) | {f for f in self.now.values() if f}:
                    file.sync(other)
                self._sync_names(lambda _: True, other)
            elif op == RENAME:
                moved = [(p, f) for p, f in self.now.items() if p == path or p.startswith(path + "/")]
                self._name(number, [(p, "gone") for p, _ in moved] + [(path2 + p[len(path):], f) for p, f in moved])
            elif op in (UNLINK, RMDIR):
                self._name(number, [(path, "gone")])
            elif op == MKDIR:
                self._name(number, [(path, None)])
            elif op == LINK:
                self._name(number, [(path2, self.now[path])])
            elif op == UNSEEN:
                self.unseen.append(path or "operation on inode %d" % inode)
        return self

    def _open(self, flags, number, inode, path):
        if path in self.folders.values() or (path == self.root or self.now.get(path, 0) is None):
            self.folders[inode] = path
            return
        if flags & CREATED or path not in self.now:
            self.inodes[inode] = File()
            self._name(number, [(path, self.inodes[inode])])
        else:
            self.inodes[inode] = self.now[path]
            if flags & EMPTIED:
                self.inodes[inode].pending.append((number, TRUNCATE, 0, 0, None))

    def _name(self, number, changes):
        self.names.append((number, changes))
        put(self.now, changes)

    def _sync(self, inode, up_to):
        if inode in self.folders:
            folder = self.folders[inode]
            self._sync_names(lambda changes: any(os.path.dirname(p) == folder for p, _ in changes), up_to)
        elif inode in self.inodes:
            self.inodes[inode].sync(up_to)

    def _sync_names(self, touched, up_to):
        rest = []
        for number, changes in self.names:
            if number <= up_to and touched(changes):
                put(self.durable, changes)
            else:
                rest.append((number, changes))
        self.names = rest

    # ---- is the recording complete?

    def check(self):
        """Raises NotCovered unless all that was recorded, applied to the start, gives the folder as it lies there now."""
        if self.unseen:
            raise NotCovered("not recorded: " + "; ".join(self.unseen[:3]))
        found = set()
        for where, _, files in os.walk(self.root):
            found.update(os.path.join(where, name) for name in files)
        expected = {path for path, file in self.now.items() if file}
        for path in found ^ expected:
            if not self._killed_at_name(path):
                raise NotCovered("%s is %s" % (path, "there, but was not recorded" if path in found else "recorded, but not there"))
        for path in found & expected:
            with open(path, "rb") as f:
                actual = f.read()
            file = self.now[path]
            if actual != file.with_all() and actual != file.with_all(but_number=self.last) and not self._partly_done(file, actual):
                raise NotCovered("%s holds other bytes than were recorded" % path)

    def _killed_at_name(self, path):
        """The last change of names may have been recorded and not done; the last file made may have been made and not recorded."""
        if self.names and self.names[-1][0] == self.last and any(p == path for p, _ in self.names[-1][1]):
            return True
        return path not in self.now and os.path.exists(path) and os.path.getsize(path) == 0

    def _partly_done(self, file, actual):
        last = file.pending[-1] if file.pending else None
        if not last or last[0] != self.last or last[1] != WRITE:
            return False
        before, after = file.with_all(but_number=self.last), file.with_all()
        end = len(actual)
        return after[:end] == actual or (len(before) <= end and after[:last[2]] == actual[:last[2]] and after[last[2] + last[3]:] == actual[last[2] + last[3]:])

    # ---- the cut

    def cut(self, seed):
        """Returns (what the disk holds after a power cut: path -> bytes or None for a folder, how that was drawn, bytes not synced)."""
        draw = random.Random(seed)
        way = draw.choice(WAYS)
        block = draw.choice((512, 4096))
        share = draw.choice((0.1, 0.5, 0.9))
        last = max([self.last or 0] + [n for n, _ in self.names])
        first = min([n for n, _ in self.names] + [c[0] for f in self._files() for c in f.pending[:1]] + [last])
        moment = draw.randint(first, last + 1) if way != "nothing" else 0
        names = dict(self.durable)
        for number, changes in self.names:
            if number < moment:
                put(names, changes)
        unsynced = sum(c[3] for f in self._files() for c in f.pending if c[1] == WRITE)
        disk, drawn = {}, {}
        for path in sorted(names):
            file = names[path]
            if file is None:
                disk[path] = None
                continue
            if id(file) not in drawn:
                own = draw.randint(0, len(file.pending)) if way == "files" else 0
                drawn[id(file)] = self._content(file, draw, way, block, share, moment, own)
            disk[path] = drawn[id(file)]
        text = {"nothing": "nothing unsynced", "blocks": "%d-byte blocks at %.1f" % (block, share), "moment": "all up to a moment", "files": "each file up to a moment"}[way]
        return disk, text, unsynced

    def _files(self):
        unique = {id(f): f for f in list(self.now.values()) + list(self.inodes.values()) if f}
        return list(unique.values())

    @staticmethod
    def _content(file, draw, way, block, share, moment, own):
        content = bytearray(file.durable)
        for index, change in enumerate(file.pending):
            number, op, offset, length, data = change
            if way == "moment" and number < moment or way == "files" and index < own or way == "blocks" and op != WRITE and draw.random() < share:
                apply(content, change)
            elif op == WRITE and (way == "blocks" or way == "moment" and number == moment):
                apply_blocks(content, change, block, draw, share)
        return content

    def lay_out(self, disk):
        """Replaces the folder's content by what the disk holds."""
        for name in os.listdir(self.root):
            path = os.path.join(self.root, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        for path in sorted(disk):
            if os.path.dirname(path) != self.root and disk.get(os.path.dirname(path), 0) is not None:
                continue  # its folder is not there
            if disk[path] is None:
                os.mkdir(path)
            else:
                with open(path, "wb") as f:
                    f.write(disk[path])


def put(names, changes):
    for path, what in changes:
        if what == "gone":
            names.pop(path, None)
        else:
            names[path] = what


def apply_blocks(content, change, block, draw, share):
    """Each aligned block of the write reaches the disk or does not."""
    number, op, offset, length, data = change
    at = offset
    while at < offset + length:
        end = min(offset + length, (at // block + 1) * block)
        if draw.random() < share:
            apply(content, (number, op, at, end - at, None if data is None else data[at - offset:end - offset]))
        at = end


def power_cut(root, base, journal, seed):
    """After the program was killed: checks the recording, lays out the root as after a power cut. Returns a text that says what was drawn."""
    folder = Folder(root, base).play(journal)
    folder.check()
    disk, text, unsynced = folder.cut(seed)
    folder.lay_out(disk)
    return "%s; %d bytes were not synced" % (text, unsynced)
