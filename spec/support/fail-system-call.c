/*
 * Makes one system call of the process that loads it (LD_PRELOAD) fail, as a broken disk, a full one or a process with
 * too many open files would:
 *
 *     FAIL_BELOW=/a/folder FAIL_SYSTEM_CALL=12:EIO:write,fsync
 *
 * Calls on files in that folder are counted alone, of the kinds that are named: open, write, fsync, ftruncate, rename
 * and unlink, whoever makes them: Node, its thread pool or SQLite. What goes past the C library (system calls by number,
 * io_uring, pages written through mmap) cannot be seen from here. What is hit is said on standard error at once; at the
 * end, how many calls there were. A number of 0 only counts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_int calls;
static int number;
static int code;
static char kinds[64];
static char folder[PATH_MAX];

static void say(const char *format, ...) {
  char line[PATH_MAX + 200];
  va_list values;
  va_start(values, format);
  int length = vsnprintf(line, sizeof line, format, values);
  va_end(values);
  syscall(SYS_write, 2, line, (size_t)length);
}

__attribute__((constructor)) static void begin(void) {
  const char *wanted = getenv("FAIL_SYSTEM_CALL");
  const char *below = getenv("FAIL_BELOW");
  char name[16] = "";
  if (wanted == NULL || below == NULL) return;
  sscanf(wanted, "%d:%15[A-Z]:%63[a-z,]", &number, name, kinds);
  snprintf(folder, sizeof folder, "%s/", below);
  code = strcmp(name, "ENOSPC") == 0 ? ENOSPC : strcmp(name, "EMFILE") == 0 ? EMFILE : EIO;
}

__attribute__((destructor)) static void end(void) {
  if (folder[0] != 0) say("FAIL_SYSTEM_CALL counted %d\n", atomic_load(&calls));
}

static int names(const char *kind) {
  size_t length = strlen(kind);
  for (const char *at = kinds; (at = strstr(at, kind)) != NULL; at += length) {
    if ((at == kinds || at[-1] == ',') && (at[length] == 0 || at[length] == ',')) return 1;
  }
  return 0;
}

/* Whether this call is the one that is to fail; errno is set then. */
static int fails(const char *kind, const char *path) {
  if (folder[0] == 0 || !names(kind)) return 0;
  char whole[PATH_MAX];
  if (path[0] != '/') {
    char current[PATH_MAX];
    if (getcwd(current, sizeof current) == NULL) return 0;
    if ((size_t)snprintf(whole, sizeof whole, "%s/%s", current, path) >= sizeof whole) return 0;
    path = whole;
  }
  if (strncmp(path, folder, strlen(folder)) != 0) return 0;
  if (atomic_fetch_add(&calls, 1) + 1 != number) return 0;
  say("FAIL_SYSTEM_CALL %d hit %s %s\n", number, kind, path);
  errno = code;
  return 1;
}

static int fails_on(const char *kind, int descriptor) {
  if (folder[0] == 0 || descriptor <= 2) return 0;
  char link[64], path[PATH_MAX];
  int before = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = before;
  /* A pipe or a socket has no path. */
  if (length <= 0 || path[0] != '/') return 0;
  path[length] = 0;
  return fails(kind, path);
}

#define NEXT(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

#define OPENER(name)                                                   \
  int name(const char *path, int flags, ...) {                         \
    mode_t mode = 0;                                                   \
    if (flags & (O_CREAT | O_TMPFILE)) {                               \
      va_list rest;                                                    \
      va_start(rest, flags);                                           \
      mode = va_arg(rest, mode_t);                                     \
      va_end(rest);                                                    \
    }                                                                  \
    return fails("open", path) ? -1 : NEXT(name)(path, flags, mode);   \
  }
OPENER(open)
OPENER(open64)

#define ON_DESCRIPTOR(result, name, kind, parameters, given)           \
  result name parameters {                                             \
    return fails_on(kind, descriptor) ? -1 : NEXT(name) given;         \
  }
ON_DESCRIPTOR(ssize_t, write, "write", (int descriptor, const void *from, size_t bytes),
              (descriptor, from, bytes))
ON_DESCRIPTOR(ssize_t, writev, "write", (int descriptor, const struct iovec *from, int count),
              (descriptor, from, count))
ON_DESCRIPTOR(ssize_t, pwrite64, "write",
              (int descriptor, const void *from, size_t bytes, off64_t at),
              (descriptor, from, bytes, at))
ON_DESCRIPTOR(ssize_t, pwritev64, "write",
              (int descriptor, const struct iovec *from, int count, off64_t at),
              (descriptor, from, count, at))
ON_DESCRIPTOR(int, fsync, "fsync", (int descriptor), (descriptor))
ON_DESCRIPTOR(int, fdatasync, "fsync", (int descriptor), (descriptor))
ON_DESCRIPTOR(int, ftruncate64, "ftruncate", (int descriptor, off64_t length),
              (descriptor, length))

int rename(const char *from, const char *to) {
  return fails("rename", from) ? -1 : NEXT(rename)(from, to);
}

int unlink(const char *path) {
  return fails("unlink", path) ? -1 : NEXT(unlink)(path);
}
