/*
 * Sixteen threads that evaluate, predict, compare, fit, save, load, create and destroy at the same time, each of them
 * on the same models, get bit for bit what one thread gets alone.
 *
 *   threads        each thread does each job once, for the tests
 *   threads 300    so many rounds of all jobs: `make test-threads`
 */
#include "jobs.h"

#include <pthread.h>

enum { THREADS = 16 };

static shared all;
static double expected[JOBS][NUMBERS];
static int rounds = 1;
static long wrong[JOBS];
static pthread_barrier_t start;

/* Each thread begins with another job, so that every job meets every other. */
static void *work(void *argument)
{
    const int number = (int)(intptr_t)argument;
    char file[64];
    snprintf(file, sizeof file, "threads.%d", number);
    pthread_barrier_wait(&start);
    for (int i = 0; i < rounds * JOBS; i++) {
        const int next = (i + i / JOBS + number) % JOBS;
        if (!is_as_expected(next, &all, file, expected[next]))
            __atomic_fetch_add(&wrong[next], 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t threads[THREADS];
    rounds = count > 1 ? atoi(arguments[1]) : rounds;
    all = shared_by_all();
    expect(&all, expected);
    CHECK(pthread_barrier_init(&start, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < JOBS; i++) {
        CHECK(wrong[i] == 0);
        if (wrong[i] > 0)
            printf("    %s: %ld of %d\n", jobs[i].name, wrong[i], rounds * THREADS);
    }
    pthread_barrier_destroy(&start);
    release_shared(&all);
    return finish("threads");
}
