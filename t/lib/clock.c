/* Loaded before libc into a program under test: wall-clock time stands still at the second that the file named by
   TEST_CLOCK holds (8 bytes, the machine's order) and moves when a test writes another one. Other clocks go on. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *clock_file;

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv("TEST_CLOCK");
    const int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) abort();
    clock_file = map;
    close(fd);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    now->tv_sec = *clock_file;
    now->tv_usec = 0;
    return 0;
}

time_t time(time_t *now) {
    if (now) *now = *clock_file;
    return *clock_file;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (clock != CLOCK_REALTIME) return (int)syscall(SYS_clock_gettime, clock, now);
    now->tv_sec = *clock_file;
    now->tv_nsec = 0;
    return 0;
}
