/*
 * What calls do where the system has no more memory: they return JKO_ENOMEM, and the same calls work afterwards.
 * Nothing may end the process.
 *
 *   shortage            a few trials for each part of the library, for the tests
 *   shortage 10000      so many in all, and what came of them: `make test-memory`
 *   shortage every      each allocation refused once, and of parts with more than 10,000 every so many: an hour
 *
 * Trials are of three kinds. This program's malloc refuses one allocation, the n-th; or it refuses all from the n-th
 * on; or a child process may have only so much address space beyond what it has.
 */
#define _DEFAULT_SOURCE
#include "parts.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Allocations of the library come here, because programs stand before the C library where names are looked up. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

enum { REFUSES_NOTHING, REFUSES_ONE, REFUSES_ALL };

static volatile int refusal;
static volatile long asked, refused_from;

static int is_refused(void)
{
    const long count = __atomic_fetch_add(&asked, 1, __ATOMIC_RELAXED);
    return (refusal == REFUSES_ONE && count == refused_from) || (refusal == REFUSES_ALL && count >= refused_from);
}

static void *refused_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size) { return is_refused() ? refused_memory() : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return is_refused() ? refused_memory() : __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return is_refused() ? refused_memory() : __libc_realloc(memory, size); }

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    void *found = is_refused() ? NULL : __libc_memalign(alignment, size);
    if (found == NULL)
        return ENOMEM;
    *memory = found;
    return 0;
}

/* Where memory is short, nothing else may come of a part. */
static int is_answer(jko_status status) { return status == JKO_OK || status == JKO_ENOMEM; }

/* In a child, which tells why it failed if it shall: 0 for success, 1 for JKO_ENOMEM, 2 for another status, 3 where the
 * part does not work afterwards. */
static int trial(int part, int kind, long amount, int tells)
{
    struct rlimit limit, unlimited;
    if (kind == REFUSES_NOTHING) {
        getrlimit(RLIMIT_AS, &unlimited);
        limit = unlimited;
        limit.rlim_cur = (rlim_t)amount;
        setrlimit(RLIMIT_AS, &limit);
    }
    asked = 0;
    refused_from = amount;
    refusal = kind;
    const jko_status status = parts[part].run();
    refusal = REFUSES_NOTHING;
    if (kind == REFUSES_NOTHING)
        setrlimit(RLIMIT_AS, &unlimited);
    if (!is_answer(status)) {
        if (tells)
            printf("%s: %s: %s\n", parts[part].name, jko_status_name(status), jko_last_error());
        fflush(stdout);
        return 2;
    }
    /* What was refused is forgotten. */
    if (parts[part].run() != JKO_OK) {
        if (tells)
            printf("%s afterwards: %s\n", parts[part].name, jko_last_error());
        fflush(stdout);
        return 3;
    }
    return status == JKO_OK ? 0 : 1;
}

static long address_space(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld", &pages) != 1)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

static const char *const kinds[] = {"address space", "one allocation", "all allocations"};
static long answers[3][2];

/* One trial in a child; how often it ended otherwise than it may is counted by `ends`. */
static void attempt(int part, int kind, long amount, long *ends)
{
    int state = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        alarm(120);
        _exit(trial(part, kind, amount, *ends < 2));
    }
    waitpid(child, &state, 0);
    if (WIFEXITED(state) && WEXITSTATUS(state) < 2)
        answers[kind][WEXITSTATUS(state)]++;
    else if ((*ends)++ < 2)
        printf("%s, %s, %ld: %s %d\n", parts[part].name, kinds[kind], amount, WIFEXITED(state) ? "status" : "signal",
               WIFEXITED(state) ? WEXITSTATUS(state) : WTERMSIG(state));
}

/* Of `most` allocations, the i-th of `each` amounts to try; denser where calls begin. */
static long amount_of(int kind, int i, int each, long most)
{
    const double share = (double)i / each;
    const double squared = share * share;
    return kind == REFUSES_NOTHING ? address_space() + (long)(squared * (16 << 20)) : (long)(squared * (double)most);
}

int main(int count, char **arguments)
{
    const int every = count > 1 && strcmp(arguments[1], "every") == 0;
    const int all = count > 1 && !every ? atoi(arguments[1]) : 14 * 3 * 6;
    const int each = all / (int)COUNT_OF(parts) / 3;
    prepare_parts();
    for (int part = 0; part < (int)COUNT_OF(parts); part++) {
        asked = 0;
        WORKS(parts[part].run());
        const long most = asked;
        long ends = 0;
        if (every) {
            const long stride = most <= 10000 ? 1 : most / 2500;
            for (long n = 0; n < most; n += stride)
                attempt(part, REFUSES_ONE, n, &ends);
            printf("%s: each %ld of %ld allocations, %ld failures\n", parts[part].name, stride, most, ends);
        } else {
            for (int kind = 0; kind < 3; kind++)
                for (int i = 0; i < each; i++)
                    attempt(part, kind, amount_of(kind, i, each, most), &ends);
        }
        CHECK(ends == 0);
        if (ends > 0)
            printf("    %s: %ld trials failed\n", parts[part].name, ends);
    }
    if (count > 1)
        for (int kind = 0; kind < 3; kind++)
            printf("%s: %ld succeeded, %ld returned JKO_ENOMEM\n", kinds[kind], answers[kind][0], answers[kind][1]);
    release_parts();
    return finish("shortage");
}
