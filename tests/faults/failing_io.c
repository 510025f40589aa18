/* Preloaded into the daemon by the proofs: makes the Nth write or fsync of the state directory fail, and moves the wall
 * clock, or calls a volume read-only. Built by faults.sh; no part of any program.
 *
 * FAULT_PATH     what a file's path must begin with to be counted
 * FAULT_CALL     write or sync; FAULT_AT: which of them fails, from 1; FAULT_TIMES: how many in a row (1)
 * FAULT_ERROR    the errno number; FAULT_SHORT: the first takes this many bytes instead of failing (the next one fails)
 * FAULT_CLOCK    a file with a number of seconds that CLOCK_REALTIME is off by; read at every look at the clock
 * FAULT_STUCK    a file; while it is there, no fsync of the state directory ends
 * FAULT_TURNS    a file of eight bytes, where the longest turn of a thread that serves sockets stands: the nanoseconds of
 *                processor between two calls of epoll_wait()
 * FAULT_READ_ONLY  a file; while it is there, fstatvfs() calls every volume read-only, as after an error of the disk
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;

static int is_watched(int descriptor) {
  const char *const wanted = getenv("FAULT_PATH");
  if (wanted == NULL) return 0;
  char link[64];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return strncmp(path, wanted, strlen(wanted)) == 0;
}

static long number(const char *name, long otherwise) {
  const char *const text = getenv(name);
  return text == NULL ? otherwise : atol(text);
}

/* 0: as usual; -1: fails with errno set; above 0: a short write of so many bytes. */
static long verdict(const char *call, int descriptor) {
  const char *const wanted = getenv("FAULT_CALL");
  if (wanted == NULL || strcmp(wanted, call) != 0 || !is_watched(descriptor)) return 0;
  const long at = number("FAULT_AT", 0);
  const long now = atomic_fetch_add(&calls, 1) + 1;
  if (now < at || now >= at + number("FAULT_TIMES", 1)) return 0;
  const long taken = number("FAULT_SHORT", 0);
  if (now == at && taken > 0) return taken;
  errno = (int)number("FAULT_ERROR", EIO);
  return -1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t count) {
  const long fate = verdict("write", descriptor);
  if (fate < 0) return -1;
  return REAL(write)(descriptor, bytes, fate > 0 && (size_t)fate < count ? (size_t)fate : count);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  const long fate = verdict("write", descriptor);
  if (fate < 0) return -1;
  return REAL(pwrite64)(descriptor, bytes, fate > 0 && (size_t)fate < count ? (size_t)fate : count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite64(descriptor, bytes, count, offset);
}

static void wait_while_stuck(int descriptor) {
  const char *const path = getenv("FAULT_STUCK");
  while (path != NULL && is_watched(descriptor) && access(path, F_OK) == 0) usleep(10000);
}

int fsync(int descriptor) {
  wait_while_stuck(descriptor);
  return verdict("sync", descriptor) < 0 ? -1 : REAL(fsync)(descriptor);
}

int fdatasync(int descriptor) {
  wait_while_stuck(descriptor);
  return verdict("sync", descriptor) < 0 ? -1 : REAL(fdatasync)(descriptor);
}

int fstatvfs(int descriptor, struct statvfs *into) {
  const char *const path = getenv("FAULT_READ_ONLY");
  const int result = REAL(fstatvfs)(descriptor, into);
  if (result == 0 && path != NULL && access(path, F_OK) == 0) into->f_flag |= ST_RDONLY;
  return result;
}

static long long processor_ns(void) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static atomic_llong *longest_turn(void) {
  static _Atomic(atomic_llong *) shared;
  if (shared != NULL) return shared;
  const int descriptor = open(getenv("FAULT_TURNS"), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return NULL;
  void *const mapped = mmap(NULL, sizeof(atomic_llong), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (mapped != MAP_FAILED) shared = mapped;
  return shared;
}

int epoll_wait(int descriptor, struct epoll_event *events, int count, int timeout) {
  static _Thread_local long long began;
  atomic_llong *const longest = getenv("FAULT_TURNS") == NULL ? NULL : longest_turn();
  if (longest != NULL && began != 0) {
    const long long turn = processor_ns() - began;
    long long before = atomic_load(longest);
    while (turn > before && !atomic_compare_exchange_weak(longest, &before, turn)) {
    }
  }
  const int result = REAL(epoll_wait)(descriptor, events, count, timeout);
  if (longest != NULL) began = processor_ns();
  return result;
}

static time_t shift(void) {
  const char *const path = getenv("FAULT_CLOCK");
  if (path == NULL) return 0;
  char text[32] = {0};
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  const ssize_t bytes = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  return bytes > 0 ? (time_t)atol(text) : 0;
}

int clock_gettime(clockid_t which, struct timespec *now) {
  const int result = (int)syscall(SYS_clock_gettime, which, now);
  if (result == 0 && which == CLOCK_REALTIME) now->tv_sec += shift();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec exact;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *into) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != NULL) *into = now.tv_sec;
  return now.tv_sec;
}
