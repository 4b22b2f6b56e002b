/* Preloaded into a program: once the file L3ROCC_FAULT_FILE is there, everything that writes below L3ROCC_FAULT_BELOW
   fails with the error number that it holds; with a minus before the number everything that reads there fails too. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int fault(void) {
    const char *name = getenv("L3ROCC_FAULT_FILE");
    char text[16] = {0};
    if (!name) return 0;
    int handle = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);
    if (handle < 0) return 0;
    syscall(SYS_read, handle, text, sizeof text - 1);
    syscall(SYS_close, handle);
    return atoi(text);
}

static int is_path_below(const char *path) {
    const char *below = getenv("L3ROCC_FAULT_BELOW");
    return below && path && strncmp(path, below, strlen(below)) == 0;
}

static int is_below(int handle) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_path_below(path);
}

static int refuses(int handle, int reading) {
    int saved = errno, number = fault();
    if (number && (!reading || number < 0) && is_below(handle)) {
        errno = abs(number);
        return 1;
    }
    errno = saved;
    return 0;
}

static int refuses_path(const char *path) {
    int saved = errno, number = fault();
    if (number && is_path_below(path)) {
        errno = abs(number);
        return 1;
    }
    errno = saved;
    return 0;
}

#define REAL(type, name, ...)                                            \
    static type (*real)(__VA_ARGS__);                                    \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return refuses(fd, 0) ? -1 : real(fd, data, size);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return refuses(fd, 0) ? -1 : real(fd, parts, count);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return refuses(fd, 0) ? -1 : real(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return refuses(fd, 0) ? -1 : real(fd, data, size, at);
}
ssize_t read(int fd, void *data, size_t size) {
    REAL(ssize_t, "read", int, void *, size_t);
    return refuses(fd, 1) ? -1 : real(fd, data, size);
}
int fsync(int fd) {
    REAL(int, "fsync", int);
    return refuses(fd, 0) ? -1 : real(fd);
}
int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    return refuses(fd, 0) ? -1 : real(fd);
}
int ftruncate(int fd, off_t size) {
    REAL(int, "ftruncate", int, off_t);
    return refuses(fd, 0) ? -1 : real(fd, size);
}
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    return refuses_path(to) ? -1 : real(from, to);
}
int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    return refuses_path(to) ? -1 : real(from, to);
}
int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return refuses_path(path) ? -1 : real(path, mode);
}

#define OPENS(name)                                                       \
    int name(const char *path, int flags, ...) {                          \
        mode_t mode = 0;                                                  \
        if (flags & (O_CREAT | __O_TMPFILE)) {                            \
            va_list rest;                                                 \
            va_start(rest, flags);                                        \
            mode = va_arg(rest, mode_t);                                  \
            va_end(rest);                                                 \
        }                                                                 \
        if ((flags & O_CREAT) && refuses_path(path)) return -1;           \
        REAL(int, #name, const char *, int, mode_t);                      \
        return real(path, flags, mode);                                   \
    }
OPENS(open)
OPENS(open64)
