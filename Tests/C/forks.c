/*
 * Processes that are forked before any call, while another thread is in the midst of calls, from a callback and
 * afterwards do all jobs, bit for bit as their parent does, and so does the parent. Programs that are spawned do, too.
 *
 *   forks        a few children of each kind, for the tests
 *   forks 300    so many of each kind: `make test-threads`
 */
#include "jobs.h"

#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static shared all;
static double expected[JOBS][NUMBERS];
static int children = 9;

static char *file_of_process(char name[64])
{
    snprintf(name, 64, "forks.%ld", (long)getpid());
    return name;
}

/* Every third job, so that few children do all of them. */
static int some_jobs(int first)
{
    char file[64];
    for (int i = first % 3; i < JOBS; i += 3)
        if (!is_as_expected(i, &all, file_of_process(file), expected[i]))
            return 0;
    return 1;
}

/* Ends a child, by turns with and without what a process does at its end. */
static void leave(int number, int good)
{
    if (number % 2 == 0)
        exit(!good);
    _exit(!good);
}

static int ended_well(pid_t child)
{
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int forked(int number)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        alarm(600); /* a child that waits for ever is one that failed */
        leave(number, some_jobs(number));
    }
    return ended_well(child);
}

static int ready;

/* The first calls of a process, at the same moment as those of another thread: both wait for what is made once. */
static void *first_calls(void *argument)
{
    double places[20][2], distance = 0;
    const jko_array x = jko_row_major(places[0], 10, 2), y = jko_row_major(places[10], 10, 2);
    jko_plan *plan = NULL;
    jko_density *density = NULL;
    jko_snapshots *made = NULL;
    jko_model *model = NULL;
    (void)argument;
    for (int i = 0; i < 20; i++) {
        places[i][0] = 0.37 * i - i % 3;
        places[i][1] = i % 7;
    }
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < 2)
        continue;
    jko_status status = jko_plan_compute(&x, &y, NULL, NULL, NULL, &plan);
    TRY(jko_emd(&x, &y, NULL, NULL, 1, NULL, &distance));
    TRY(jko_density_create(&x, NULL, NULL, &density));
    TRY(jko_snapshots_create_empty(2, &made));
    TRY(jko_snapshots_append(made, &x, 0, NULL));
    TRY(jko_model_create(NULL, &model));
    return (void *)(intptr_t)(status == JKO_OK && distance > 0);
}

/* Threads of a child do not wait for ever for a lock that its parent's number is on. That takes bad luck, one child in
   seventy, so that these are more children than others. */
static void threads_of_children(void)
{
    const int count = 10 * children;
    int good = 0;
    for (int i = 0; i < count; i++) {
        const pid_t child = fork();
        if (child == 0) {
            pthread_t thread;
            void *other = NULL;
            alarm(60);
            if (pthread_create(&thread, NULL, first_calls, NULL) != 0)
                _exit(1);
            void *own = first_calls(NULL);
            pthread_join(thread, &other);
            _exit(own == NULL || other == NULL);
        }
        good += ended_well(child);
    }
    CHECK(good == count);
    if (good < count)
        printf("    %d of %d children did not end well\n", count - good, count);
}

/* In a child that has not called anything before, as in its parent. */
static void before_any_call(void)
{
    double (*numbers)[NUMBERS] = NULL;
    int ends[2];
    CHECK(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        static double found[JOBS][NUMBERS];
        const char *from = (const char *)found;
        ssize_t written = 1;
        alarm(600);
        all = shared_by_all();
        expect(&all, found);
        for (size_t left = sizeof found; left > 0 && written > 0; left -= (size_t)written, from += written)
            written = write(ends[1], from, left);
        _exit(checks_failed > 0 || written <= 0);
    }
    close(ends[1]);
    numbers = calloc(1, sizeof expected);
    size_t had = 0;
    ssize_t came = 1;
    while (numbers != NULL && had < sizeof expected && came > 0) {
        came = read(ends[0], (char *)numbers + had, sizeof expected - had);
        had += came > 0 ? (size_t)came : 0;
    }
    close(ends[0]);
    CHECK(ended_well(child));
    all = shared_by_all();
    expect(&all, expected);
    CHECK(numbers != NULL && had == sizeof expected && memcmp(numbers, expected, sizeof expected) == 0);
    free(numbers);
}

static int is_over;
static long done, wrong;

/* What the parent's other thread does meanwhile. */
static void *work(void *argument)
{
    (void)argument;
    for (int i = 0; !__atomic_load_n(&is_over, __ATOMIC_ACQUIRE); i = (i + 1) % JOBS) {
        wrong += !is_as_expected(i, &all, "forks.other", expected[i]);
        __atomic_fetch_add(&done, 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

static void during_calls(char *program)
{
    pthread_t thread;
    int good = 0, spawned = 0;
    is_over = 0;
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
    for (int i = 0; i < children; i++)
        good += forked(i);
    for (int i = 0; i < (children + 8) / 9; i++) {
        char word[] = "spawned";
        char *arguments[] = {program, word, NULL};
        pid_t child = 0;
        spawned += posix_spawn(&child, program, NULL, NULL, arguments, environ) == 0 && ended_well(child);
    }
    __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
    CHECK(good == children && spawned == (children + 8) / 9);
    CHECK(done > 0 && wrong == 0);
    if (good < children || wrong > 0)
        printf("    %d of %d children, %ld of %ld jobs of the parent went wrong\n", children - good, children, wrong,
               done);
}

typedef struct forking {
    int asked, good;
} forking;

static int fork_within(const jko_progress *progress, void *user_data)
{
    forking *self = user_data;
    (void)progress;
    if (self->asked < 3)
        self->good += forked(self->asked);
    self->asked++;
    return 0;
}

/* The fit in whose callback the process forks ends as if it had not. */
static void from_a_callback(void)
{
    double numbers[NUMBERS] = {0};
    forking self = {0, 0};
    whole_model_options options = small_networks();
    whole_fit_options fit = short_training();
    jko_model *model = NULL;
    fit.fit.progress = fork_within;
    fit.fit.progress_user_data = &self;
    WORKS(jko_model_create(whole(&options), &model));
    WORKS(jko_model_fit(model, all.series, with_training(&fit)));
    WORKS(evaluated(model, &all, numbers));
    CHECK(self.good == 3);
    for (int i = 0; i < JOBS; i++)
        CHECK(jobs[i].run != fit_network || memcmp(numbers, expected[i], sizeof numbers) == 0);
    jko_model_destroy(model);
}

int main(int count, char **arguments)
{
    int good = 0;
    if (count > 1 && strcmp(arguments[1], "spawned") == 0) {
        all = shared_by_all();
        expect(&all, expected);
        return checks_failed > 0;
    }
    children = count > 1 ? atoi(arguments[1]) : children;
    threads_of_children();
    before_any_call();
    during_calls(arguments[0]);
    from_a_callback();
    for (int i = 0; i < children; i++)
        good += forked(i);
    CHECK(good == children);
    for (int i = 0; i < JOBS; i++)
        CHECK(is_as_expected(i, &all, "forks.last", expected[i]));
    release_shared(&all);
    return finish("forks");
}
