/* Handlers of the host's signals run on the host's threads, never on those that the library works with. */
#include "populations.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

enum { POINTS = 400, WANTED = 200 };

static pthread_t caller;
static long own, foreign;
static int is_over;

static void handler(int number)
{
    (void)number;
    __atomic_fetch_add(pthread_equal(pthread_self(), caller) ? &own : &foreign, 1, __ATOMIC_RELAXED);
}

static long handled(void)
{
    return __atomic_load_n(&own, __ATOMIC_RELAXED) + __atomic_load_n(&foreign, __ATOMIC_RELAXED);
}

/*
 * The one thread of the host that takes the signal. Until enough signals came it trains networks, which uses a team of
 * threads, and computes plans, which starts threads for each piece of work.
 */
static void *work(void *argument)
{
    static double x[POINTS][2], y[POINTS][2];
    const jko_array from = jko_row_major(&x[0][0], POINTS, 2), to = jko_row_major(&y[0][0], POINTS, 2);
    normal_source source = {5};
    sigset_t set;
    (void)argument;
    for (int i = 0; i < POINTS; i++)
        for (int k = 0; k < 2; k++) {
            x[i][k] = normal(&source);
            y[i][k] = normal(&source);
        }
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    jko_snapshots *series = ou_series(2);
    jko_model *model = NULL;
    whole_fit_options fit = usual_fit();
    double distance;
    WORKS(jko_model_create(NULL, &model));
    fit.training.epochs = 20;
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    do {
        WORKS(jko_model_fit(model, series, with_training(&fit)));
        WORKS(jko_emd(&from, &to, NULL, NULL, 1, NULL, &distance));
    } while (handled() < WANTED);
    __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
    /* What was sent by now comes here as well. */
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    jko_model_destroy(model);
    jko_snapshots_destroy(series);
    return NULL;
}

int main(void)
{
    struct sigaction action = {0};
    sigset_t set;
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    WORKS(jko_set_num_threads(4));
    if (pthread_create(&caller, NULL, work, NULL) != 0)
        return EXIT_FAILURE;
    while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
        const long before = handled();
        kill(getpid(), SIGUSR1);
        /* The next one when this one was taken: pending ones would become one. */
        while (handled() == before && !__atomic_load_n(&is_over, __ATOMIC_ACQUIRE))
            sched_yield();
    }
    pthread_join(caller, NULL);
    CHECK(own >= WANTED && foreign == 0);
    if (foreign > 0)
        printf("    %ld of %ld handlers ran on threads of the library\n", foreign, own + foreign);
    return finish("signals");
}
