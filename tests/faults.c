/* Makes one system call fail, for tests: preloaded into a process, armed from inside it.
 *
 * Only files below one folder count. Calls are counted in two classes, writes and reads; the n-th call of the armed
 * class fails with an error of the caller's choice, or every call where n is 0. A negative error is the number of a
 * signal: the process gets it in place of the call.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES = 1, READS = 2 };
static int armed, wanted, number, seen, fired;
static char root[4096];

void fault_arm(int class, int n, int error, const char *folder) {
    snprintf(root, sizeof root, "%s", folder);
    wanted = n, number = error, seen = 0, fired = 0, armed = class;
}
int fault_fired(void) { return fired; }
int fault_seen(void) { return seen; }

static int fails(int class) {
    seen++;
    if (wanted && seen != wanted) return 0;
    fired = 1;
    if (number < 0) raise(-number);
    errno = number;
    return 1;
}
static int fails_path(int class, const char *path) {
    return armed == class && !strncmp(path, root, strlen(root)) && fails(class);
}
static int fails_fd(int class, int fd) {
    char link[64], path[4096];
    if (armed != class) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return fails_path(class, path);
}

#define ON_FD(type, name, class, parameters, ...) \
    type name parameters { \
        static type(*real) parameters; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        return fails_fd(class, fd) ? -1 : real(__VA_ARGS__); \
    }
#define ON_PATH(type, name, parameters, ...) \
    type name parameters { \
        static type(*real) parameters; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        return fails_path(WRITES, path) ? -1 : real(__VA_ARGS__); \
    }

ON_FD(ssize_t, write, WRITES, (int fd, const void *data, size_t size), fd, data, size)
ON_FD(ssize_t, pwrite, WRITES, (int fd, const void *data, size_t size, off_t at), fd, data, size, at)
ON_FD(ssize_t, pwrite64, WRITES, (int fd, const void *data, size_t size, off_t at), fd, data, size, at)
ON_FD(ssize_t, writev, WRITES, (int fd, const struct iovec *data, int n), fd, data, n)
ON_FD(int, fsync, WRITES, (int fd), fd)
ON_FD(int, fdatasync, WRITES, (int fd), fd)
ON_FD(int, ftruncate, WRITES, (int fd, off_t size), fd, size)
ON_FD(int, ftruncate64, WRITES, (int fd, off_t size), fd, size)
ON_FD(ssize_t, read, READS, (int fd, void *data, size_t size), fd, data, size)
ON_FD(ssize_t, pread, READS, (int fd, void *data, size_t size, off_t at), fd, data, size, at)
ON_FD(ssize_t, pread64, READS, (int fd, void *data, size_t size, off_t at), fd, data, size, at)
ON_PATH(int, mkdir, (const char *path, mode_t mode), path, mode)
ON_PATH(int, rename, (const char *path, const char *to), path, to)
ON_PATH(int, renameat2, (int from, const char *path, int into, const char *to, unsigned flags), from, path, into, to,
        flags)
