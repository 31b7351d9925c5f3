/* Preloaded into a broker, records every change below one folder and every sync of it, in the order in which they happen, so that
 * powercut.py can afterwards lay out the folder as a power cut would have left it.
 *   gcc -shared -fPIC -O2 -o powercut.so powercut.c -ldl
 *   POWERCUT_DIR=/path/of/data POWERCUT_JOURNAL=/path/elsewhere/ops.log LD_PRELOAD=./powercut.so PROGRAM
 * The program does all its work on the real folder. One lock makes "record, then do" a single step, so the record of an operation
 * is never later than its effect; a sync is recorded after it returned, with the number of the last operation before it began.
 * Not seen: system calls made without libc (io_uring, syscall()), stores into shared writable mappings, temporary files made
 * inside libc. powercut.py compares the folder with what was recorded and refuses to go on when they differ; of a mapping it is told. */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OP_OPEN = 1, OP_WRITE, OP_TRUNCATE, OP_GROW, OP_SYNC, OP_SYNC_ALL, OP_RENAME, OP_UNLINK, OP_MKDIR, OP_RMDIR, OP_LINK, OP_RESULT, OP_UNSEEN };
enum { F_CREATED = 1, F_ZEROS = 2, F_EMPTIED = 4 };
#define MAGIC 0x54554357u
#define FDS_MAX 65536

struct record { /* little endian, followed by the first path, the second path and the data */
    uint32_t magic;
    uint16_t op, flags;
    uint64_t number, inode, offset, length, other;
    uint32_t path_length, path2_length;
    uint64_t data_length;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_length;
static int journal = -1;
static uint64_t number;
static unsigned char watched[FDS_MAX]; /* 1: a file or folder below the root */
static unsigned char synced_writes[FDS_MAX]; /* opened with O_SYNC or O_DSYNC */

static void die(const char *what) {
    dprintf(2, "powercut: %s: %s\n", what, strerror(errno));
    abort();
}

__attribute__((constructor)) static void begin(void) {
    const char *dir = getenv("POWERCUT_DIR"), *path = getenv("POWERCUT_JOURNAL");
    if (!dir || !path || !realpath(dir, root)) return;
    root_length = strlen(root);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) die(path);
    journal = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900); /* out of the way of programs that number their descriptors */
    if (journal < 0) die("no descriptor");
    syscall(SYS_close, fd);
}

static int below(const char *path) {
    return journal >= 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || !path[root_length]);
}

static int is_watched(int fd) { return journal >= 0 && fd >= 0 && fd < FDS_MAX && watched[fd]; }

static void record(uint16_t op, uint16_t flags, uint64_t inode, uint64_t offset, uint64_t length, uint64_t other, const char *path,
                   const char *path2, const struct iovec *data, int pieces) {
    struct iovec out[3];
    struct record r = { MAGIC, op, flags, ++number, inode, offset, length, other, path ? (uint32_t)strlen(path) : 0, path2 ? (uint32_t)strlen(path2) : 0, 0 };
    size_t total = sizeof r + r.path_length + r.path2_length;
    uint64_t data_total = 0;
    for (int i = 0; i < pieces; i++) data_total += data[i].iov_len;
    r.data_length = data_total;
    out[0] = (struct iovec){ &r, sizeof r };
    out[1] = (struct iovec){ (void *)path, r.path_length };
    out[2] = (struct iovec){ (void *)path2, r.path2_length };
    if (syscall(SYS_writev, journal, out, 3) != (ssize_t)total) die("journal");
    for (int i = 0; i < pieces; i++)
        for (size_t at = 0; at < data[i].iov_len;) {
            ssize_t n = syscall(SYS_write, journal, (char *)data[i].iov_base + at, data[i].iov_len - at);
            if (n <= 0) die("journal");
            at += (size_t)n;
        }
}

static uint64_t inode_of(int fd, struct stat *st) { return syscall(SYS_fstat, fd, st) ? 0 : st->st_ino; }

/* The path with its folder resolved; the last part stays as it is. */
static int full_path(int dirfd, const char *path, char *to) {
    char joined[PATH_MAX * 2], folder[PATH_MAX];
    if (path[0] == '/' ) snprintf(joined, sizeof joined, "%s", path);
    else {
        char link[64], base[PATH_MAX];
        if (dirfd == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
        ssize_t n = readlink(link, base, sizeof base - 1);
        if (n < 0) return 0;
        base[n] = 0;
        snprintf(joined, sizeof joined, "%s/%s", base, path);
    }
    size_t end = strlen(joined);
    while (end > 1 && joined[end - 1] == '/') joined[--end] = 0;
    char *slash = strrchr(joined, '/');
    if (!slash) return 0;
    char *name = slash + 1;
    *slash = 0;
    if (!realpath(joined[0] ? joined : "/", folder)) return 0;
    return snprintf(to, PATH_MAX, "%s/%s", strcmp(folder, "/") ? folder : "", name) < PATH_MAX;
}

/* ------------------------------------------------------------------ opening and closing */
static int do_open(int dirfd, const char *path, int flags, mode_t mode) {
    if (journal < 0) return (int)syscall(SYS_openat, dirfd, path, flags, mode);
    struct stat st;
    pthread_mutex_lock(&lock);
    int existed = !(flags & O_CREAT) || syscall(SYS_newfstatat, dirfd, path, &st, 0) == 0;
    int fd = (int)syscall(SYS_openat, dirfd, path, flags, mode), error = errno;
    if (fd >= 0 && fd < FDS_MAX) {
        char link[64], real[PATH_MAX];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(link, real, sizeof real - 1);
        real[n > 0 ? n : 0] = 0;
        watched[fd] = 0;
        uint64_t inode;
        if (below(real) && (inode = inode_of(fd, &st)) && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
            watched[fd] = 1;
            synced_writes[fd] = (flags & (O_SYNC | O_DSYNC)) != 0;
            int writes = (flags & O_ACCMODE) != O_RDONLY;
            record(OP_OPEN, (uint16_t)((existed ? 0 : F_CREATED) | ((flags & O_TRUNC) && writes ? F_EMPTIED : 0)), inode, 0, 0, 0, real, NULL, NULL, 0);
        }
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}

#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list a; va_start(a, flags); mode = va_arg(a, mode_t); va_end(a); }
int open(const char *path, int flags, ...) { MODE(flags) return do_open(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return do_open(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int dirfd, const char *path, int flags, ...) { MODE(flags) return do_open(dirfd, path, flags, mode); }
int openat64(int dirfd, const char *path, int flags, ...) { MODE(flags) return do_open(dirfd, path, flags | O_LARGEFILE, mode); }
int creat(const char *path, mode_t mode) { return do_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }
int __open_2(const char *path, int flags) { return do_open(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return do_open(AT_FDCWD, path, flags, 0); }
int __openat_2(int dirfd, const char *path, int flags) { return do_open(dirfd, path, flags, 0); }
int __openat64_2(int dirfd, const char *path, int flags) { return do_open(dirfd, path, flags, 0); }

int close(int fd) {
    if (fd == journal && journal >= 0) return 0;
    if (is_watched(fd)) watched[fd] = 0;
    return (int)syscall(SYS_close, fd);
}

static int copied(int from, int to) {
    if (to >= 0 && to < FDS_MAX && from >= 0 && from < FDS_MAX) {
        watched[to] = watched[from];
        synced_writes[to] = synced_writes[from];
    }
    return to;
}
int dup(int fd) { return copied(fd, (int)syscall(SYS_dup, fd)); }
int dup2(int fd, int to) { return fd == to ? to : dup3(fd, to, 0); }
int dup3(int fd, int to, int flags) { return copied(fd, (int)syscall(SYS_dup3, fd, to, flags)); }
static int do_fcntl(int fd, int command, void *value) {
    int result = (int)syscall(SYS_fcntl, fd, command, value);
    return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? copied(fd, result) : result;
}
int fcntl(int fd, int command, ...) { va_list a; va_start(a, command); void *v = va_arg(a, void *); va_end(a); return do_fcntl(fd, command, v); }
int fcntl64(int fd, int command, ...) { va_list a; va_start(a, command); void *v = va_arg(a, void *); va_end(a); return do_fcntl(fd, command, v); }

/* ------------------------------------------------------------------ writing */
static int all_zero(const struct iovec *data, int pieces) {
    for (int i = 0; i < pieces; i++) {
        const char *p = data[i].iov_base;
        size_t n = data[i].iov_len;
        if (n && (p[0] || memcmp(p, p + 1, n - 1))) return 0;
    }
    return 1;
}

static void after_write(int fd, uint64_t inode) {
    if (synced_writes[fd]) record(OP_SYNC, 0, inode, 0, 0, number, NULL, NULL, NULL, 0);
}

/* at < 0: at the descriptor's position, or at the end where it appends. */
static ssize_t do_write(int fd, const struct iovec *data, int pieces, off64_t at) {
    struct stat st;
    uint64_t inode;
    if (!is_watched(fd) || !(inode = inode_of(fd, &st)) || !S_ISREG(st.st_mode))
        return at < 0 ? syscall(SYS_writev, fd, data, pieces) : syscall(SYS_pwritev, fd, data, pieces, (long)at, 0L);
    pthread_mutex_lock(&lock);
    syscall(SYS_fstat, fd, &st);
    int appends = (syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND) != 0;
    uint64_t offset = appends ? (uint64_t)st.st_size : at < 0 ? (uint64_t)syscall(SYS_lseek, fd, 0L, SEEK_CUR) : (uint64_t)at, total = 0;
    for (int i = 0; i < pieces; i++) total += data[i].iov_len;
    int zeros = total >= 4096 && all_zero(data, pieces);
    record(OP_WRITE, zeros ? F_ZEROS : 0, inode, offset, total, 0, NULL, NULL, zeros ? NULL : data, zeros ? 0 : pieces);
    uint64_t mine = number;
    ssize_t done = at < 0 ? syscall(SYS_writev, fd, data, pieces) : syscall(SYS_pwritev, fd, data, pieces, (long)at, 0L);
    int error = errno;
    if (done != (ssize_t)total) record(OP_RESULT, 0, inode, 0, done < 0 ? 0 : (uint64_t)done, mine, NULL, NULL, NULL, 0);
    if (done > 0) after_write(fd, inode);
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

ssize_t write(int fd, const void *data, size_t n) {
    if (!is_watched(fd)) return syscall(SYS_write, fd, data, n);
    struct iovec one = { (void *)data, n };
    return do_write(fd, &one, 1, -1);
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) {
    if (!is_watched(fd)) return syscall(SYS_pwrite64, fd, data, n, at);
    struct iovec one = { (void *)data, n };
    return do_write(fd, &one, 1, at);
}
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) { return pwrite(fd, data, n, at); }
ssize_t writev(int fd, const struct iovec *data, int n) { return do_write(fd, data, n, -1); }
ssize_t pwritev(int fd, const struct iovec *data, int n, off_t at) { return do_write(fd, data, n, at); }
ssize_t pwritev64(int fd, const struct iovec *data, int n, off64_t at) { return do_write(fd, data, n, at); }
ssize_t pwritev2(int fd, const struct iovec *data, int n, off_t at, int flags) {
    return is_watched(fd) ? do_write(fd, data, n, at) : syscall(SYS_pwritev2, fd, data, n, (long)at, 0L, flags);
}
ssize_t pwritev64v2(int fd, const struct iovec *data, int n, off64_t at, int flags) { return pwritev2(fd, data, n, at, flags); }

/* The kernel copies between descriptors: what arrived is read back and recorded. A power cut in between only finds less of it. */
static void read_back(int fd, uint64_t offset, ssize_t n) {
    struct stat st;
    char *copy = n > 0 ? malloc((size_t)n) : NULL;
    if (!copy) return;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int in = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    ssize_t got = in < 0 ? -1 : syscall(SYS_pread64, in, copy, (size_t)n, (long)offset);
    if (in >= 0) syscall(SYS_close, in);
    struct iovec one = { copy, got > 0 ? (size_t)got : 0 };
    record(got == n ? OP_WRITE : OP_UNSEEN, 0, inode_of(fd, &st), offset, one.iov_len, 0, NULL, NULL, &one, 1);
    free(copy);
}
ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t n, unsigned flags) {
    if (!is_watched(out)) return syscall(SYS_copy_file_range, in, in_at, out, out_at, n, flags);
    pthread_mutex_lock(&lock);
    uint64_t at = out_at ? (uint64_t)*out_at : (uint64_t)syscall(SYS_lseek, out, 0L, SEEK_CUR);
    ssize_t done = syscall(SYS_copy_file_range, in, in_at, out, out_at, n, flags);
    int error = errno;
    read_back(out, at, done);
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}
ssize_t sendfile(int out, int in, off_t *at, size_t n) {
    if (!is_watched(out)) return syscall(SYS_sendfile, out, in, at, n);
    pthread_mutex_lock(&lock);
    uint64_t to = (uint64_t)syscall(SYS_lseek, out, 0L, SEEK_CUR);
    ssize_t done = syscall(SYS_sendfile, out, in, at, n);
    int error = errno;
    read_back(out, to, done);
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}
ssize_t sendfile64(int out, int in, off64_t *at, size_t n) { return sendfile(out, in, at, n); }

/* ------------------------------------------------------------------ size */
static int changed_size(int fd, uint16_t op, uint64_t offset, uint64_t length, long call, long a, long b, long c) {
    struct stat st;
    if (!is_watched(fd)) return (int)syscall(call, fd, a, b, c);
    pthread_mutex_lock(&lock);
    uint64_t inode = inode_of(fd, &st);
    record(op, 0, inode, offset, length, 0, NULL, NULL, NULL, 0);
    uint64_t mine = number;
    int result = (int)syscall(call, fd, a, b, c), error = errno;
    if (result) record(OP_RESULT, 0, inode, 0, 0, mine, NULL, NULL, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
int ftruncate(int fd, off_t size) { return changed_size(fd, OP_TRUNCATE, 0, (uint64_t)size, SYS_ftruncate, size, 0, 0); }
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }
int truncate(const char *path, off_t size) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int result = ftruncate(fd, size), error = errno;
    close(fd);
    errno = error;
    return result;
}
int truncate64(const char *path, off64_t size) { return truncate(path, size); }
int fallocate(int fd, int mode, off_t offset, off_t length) {
    uint16_t op = mode == 0 ? OP_GROW : OP_UNSEEN;
    if (mode == FALLOC_FL_KEEP_SIZE) return (int)syscall(SYS_fallocate, fd, mode, offset, length); /* changes nothing that can be read */
    return changed_size(fd, op, (uint64_t)offset, (uint64_t)length, SYS_fallocate, mode, offset, length);
}
int fallocate64(int fd, int mode, off64_t offset, off64_t length) { return fallocate(fd, mode, offset, length); }
int posix_fallocate(int fd, off_t offset, off_t length) { return fallocate(fd, 0, offset, length) ? errno : 0; }
int posix_fallocate64(int fd, off64_t offset, off64_t length) { return posix_fallocate(fd, offset, length); }

/* ------------------------------------------------------------------ syncing */
static int do_sync(int fd, long call) {
    struct stat st;
    if (!is_watched(fd)) return (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    uint64_t before = number, inode = inode_of(fd, &st);
    pthread_mutex_unlock(&lock);
    int result = (int)syscall(call, fd), error = errno;
    if (!result) {
        pthread_mutex_lock(&lock);
        record(call == SYS_syncfs ? OP_SYNC_ALL : OP_SYNC, 0, inode, 0, 0, before, NULL, NULL, NULL, 0);
        pthread_mutex_unlock(&lock);
    }
    errno = error;
    return result;
}
int fsync(int fd) { return do_sync(fd, SYS_fsync); }
int fdatasync(int fd) { return do_sync(fd, SYS_fdatasync); }
int syncfs(int fd) { return do_sync(fd, SYS_syncfs); }
void sync(void) {
    pthread_mutex_lock(&lock);
    uint64_t before = number;
    pthread_mutex_unlock(&lock);
    syscall(SYS_sync);
    if (journal < 0) return;
    pthread_mutex_lock(&lock);
    record(OP_SYNC_ALL, 0, 0, 0, 0, before, NULL, NULL, NULL, 0);
    pthread_mutex_unlock(&lock);
}

static void *do_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    if (is_watched(fd) && (flags & MAP_SHARED) && (protection & PROT_WRITE)) {
        struct stat st;
        pthread_mutex_lock(&lock);
        record(OP_UNSEEN, 0, inode_of(fd, &st), 0, length, 0, "a shared writable mapping", NULL, NULL, 0);
        pthread_mutex_unlock(&lock);
    }
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) { return do_mmap(address, length, protection, flags, fd, offset); }
void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) { return do_mmap(address, length, protection, flags, fd, offset); }

/* ------------------------------------------------------------------ names */
static int named(uint16_t op, int dirfd, const char *path, int dirfd2, const char *path2, long call, long a, long b, long c, long d, long e) {
    char first[PATH_MAX] = "", second[PATH_MAX] = "";
    if (journal < 0 || !full_path(dirfd, path, first) || (path2 && !full_path(dirfd2, path2, second)) || !(below(first) || (path2 && below(second))))
        return (int)syscall(call, a, b, c, d, e);
    pthread_mutex_lock(&lock);
    record(op, 0, 0, 0, 0, 0, first, path2 ? second : NULL, NULL, 0);
    uint64_t mine = number;
    int result = (int)syscall(call, a, b, c, d, e), error = errno;
    if (result) record(OP_RESULT, 0, 0, 0, 0, mine, NULL, NULL, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
#define P(x) ((long)(x))
int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
    return named(flags & RENAME_EXCHANGE ? OP_UNSEEN : OP_RENAME, from_dir, from, to_dir, to, SYS_renameat2, from_dir, P(from), to_dir, P(to), (long)flags);
}
int renameat(int from_dir, const char *from, int to_dir, const char *to) { return renameat2(from_dir, from, to_dir, to, 0); }
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
int unlinkat(int dirfd, const char *path, int flags) {
    return named(flags & AT_REMOVEDIR ? OP_RMDIR : OP_UNLINK, dirfd, path, 0, NULL, SYS_unlinkat, dirfd, P(path), flags, 0, 0);
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
    int result = unlink(path);
    return result && (errno == EISDIR || errno == EPERM) ? rmdir(path) : result;
}
int mkdirat(int dirfd, const char *path, mode_t mode) { return named(OP_MKDIR, dirfd, path, 0, NULL, SYS_mkdirat, dirfd, P(path), mode, 0, 0); }
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
    return named(OP_LINK, from_dir, from, to_dir, to, SYS_linkat, from_dir, P(from), to_dir, P(to), flags);
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
int symlinkat(const char *target, int dirfd, const char *path) { return named(OP_UNSEEN, dirfd, path, 0, NULL, SYS_symlinkat, P(target), dirfd, P(path), 0, 0); }
int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

/* ------------------------------------------------------------------ stdio: libc writes inside itself, so streams on watched files go through us */
static ssize_t cookie_read(void *fd, char *to, size_t n) { return syscall(SYS_read, (int)(intptr_t)fd, to, n); }
static ssize_t cookie_write(void *fd, const char *from, size_t n) { ssize_t done = write((int)(intptr_t)fd, from, n); return done < 0 ? 0 : done; }
static int cookie_seek(void *fd, off64_t *at, int whence) {
    off64_t result = syscall(SYS_lseek, (int)(intptr_t)fd, *at, whence);
    if (result < 0) return -1;
    *at = result;
    return 0;
}
static FILE *streams[FDS_MAX];
static int cookie_close(void *fd) { streams[(intptr_t)fd] = NULL; return close((int)(intptr_t)fd); }

static FILE *stream_on(int fd, const char *mode) {
    FILE *stream = fopencookie((void *)(intptr_t)fd, mode, (cookie_io_functions_t){ cookie_read, cookie_write, cookie_seek, cookie_close });
    if (stream) streams[fd] = stream;
    return stream;
}
static FILE *do_fopen(const char *path, const char *mode, const char *name) {
    char full[PATH_MAX];
    if (journal < 0 || !full_path(AT_FDCWD, path, full) || !below(full)) {
        FILE *(*real)(const char *, const char *) = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, name);
        return real(path, mode);
    }
    int flags = mode[0] == 'r' ? 0 : mode[0] == 'w' ? O_CREAT | O_TRUNC : O_CREAT | O_APPEND;
    flags |= strchr(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
    if (strchr(mode, 'x')) flags |= O_EXCL;
    if (strchr(mode, 'e')) flags |= O_CLOEXEC;
    int fd = do_open(AT_FDCWD, path, flags, 0666);
    return fd < 0 ? NULL : stream_on(fd, mode);
}
FILE *fopen(const char *path, const char *mode) { return do_fopen(path, mode, "fopen"); }
FILE *fopen64(const char *path, const char *mode) { return do_fopen(path, mode, "fopen64"); }
FILE *fdopen(int fd, const char *mode) {
    if (is_watched(fd)) return stream_on(fd, mode);
    FILE *(*real)(int, const char *) = (FILE * (*)(int, const char *)) dlsym(RTLD_NEXT, "fdopen");
    return real(fd, mode);
}
int fileno(FILE *stream) {
    static int (*real)(FILE *);
    if (!real) real = (int (*)(FILE *))dlsym(RTLD_NEXT, "fileno");
    int fd = real(stream);
    if (fd >= 0 || journal < 0) return fd;
    for (int i = 0; i < FDS_MAX; i++)
        if (streams[i] == stream) return i;
    return -1;
}
int fileno_unlocked(FILE *stream) { return fileno(stream); }
