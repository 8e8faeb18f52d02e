// What Swift cannot reach on its own: the processor's instruction sets and the C library's macros.
#ifndef JKONETSTAR_SYSTEM_H
#define JKONETSTAR_SYSTEM_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// x86-64 level of the processor and operating system together: 1 (baseline), 3 (AVX2, FMA) or 4 (AVX-512).
static inline int jko_system_x86_level(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
        return 4;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2"))
        return 3;
#endif
    return 1;
}

// open() is variadic, which Swift cannot call.
static inline int jko_system_open(const char *path, int flags, int mode) { return open(path, flags, mode); }

static inline int jko_system_is_regular(const struct stat *status) { return S_ISREG(status->st_mode); }
static inline int jko_system_is_folder(const struct stat *status) { return S_ISDIR(status->st_mode); }

static inline int jko_system_is_link(const struct stat *status) { return S_ISLNK(status->st_mode); }

// What a path leads to, in words.
static inline const char *jko_system_kind(const struct stat *status)
{
    switch (status->st_mode & S_IFMT) {
    case S_IFREG:
        return "a regular file";
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a pipe";
    case S_IFSOCK:
        return "a socket";
    case S_IFCHR:
    case S_IFBLK:
        return "a device";
    default:
        return "something else";
    }
}

// In Swift the name is that of a struct. 0 where the lock was had.
static inline int jko_system_try_lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

// The name is an array in C, a tuple in Swift.
static inline const char *jko_system_entry_name(const struct dirent *entry) { return entry->d_name; }

static inline int jko_system_errno(void) { return errno; }

// Processors this process may run on, at least 1.
static inline int jko_system_processors(void)
{
#if defined(__linux__) && defined(CPU_COUNT)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int count = CPU_COUNT(&set);
        if (count > 0)
            return count;
    }
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

#endif
