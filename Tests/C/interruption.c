/* A callback for all calls of a thread: asked within long ones that take no options, obeyed, and no burden to short
 * ones. */
#include "check.h"

/* The energy of so many particles under U is 10^8 pairs of a hundred features, of which no machine does enough between
 * two questions. */
enum { MANY = 20000, FEW = 40 };

static double many[MANY][2];

/* What the callback is told and does. */
typedef struct host {
    int asked;
    int refuses_at;
    const jko_model *model;
    jko_status within;
} host;

static int ask(const jko_progress *progress, void *user_data)
{
    host *self = user_data;
    CHECK(strcmp(progress->stage, "call") == 0 && progress->done == 0 && progress->total == 1);
    CHECK(progress->loss != progress->loss && progress->seconds >= 0);
    self->asked++;
    /* A call from here is other work, which does not ask again. */
    double energy;
    const jko_array some = jko_row_major(many[0], FEW, 2);
    self->within = jko_model_energy(self->model, &some, NULL, 0, &energy);
    return self->asked == self->refuses_at;
}

static void fill(double (*points)[2], int count, double turn)
{
    for (int i = 0; i < count; i++) {
        points[i][0] = (1 + 0.2 * turn) * cos(i + turn) * (i % 17) / 17;
        points[i][1] = sin(i + turn) * (i % 13) / 13;
    }
}

/* U alone, Gaussians on a grid. */
static jko_model *interacting(void)
{
    double points[2 * FEW][2], times[2 * FEW];
    const jko_array x = jko_row_major(points[0], 2 * FEW, 2), t = jko_row_major(times, 2 * FEW, 1);
    jko_model_options options;
    jko_snapshots *series = NULL;
    jko_model *model = NULL;

    for (int k = 0; k < 2; k++)
        fill(points + k * FEW, FEW, k);
    for (int i = 0; i < 2 * FEW; i++)
        times[i] = i / FEW;
    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    WORKS(jko_model_options_init(&options, sizeof options));
    options.potential = JKO_NONE;
    options.interaction = JKO_LINEAR;
    WORKS(jko_model_create(&options, &model));
    WORKS(jko_model_fit(model, series, NULL));
    jko_snapshots_destroy(series);
    return model;
}

/* Plans without a callback of their own, of an epsilon that takes hundreds of iterations of ten milliseconds. */
static void single_plans(host *self)
{
    const int count = 5000;
    const jko_array x = jko_row_major(many[0], count, 2), y = jko_row_major(many[count], count, 2);
    jko_plan_options options;
    jko_plan *plan = NULL;
    double divergence = 7;

    WORKS(jko_plan_options_init(&options, sizeof options));
    options.method = JKO_PLAN_SINKHORN;
    options.epsilon = 1e-6;
    options.max_iterations = 1000000;
    *self = (host){.refuses_at = 1, .model = self->model};
    CHECK(jko_plan_compute(&x, &y, NULL, NULL, &options, &plan) == JKO_ECANCELLED && plan == NULL);
    CHECK(self->asked == 1);
    *self = (host){.refuses_at = 1, .model = self->model};
    CHECK(jko_sinkhorn_divergence(&x, &y, NULL, NULL, &options, &divergence, NULL) == JKO_ECANCELLED);
    CHECK(self->asked == 1 && divergence == 7);
}

int main(void)
{
    jko_model *model = interacting();
    const jko_array x = jko_row_major(many[0], MANY, 2), some = jko_row_major(many[0], FEW, 2);
    double energy = 7, plain = 0;
    host self = {.refuses_at = 3, .model = model, .within = JKO_EINTERNAL};

    fill(many, MANY, 0);
    WORKS(jko_model_energy(model, &some, NULL, NULL, &plain));
    WORKS(jko_set_progress(ask, &self));
    CHECK(jko_model_energy(model, &x, NULL, NULL, &energy) == JKO_ECANCELLED);
    CHECK(strcmp(jko_last_error(), "call cancelled by the thread's progress callback") == 0);
    CHECK(energy == 7 && self.asked == 3 && self.within == JKO_OK);

    /* The next call is asked about anew, if it takes long enough, and goes on. */
    WORKS(jko_model_energy(model, &some, NULL, NULL, &energy));
    CHECK(energy == plain && self.asked >= 3);

    /* Beside the callback of options; whichever refuses. */
    self = (host){.refuses_at = 1, .model = model, .within = JKO_EINTERNAL};
    jko_simulation_options options;
    WORKS(jko_simulation_options_init(&options, sizeof options));
    options.interaction_model = model;
    options.steps = 1;
    static double moved[2 * MANY][2];
    const jko_array out = jko_row_major(moved[0], 2 * MANY, 2);
    CHECK(jko_simulate(&x, &options, &out) == JKO_ECANCELLED && self.asked == 1);

    /* Another one, and none. */
    host other = {.refuses_at = 1, .model = model, .within = JKO_EINTERNAL};
    WORKS(jko_set_progress(ask, &other));
    CHECK(jko_model_energy(model, &x, NULL, NULL, &energy) == JKO_ECANCELLED && other.asked == 1 && self.asked == 1);
    single_plans(&other);
    WORKS(jko_set_progress(NULL, NULL));
    WORKS(jko_model_energy(model, &some, NULL, NULL, &energy));
    CHECK(energy == plain && other.asked == 1);
    jko_model_destroy(model);
    return finish("interruption");
}
