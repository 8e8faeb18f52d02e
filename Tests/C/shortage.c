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
#include "populations.h"

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

/* Calls the next function unless one has failed. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        if (status == JKO_OK)                                                                                          \
            status = (call);                                                                                           \
    } while (0)

enum { N = 40 };

static double cloud[N][2], other[N][2], numbers[4096];
static jko_array x, y;
static jko_snapshots *series;
static jko_model *linear, *network;
static whole_model_options linear_terms, network_terms;
static whole_fit_options training;

static int well(const double *points, int64_t n, int64_t d, double time, double *values, double *gradients, void *data)
{
    (void)time, (void)data;
    for (int64_t i = 0; i < n; i++) {
        values[i] = 0;
        for (int64_t a = 0; a < d; a++) {
            gradients[i * d + a] = points[i * d + a];
            values[i] += points[i * d + a] * points[i * d + a] / 2;
        }
    }
    return 0;
}

static jko_status snapshots(void)
{
    jko_snapshots *made = NULL, *read = NULL;
    jko_status status = jko_snapshots_create_empty(2, &made);
    TRY(jko_snapshots_append(made, &x, 0, NULL));
    TRY(jko_snapshots_append(made, &y, 1, NULL));
    TRY(jko_snapshots_save(made, "shortage.npz"));
    TRY(jko_snapshots_load("shortage.npz", NULL, &read));
    jko_snapshots_destroy(read);
    read = NULL;
    TRY(jko_snapshots_load("shortage.csv", NULL, &read));
    jko_snapshots_destroy(read);
    jko_snapshots_destroy(made);
    return status;
}

static jko_status plans(void)
{
    jko_plan *plan = NULL;
    jko_plan_options options;
    double distance;
    const jko_array images = jko_row_major(numbers, N, 2);
    jko_status status = jko_plan_options_init(&options, sizeof options);
    TRY(jko_emd(&x, &y, NULL, NULL, 1, NULL, &distance));
    TRY(jko_energy_distance(&x, &y, NULL, NULL, &distance));
    TRY(jko_plan_compute(&x, &y, NULL, NULL, &options, &plan));
    TRY(jko_plan_barycentres(plan, &images, NULL));
    jko_plan_destroy(plan);
    plan = NULL;
    options.method = JKO_PLAN_SINKHORN;
    TRY(jko_plan_compute(&x, &y, NULL, NULL, &options, &plan));
    TRY(jko_sinkhorn_divergence(&x, &y, NULL, NULL, &options, &distance, NULL));
    jko_plan_destroy(plan);
    return status;
}

static jko_status closed_forms(void)
{
    jko_model *model = NULL;
    jko_fit_options options = fit_with(0, JKO_ERROR_BARS_INFLUENCE);
    char text[8192];
    size_t length;
    jko_status status = jko_model_create(whole(&linear_terms), &model);
    TRY(jko_model_fit(model, series, &options));
    TRY(jko_model_observability(model, text, sizeof text, &length));
    TRY(jko_model_describe_json(model, text, sizeof text, &length));
    jko_model_destroy(model);
    return status;
}

static jko_status networks(void)
{
    jko_model *model = NULL;
    jko_status status = jko_model_create(whole(&network_terms), &model);
    TRY(jko_model_fit(model, series, with_training(&training)));
    jko_model_destroy(model);
    return status;
}

static jko_status objectives(void)
{
    jko_objective *objective = NULL;
    jko_model *model = NULL;
    double value;
    jko_status status = jko_objective_create(network, series, with_training(&training), &objective);
    if (status == JKO_OK) {
        const int64_t count = jko_objective_parameter_count(objective);
        double *memory = __libc_calloc((size_t)count, 2 * sizeof *memory);
        const jko_array parameters = jko_row_major(memory, count, 1), slope = jko_row_major(memory + count, count, 1);
        TRY(jko_objective_initial_parameters(objective, &parameters));
        TRY(jko_objective_value_and_gradient(objective, &parameters, &value, &slope));
        TRY(jko_objective_model(objective, &parameters, NULL, &model));
        free(memory);
    }
    jko_model_destroy(model);
    jko_objective_destroy(objective);
    return status;
}

static jko_status equations(void)
{
    jko_normal_equations *sums = NULL;
    jko_model *model = NULL;
    jko_fit_options options = fit_with(1e-4, JKO_ERROR_BARS_NONE);
    jko_status status = jko_normal_equations_create(linear, &sums);
    TRY(jko_normal_equations_accumulate(sums, series, &options));
    TRY(jko_normal_equations_solve(sums, &options, &model));
    jko_model_destroy(model);
    jko_normal_equations_destroy(sums);
    return status;
}

static jko_status evaluations(void)
{
    double found[OU_TIMES];
    const jko_array errors = jko_row_major(found, OU_TIMES - 1, 1);
    jko_comparison comparison = {.struct_size = sizeof comparison, .one_step = &errors};
    jko_fit_check report = {.struct_size = sizeof report};
    jko_status status = jko_model_evaluate(linear, series, NULL, &errors, NULL, NULL, NULL);
    TRY(jko_model_compare(linear, series, NULL, NULL, &comparison, NULL));
    TRY(jko_model_check(linear, series, NULL, &report));
    TRY(jko_model_evaluate(network, series, NULL, &errors, NULL, NULL, NULL));
    return status;
}

static jko_status predictions(void)
{
    const double times[3] = {0, 0.1, 0.2};
    const jko_array t = jko_row_major(times, 3, 1), out = jko_row_major(numbers, 3 * N, 2);
    const jko_array values = jko_row_major(numbers, N, 1), slopes = jko_row_major(numbers + N, N, 2);
    jko_rollout_options options;
    jko_status status = jko_rollout_options_init(&options, sizeof options);
    TRY(jko_model_potential(linear, &x, NULL, &values, &slopes));
    TRY(jko_model_potential(network, &x, NULL, &values, &slopes));
    TRY(jko_model_rollout(linear, &x, &t, &options, &out, NULL));
    TRY(jko_model_rollout(network, &x, &t, &options, &out, NULL));
    return status;
}

static jko_status model_files(void)
{
    jko_model *model = NULL;
    jko_status status = jko_model_save(linear, "shortage.safetensors");
    TRY(jko_model_load("shortage.safetensors", &model));
    jko_model_destroy(model);
    model = NULL;
    TRY(jko_model_save(network, "shortage.safetensors"));
    TRY(jko_model_load("shortage.safetensors", &model));
    jko_model_destroy(model);
    return status;
}

static jko_status densities(void)
{
    jko_density *density = NULL;
    jko_density_options options;
    const jko_array values = jko_row_major(numbers, N, 1), points = jko_row_major(numbers, N, 2);
    jko_status status = jko_density_options_init(&options, sizeof options);
    for (int kind = 0; kind < 2; kind++) {
        options.kind = kind;
        TRY(jko_density_create(&x, NULL, &options, &density));
        TRY(jko_density_log(density, &y, &values));
        TRY(jko_density_score(density, &y, &points));
        TRY(jko_density_sample(density, 1, &points));
        jko_density_destroy(density);
        density = NULL;
    }
    return status;
}

static jko_status flows(void)
{
    double weight[1] = {1}, mean[2] = {0, 0}, covariance[4] = {1, 0, 0, 1};
    const jko_array w = jko_row_major(weight, 1, 1), m = jko_row_major(mean, 1, 2), s = jko_row_major(covariance, 2, 2);
    const jko_array values = jko_row_major(numbers, N, 1);
    jko_density *base = NULL;
    jko_flow *flow = NULL;
    jko_flow_options options;
    jko_status status = jko_density_from_mixture(&w, &m, &s, JKO_COVARIANCE_FULL, &base);
    TRY(jko_flow_options_init(&options, sizeof options));
    options.potential_callback = well;
    options.steps = 2;
    options.particles = 200;
    options.components = 3;
    options.iterations = 3;
    for (int method = 0; method < 3; method++) {
        options.method = method;
        TRY(jko_flow_compute(base, &options, &flow));
        TRY(jko_flow_log_density(flow, &x, 2, &values));
        TRY(jko_flow_save(flow, "shortage.flow"));
        jko_flow_destroy(flow);
        flow = NULL;
        TRY(jko_flow_load("shortage.flow", &flow));
        jko_flow_destroy(flow);
        flow = NULL;
    }
    jko_density_destroy(base);
    return status;
}

static jko_status samples(void)
{
    jko_sample_options options;
    jko_simulation_options simulation;
    const jko_array out = jko_row_major(numbers, N * 20, 2);
    jko_status status = jko_sample_options_init(&options, sizeof options);
    options.potential_callback = well;
    options.draws = 20;
    options.warmup = 20;
    TRY(jko_sample(&x, &options, &out, NULL));
    TRY(jko_simulation_options_init(&simulation, sizeof simulation));
    simulation.potential = "sphere";
    simulation.steps = 4;
    {
        const jko_array course = jko_row_major(numbers, N * 5, 2);
        TRY(jko_simulate(&x, &simulation, &course));
    }
    return status;
}

static jko_status growths(void)
{
    jko_growth *growth = NULL;
    jko_growth_options options;
    const jko_array rates = jko_row_major(numbers, N, 1);
    jko_status status = jko_growth_options_init(&options, sizeof options);
    options.rounds = 1;
    TRY(jko_growth_fit(series, &options, &growth));
    TRY(jko_growth_rates(growth, &x, 0.1, &rates, NULL));
    TRY(jko_growth_save(growth, "shortage.growth"));
    jko_growth_destroy(growth);
    growth = NULL;
    TRY(jko_growth_load("shortage.growth", &growth));
    jko_growth_destroy(growth);
    return status;
}

static jko_status interpolations(void)
{
    const double between = 0.15;
    const jko_array times = one_time(&between);
    jko_interpolation_options options;
    jko_snapshots *found = NULL;
    jko_status status = jko_interpolation_options_init(&options, sizeof options);
    TRY(jko_interpolate(series, &times, &options, &found, NULL));
    jko_snapshots_destroy(found);
    found = NULL;
    options.method = JKO_INTERPOLATION_FLOW;
    options.rounds = 1;
    options.ridge = 0.25;
    options.gradient = 0;
    TRY(jko_interpolate(series, &times, &options, &found, NULL));
    jko_snapshots_destroy(found);
    return status;
}

static const struct {
    const char *name;
    jko_status (*run)(void);
} parts[] = {
    {"snapshots", snapshots},
    {"plans", plans},
    {"closed forms", closed_forms},
    {"networks", networks},
    {"objectives", objectives},
    {"normal equations", equations},
    {"evaluation", evaluations},
    {"prediction", predictions},
    {"model files", model_files},
    {"densities", densities},
    {"flows", flows},
    {"sampling", samples},
    {"growth", growths},
    {"interpolation", interpolations},
};

static void prepare(void)
{
    normal_source source = {3};
    FILE *file = fopen("shortage.csv", "w");
    for (int i = 0; i < N; i++)
        for (int a = 0; a < 2; a++) {
            cloud[i][a] = normal(&source);
            other[i][a] = 1 + normal(&source);
        }
    x = jko_row_major(cloud[0], N, 2);
    y = jko_row_major(other[0], N, 2);
    fprintf(file, "time,a,b\n");
    for (int i = 0; i < N; i++)
        fprintf(file, "%d,%.17g,%.17g\n", i % 3, cloud[i][0], cloud[i][1]);
    fclose(file);
    series = ou_series(5);
    linear_terms = linear_options(2, 2, 1);
    linear = fitted(linear_options(2, 0, 0), series, fit_with(1e-4, JKO_ERROR_BARS_NONE));
    network_terms = usual_model();
    network_terms.model.potential = JKO_NETWORK;
    training = usual_fit();
    training.training.epochs = 1;
    network = fitted(network_terms, series, *with_training(&training));
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
    prepare();
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
    jko_model_destroy(linear);
    jko_model_destroy(network);
    jko_snapshots_destroy(series);
    return finish("shortage");
}
