/*
 * A disk that fills up, fails, loses power or sees its process killed at a chosen call. Preloaded into a process, this
 * library stands between it and the C library's functions that change files. What happens in one watched folder is
 * counted, written down and, where a test wants it, refused.
 *
 *     LD_PRELOAD=shim.so python main.py
 *
 * Written down are calls that changed something, one per line, in the order in which they happened:
 *
 *     open FD PATH made|emptied|there     write FD OFFSET HEX      truncate FD LENGTH     sync FD     close FD
 *     rename FROM TO     link FROM TO     unlink PATH     mkdir PATH     rmdir PATH     mark TEXT
 *
 * Writes through memory maps, stdio and the kernel's copies between descriptors are not seen. `disk.py` notices: what
 * it makes of the calls must be what lies in the folder in the end.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

typedef enum { OPEN, WRITE, TRUNCATE, SYNC, SYNC_FOLDER, CLOSE, RENAME, LINK, UNLINK, MKDIR, RMDIR, KINDS } kind;
static const char *const names[KINDS] = {"open",   "write", "truncate", "sync",  "sync_folder", "close",
                                         "rename", "link",  "unlink",   "mkdir", "rmdir"};
enum { DESCRIPTORS = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
/* 0 is not watched, 1 a file, 2 a folder. */
static char watched[DESCRIPTORS];
static char *text;
static size_t used, room;
static long calls, calls_of[KINDS];
static int is_recording;

/* What goes wrong: the call of a kind that fails, and with what; the call of a kind, or of any, that kills; bytes left
 * on the disk, or less than 0 for no limit, and the error beyond; the most bytes of one write, or 0. */
static struct {
    kind which, deadly;
    long fails, kills, left, most;
    int error, full;
} wrong;
/* Whether calls of a kind are left out of what is written down. */
static char forgotten[KINDS];

#define REAL(function, type) ((type)dlsym(RTLD_NEXT, function))

/* Stops watching and forgets all faults; watches `path`, which is absolute and has no links, unless it is NULL. Writes
 * calls down where it is to record. */
void durability_watch(const char *path, int record)
{
    pthread_mutex_lock(&lock);
    snprintf(folder, sizeof folder, "%s", path == NULL ? "" : path);
    memset(watched, 0, sizeof watched);
    memset(calls_of, 0, sizeof calls_of);
    memset(forgotten, 0, sizeof forgotten);
    memset(&wrong, 0, sizeof wrong);
    wrong.left = -1;
    used = 0, calls = 0, is_recording = record;
    pthread_mutex_unlock(&lock);
}

static int kind_of(const char *call)
{
    for (int k = 0; k < KINDS; k++)
        if (strcmp(names[k], call) == 0)
            return k;
    abort();
}

/* The call of this kind that is the `number`th from the start of watching, from 1, fails and does nothing. */
void durability_fail(const char *call, long number, int error)
{
    wrong.which = (kind)kind_of(call), wrong.fails = number, wrong.error = error;
}

/* Writes fail with `error` once they have written so many bytes in all. */
void durability_fill(long bytes, int error) { wrong.left = bytes, wrong.full = error; }

/* No write takes more bytes than this at once. */
void durability_shorten(long bytes) { wrong.most = bytes; }

/* The process is killed at the `number`th call of a kind, or of any kind for NULL, before it does anything; a write
 * does half of it. */
void durability_kill(const char *call, long number)
{
    wrong.deadly = call == NULL ? KINDS : (kind)kind_of(call), wrong.kills = number;
}

void durability_forget(const char *call) { forgotten[kind_of(call)] = 1; }

/* How many calls there were of a kind, or of all kinds for NULL. */
long durability_calls(const char *call) { return call == NULL ? calls : calls_of[kind_of(call)]; }

const char *durability_log(void) { return used == 0 ? "" : text; }

static void make_room(size_t needed)
{
    if (used + needed < room)
        return;
    room = 2 * (used + needed) + 4096;
    text = realloc(text, room);
    if (text == NULL)
        abort();
}

static void note(const char *format, ...)
{
    va_list arguments;
    while (is_recording) {
        va_start(arguments, format);
        size_t needed = (size_t)vsnprintf(text == NULL ? NULL : text + used, room - used, format, arguments);
        va_end(arguments);
        if (used + needed < room) {
            used += needed;
            return;
        }
        make_room(needed);
    }
}

static void note_bytes(const unsigned char *bytes, size_t count)
{
    if (!is_recording)
        return;
    make_room(2 * count + 2);
    for (size_t i = 0; i < count; i++) {
        text[used++] = "0123456789abcdef"[bytes[i] >> 4];
        text[used++] = "0123456789abcdef"[bytes[i] & 15];
    }
    text[used++] = '\n', text[used] = 0;
}

void durability_mark(const char *said) { note("mark %s\n", said); }

/* Whether a path leads into the watched folder, or names it; then `full` is the path without links but in its last
 * component. */
static int resolve(const char *path, char *full)
{
    if (folder[0] == 0)
        return 0;
    char copy[PATH_MAX], parent[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
        copy[n - 1] = 0;
    char *slash = strrchr(copy, '/');
    const char *last = slash == NULL ? copy : slash + 1;
    int number = errno, is_known;
    if (strcmp(last, "..") == 0 || strcmp(last, ".") == 0 || last[0] == 0) {
        is_known = realpath(copy, full) != NULL;
    } else {
        if (slash != NULL)
            *slash = 0;
        const char *above = slash == NULL ? "." : slash == copy ? "/" : copy;
        is_known = realpath(above, parent) != NULL && snprintf(full, PATH_MAX, "%s/%s", parent, last) < PATH_MAX;
    }
    errno = number;
    size_t length = strlen(folder);
    return is_known && strncmp(full, folder, length) == 0 && (full[length] == 0 || full[length] == '/');
}

static int kills(kind which)
{
    return wrong.deadly == KINDS ? wrong.kills == calls : wrong.deadly == which && wrong.kills == calls_of[which];
}

/* Counts a call, and fails or kills where that was asked for. Returns whether it is to fail, with errno set. Called
 * with the lock held. */
static int fails(kind which)
{
    calls++, calls_of[which]++;
    if (kills(which) && which != WRITE)
        kill(getpid(), SIGKILL);
    if (wrong.which != which || wrong.fails == 0 || calls_of[which] != wrong.fails)
        return 0;
    errno = wrong.error;
    return 1;
}

/* Does a call of a kind on two paths, or on one and NULL. */
#define ON_PATHS(which, first, second, call)                                                                           \
    char one[PATH_MAX], two[PATH_MAX] = "";                                                                            \
    const char *other = (second);                                                                                      \
    if (!resolve(first, one) || (other != NULL && !resolve(other, two)))                                               \
        return (call);                                                                                                 \
    pthread_mutex_lock(&lock);                                                                                         \
    int status = fails(which) ? -1 : (call);                                                                           \
    if (status == 0 && !forgotten[which])                                                                              \
        note("%s %s%s%s\n", names[which], one, other == NULL ? "" : "\t", two);                                        \
    pthread_mutex_unlock(&lock);                                                                                       \
    return status

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = REAL("rename", int (*)(const char *, const char *));
    ON_PATHS(RENAME, from, to, real(from, to));
}

int link(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = REAL("link", int (*)(const char *, const char *));
    ON_PATHS(LINK, from, to, real(from, to));
}

int unlink(const char *path)
{
    int (*real)(const char *) = REAL("unlink", int (*)(const char *));
    ON_PATHS(UNLINK, path, NULL, real(path));
}

int mkdir(const char *path, mode_t mode)
{
    int (*real)(const char *, mode_t) = REAL("mkdir", int (*)(const char *, mode_t));
    ON_PATHS(MKDIR, path, NULL, real(path, mode));
}

int rmdir(const char *path)
{
    int (*real)(const char *) = REAL("rmdir", int (*)(const char *));
    ON_PATHS(RMDIR, path, NULL, real(path));
}

static int opened(const char *path, int flags, mode_t mode)
{
    int (*real)(const char *, int, ...) = REAL("open", int (*)(const char *, int, ...));
    char full[PATH_MAX];
    if (!resolve(path, full))
        return real(path, flags, mode);
    struct stat before, now;
    pthread_mutex_lock(&lock);
    int number = errno, was_there = stat(full, &before) == 0;
    errno = number;
    int descriptor = -1;
    if (!fails(OPEN))
        descriptor = real(path, flags, mode);
    if (descriptor >= 0 && descriptor < DESCRIPTORS && fstat(descriptor, &now) == 0) {
        watched[descriptor] = S_ISDIR(now.st_mode) ? 2 : 1;
        /* A file that was opened through a link is the one that the link leads to. */
        char known[64], place[PATH_MAX] = "";
        snprintf(known, sizeof known, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(known, place, sizeof place - 1);
        place[length < 0 ? 0 : length] = 0;
        note("open %d\t%s\t%s\n", descriptor, place, !was_there ? "made" : flags & O_TRUNC ? "emptied" : "there");
    }
    pthread_mutex_unlock(&lock);
    return descriptor;
}

#define OPENING(name)                                                                                                  \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        va_list arguments;                                                                                             \
        va_start(arguments, flags);                                                                                    \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;                                   \
        va_end(arguments);                                                                                             \
        return opened(path, flags, mode);                                                                              \
    }
OPENING(open)
OPENING(open64)

static int is_watched(int descriptor) { return descriptor >= 0 && descriptor < DESCRIPTORS && watched[descriptor]; }

ssize_t write(int descriptor, const void *bytes, size_t count)
{
    ssize_t (*real)(int, const void *, size_t) = REAL("write", ssize_t (*)(int, const void *, size_t));
    if (!is_watched(descriptor))
        return real(descriptor, bytes, count);
    pthread_mutex_lock(&lock);
    ssize_t written = -1;
    if (!fails(WRITE)) {
        off_t offset = lseek(descriptor, 0, SEEK_CUR);
        size_t part = count;
        if (wrong.most > 0 && part > (size_t)wrong.most)
            part = (size_t)wrong.most;
        if (wrong.left >= 0 && part > (size_t)wrong.left)
            part = (size_t)wrong.left;
        if (kills(WRITE))
            part /= 2;
        if (part == 0 && count > 0 && !kills(WRITE))
            errno = wrong.full;
        else
            written = real(descriptor, bytes, part);
        if (kills(WRITE))
            kill(getpid(), SIGKILL);
        if (wrong.left >= 0 && written > 0)
            wrong.left -= written;
        if (written > 0 && !forgotten[WRITE]) {
            note("write %d\t%lld\t", descriptor, (long long)offset);
            note_bytes(bytes, (size_t)written);
        }
    }
    pthread_mutex_unlock(&lock);
    return written;
}

static int truncated(int descriptor, off_t length)
{
    int (*real)(int, off_t) = REAL("ftruncate", int (*)(int, off_t));
    if (!is_watched(descriptor))
        return real(descriptor, length);
    pthread_mutex_lock(&lock);
    int status = fails(TRUNCATE) ? -1 : real(descriptor, length);
    if (status == 0)
        note("truncate %d\t%lld\n", descriptor, (long long)length);
    pthread_mutex_unlock(&lock);
    return status;
}

int ftruncate(int descriptor, off_t length) { return truncated(descriptor, length); }
int ftruncate64(int descriptor, off_t length) { return truncated(descriptor, length); }

/* A watched file is not really synchronised: no test loses power, and disks are slow. */
static int synchronized(const char *function, int descriptor)
{
    if (!is_watched(descriptor))
        return REAL(function, int (*)(int))(descriptor);
    kind which = watched[descriptor] == 2 ? SYNC_FOLDER : SYNC;
    pthread_mutex_lock(&lock);
    int status = fails(which) ? -1 : 0;
    if (status == 0 && !forgotten[which])
        note("sync %d\n", descriptor);
    pthread_mutex_unlock(&lock);
    return status;
}

int fsync(int descriptor) { return synchronized("fsync", descriptor); }
int fdatasync(int descriptor) { return synchronized("fdatasync", descriptor); }

int close(int descriptor)
{
    int (*real)(int) = REAL("close", int (*)(int));
    if (!is_watched(descriptor))
        return real(descriptor);
    pthread_mutex_lock(&lock);
    /* Linux closes a descriptor also where it says that it failed. */
    int failed = fails(CLOSE);
    watched[descriptor] = 0;
    int number = errno, status = real(descriptor);
    note("close %d\n", descriptor);
    if (failed)
        errno = number, status = -1;
    pthread_mutex_unlock(&lock);
    return status;
}
