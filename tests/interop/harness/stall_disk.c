/* SPDX-License-Identifier: Apache-2.0 */
/* LD_PRELOAD for tests: a disk that stalls or fails. Calls that change files below
 * $STALL_DIRECTORY wait while the file $STALL_WHILE exists, 120 s at most, and fail while the file
 * $FAIL_WHILE exists, with the error whose name it holds: ENOSPC, EACCES, ENOENT, EROFS, else EIO.
 */
/* Both names of each function are ours, as both are called. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define POLL_MS 5
#define LIMIT_MS 120000

/* Not by our own functions: they would come back here. */
static int exists(const char* variable) {
  const char* path = getenv(variable);
  return path && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
}

static int chosen_error(void) {
  static const struct {
    const char* name;
    int value;
  } errors[] = {{"ENOSPC", ENOSPC}, {"EACCES", EACCES}, {"ENOENT", ENOENT}, {"EROFS", EROFS}};
  char text[16] = "";
  const long file = syscall(SYS_openat, AT_FDCWD, getenv("FAIL_WHILE"), O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return 0;
  const long size = syscall(SYS_read, file, text, sizeof text - 1);
  syscall(SYS_close, file);
  for (size_t i = 0; size > 0 && i < sizeof errors / sizeof *errors; ++i) {
    if (strncmp(text, errors[i].name, strlen(errors[i].name)) == 0) return errors[i].value;
  }
  return EIO;
}

static int is_below(const char* path) {
  const char* directory = getenv("STALL_DIRECTORY");
  const size_t length = directory ? strlen(directory) : 0;
  return length > 0 && strncmp(path, directory, length) == 0 &&
         (path[length] == '/' || path[length] == '\0');
}

/* 0, or -1 with errno if the call is to fail. */
static int disturb(void) {
  for (int waited_ms = 0; exists("STALL_WHILE") && waited_ms < LIMIT_MS; waited_ms += POLL_MS) {
    const struct timespec time = {0, POLL_MS * 1000000L};
    nanosleep(&time, NULL);
  }
  if (!exists("FAIL_WHILE")) return 0;
  errno = chosen_error();
  return errno == 0 ? 0 : -1;
}

static int disturb_path(int directory, const char* path) {
  char full[PATH_MAX];
  if (!path || path[0] == '/' || directory == AT_FDCWD)
    return path && is_below(path) ? disturb() : 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
  const ssize_t size = readlink(link, full, sizeof full - 1);
  if (size < 0) return 0;
  full[size] = '\0';
  return is_below(full) ? disturb() : 0;
}

/* Sockets and the like are not looked up: they are written to far more often. */
static int disturb_file(int file) {
  const int saved = errno;
  struct stat status;
  const int is_file =
      fstat(file, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
  errno = saved;
  return is_file ? disturb_path(file, "") : 0;
}

#define NEXT(name)               \
  static __typeof__(&name) next; \
  if (!next) *(void**)&next = dlsym(RTLD_NEXT, #name)

#define ON_FILE(result, name, parameters, arguments, file) \
  EXPORT result name parameters {                          \
    NEXT(name);                                            \
    return disturb_file(file) == 0 ? next arguments : -1;  \
  }
#define ON_PATH(result, name, parameters, arguments, directory, path) \
  EXPORT result name parameters {                                     \
    NEXT(name);                                                       \
    return disturb_path(directory, path) == 0 ? next arguments : -1;  \
  }

ON_FILE(ssize_t, write, (int file, const void* data, size_t size), (file, data, size), file)
ON_FILE(ssize_t, writev, (int file, const struct iovec* parts, int count), (file, parts, count),
        file)
ON_FILE(ssize_t, pwrite, (int file, const void* data, size_t size, off_t at),
        (file, data, size, at), file)
ON_FILE(ssize_t, pwrite64, (int file, const void* data, size_t size, off64_t at),
        (file, data, size, at), file)
ON_FILE(int, fsync, (int file), (file), file)
ON_FILE(int, fdatasync, (int file), (file), file)
ON_FILE(int, fallocate, (int file, int mode, off_t at, off_t size), (file, mode, at, size), file)
ON_FILE(int, ftruncate, (int file, off_t size), (file, size), file)
ON_FILE(int, ftruncate64, (int file, off64_t size), (file, size), file)
ON_PATH(int, mkdir, (const char* path, mode_t mode), (path, mode), AT_FDCWD, path)
ON_PATH(int, mkdirat, (int directory, const char* path, mode_t mode), (directory, path, mode),
        directory, path)
ON_PATH(int, rename, (const char* from, const char* to), (from, to), AT_FDCWD, to)
ON_PATH(int, renameat, (int from_directory, const char* from, int directory, const char* to),
        (from_directory, from, directory, to), directory, to)

/* Reading is left alone. The mode is there or not; passing on what is not there does no harm. */
#define OPENS(name, parameters, arguments, directory)                             \
  EXPORT int name parameters {                                                    \
    NEXT(name);                                                                   \
    va_list list;                                                                 \
    va_start(list, flags);                                                        \
    const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; \
    va_end(list);                                                                 \
    const int writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;        \
    return writes && disturb_path(directory, path) != 0 ? -1 : next arguments;    \
  }
OPENS(open, (const char* path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPENS(open64, (const char* path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPENS(openat, (int directory, const char* path, int flags, ...), (directory, path, flags, mode),
      directory)
OPENS(openat64, (int directory, const char* path, int flags, ...), (directory, path, flags, mode),
      directory)
