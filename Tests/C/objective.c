/* objective.h: values, gradients, an optimiser of three lines, models of parameters; and what must be refused. */
#include "arrays.h"
#include "check.h"
#include "options.h"
#include "populations.h"

#define MOST_PARAMETERS 200

/* A potential network of one hidden layer, with linear U and beta if asked for. */
static jko_model *network(int32_t width, int mixed)
{
    jko_model *model = NULL;
    whole_model_options options = linear_options(0, mixed ? 2 : 0, mixed);
    options.model.potential = JKO_NETWORK;
    options.potential_network.hidden_count = 1;
    options.potential_network.hidden[0] = width;
    WORKS(jko_model_create(whole(&options), &model));
    return model;
}

static jko_objective *objective_of(jko_model *model, const jko_snapshots *series, const jko_fit_options *fit)
{
    jko_objective *objective = NULL;
    WORKS(jko_objective_create(model, series, fit, &objective));
    return objective;
}

static double value_at(const jko_objective *objective, const double *theta)
{
    double value = NAN;
    const jko_array parameters = jko_row_major(theta, jko_objective_parameter_count(objective), 1);
    WORKS(jko_objective_value_and_gradient(objective, &parameters, &value, NULL));
    return value;
}

/* Central differences, whose errors of h^2 and 2^-52 / h are 1e-10 of the largest slope or so at h = 1e-5. */
static void slopes(const jko_objective *objective, double *theta)
{
    const int64_t p = jko_objective_parameter_count(objective);
    double gradient[MOST_PARAMETERS], value, largest = 0, worst = 0;
    const jko_array parameters = jko_row_major(theta, p, 1), out = jko_row_major(gradient, p, 1);
    WORKS(jko_objective_value_and_gradient(objective, &parameters, &value, &out));
    CHECK(value == value_at(objective, theta));
    for (int64_t i = 0; i < p; i++) {
        const double h = 1e-5, middle = theta[i];
        theta[i] = middle + h;
        const double up = value_at(objective, theta);
        theta[i] = middle - h;
        const double down = value_at(objective, theta);
        theta[i] = middle;
        largest = fmax(largest, fabs(gradient[i]));
        worst = fmax(worst, fabs((up - down) / (2 * h) - gradient[i]));
    }
    CHECK(largest > 0 && worst <= 1e-7 * largest);
}

/* Steps along the gradient that are halved until they gain something. */
static double descend(const jko_objective *objective, double *theta, int steps)
{
    const int64_t p = jko_objective_parameter_count(objective);
    double gradient[MOST_PARAMETERS], moved[MOST_PARAMETERS], value = NAN, rate = 1;
    const jko_array parameters = jko_row_major(theta, p, 1), out = jko_row_major(gradient, p, 1);
    for (int step = 0; step < steps; step++) {
        WORKS(jko_objective_value_and_gradient(objective, &parameters, &value, &out));
        for (int halvings = 0; halvings < 50; halvings++) {
            for (int64_t i = 0; i < p; i++)
                moved[i] = theta[i] - rate * gradient[i];
            if (value_at(objective, moved) < value)
                break;
            rate /= 2;
        }
        memcpy(theta, moved, (size_t)p * sizeof(double));
        rate *= 2;
    }
    return value_at(objective, theta);
}

static void use(const jko_snapshots *series, int mixed)
{
    jko_model *model = network(6, mixed), *made = NULL;
    jko_objective *objective = objective_of(model, series, NULL);
    /* It does without the model that it came from. */
    jko_model_destroy(model);
    const int64_t p = jko_objective_parameter_count(objective);
    CHECK(p == 6 * 2 + 6 + 6 + 1 + (mixed ? 5 + 1 : 0));
    double theta[MOST_PARAMETERS], strided[2 * MOST_PARAMETERS], gradient[2][MOST_PARAMETERS], value[2];
    const jko_array parameters = jko_row_major(theta, p, 1);
    WORKS(jko_objective_initial_parameters(objective, &parameters));
    normal_source source = {7};
    for (int64_t i = 0; i < p; i++)
        theta[i] += 0.2 * normal(&source);
    slopes(objective, theta);

    /* Any strides, backwards too. */
    jko_array spread = jko_row_major(strided + 2 * (p - 1), p, 1);
    spread.row_stride = -2;
    for (int64_t i = 0; i < p; i++)
        strided[2 * (p - 1 - i)] = theta[i];
    for (int i = 0; i < 2; i++) {
        const jko_array out = jko_row_major(gradient[i], p, 1);
        WORKS(jko_objective_value_and_gradient(objective, i == 0 ? &parameters : &spread, &value[i], &out));
    }
    CHECK(value[0] == value[1] && memcmp(gradient[0], gradient[1], (size_t)p * sizeof(double)) == 0);

    const double reached = descend(objective, theta, 30);
    CHECK(reached < value[0]);
    WORKS(jko_objective_model(objective, &parameters, NULL, &made));
    jko_model_info info = {.struct_size = sizeof info};
    WORKS(jko_model_describe(made, &info));
    CHECK(info.fitted && info.parameter_count == p && info.history_count == 1 && info.internal == mixed);
    double told[2] = {0};
    jko_array history = jko_row_major(told, 1, 1);
    WORKS(jko_model_history(made, &history));
    CHECK(told[0] == reached);
    double point[2] = {0.3, 0.2}, slope[2];
    const jko_array x = jko_row_major(point, 1, 2), out = jko_row_major(slope, 1, 2);
    WORKS(jko_model_potential(made, &x, NULL, NULL, &out));
    CHECK(isfinite(slope[0]) && isfinite(slope[1]));
    WORKS(jko_model_save(made, "objective.safetensors"));
    jko_model_destroy(made);

    history.rows = 2;
    told[1] = 3;
    WORKS(jko_objective_model(objective, &parameters, &history, &made));
    WORKS(jko_model_describe(made, &info));
    CHECK(info.history_count == 2);
    told[1] = 0;
    WORKS(jko_model_history(made, &history));
    CHECK(told[0] == reached && told[1] == 3);
    jko_model_destroy(made);
    jko_objective_destroy(objective);
}

/* What training sees first is what the objective says of the initial parameters. */
static void agrees_with_training(const jko_snapshots *series)
{
    jko_model *model = network(6, 0);
    whole_fit_options options = usual_fit();
    options.training.epochs = 1;
    options.training.batch_size = INT64_MAX;
    options.training.precision = JKO_FLOAT64;
    options.fit.seed = 11;
    options.fit.rollout_weight = 0;
    const jko_fit_options *fit = with_training(&options);
    double loss, theta[MOST_PARAMETERS];
    const jko_array history = jko_row_major(&loss, 1, 1);
    WORKS(jko_model_fit(model, series, fit));
    WORKS(jko_model_history(model, &history));
    jko_objective *objective = objective_of(model, series, fit);
    const jko_array parameters = jko_row_major(theta, jko_objective_parameter_count(objective), 1);
    WORKS(jko_objective_initial_parameters(objective, &parameters));
    /* The same terms in another order. */
    CHECK(fabs(value_at(objective, theta) - loss) <= 1e-12 * loss);
    jko_objective_destroy(objective);
    jko_model_destroy(model);
}

static int stop(const jko_progress *progress, void *user_data)
{
    (void)user_data;
    return strcmp(progress->stage, "plans") == 0;
}

static void misuse_of_create(const jko_snapshots *series)
{
    jko_model *model = network(4, 0), *linear = NULL;
    jko_objective *objective = NULL;
    REFUSED_HANDLE(JKO_ENULL, "model", objective, jko_objective_create(NULL, series, NULL, &objective));
    REFUSED_HANDLE(JKO_ENULL, "snapshots", objective, jko_objective_create(model, NULL, NULL, &objective));
    REFUSED(JKO_ENULL, "out", jko_objective_create(model, series, NULL, NULL));
    REFUSED_HANDLE(JKO_EINVALID, "model", objective,
                   jko_objective_create((const jko_model *)(const void *)series, series, NULL, &objective));
    whole_model_options options = linear_options(2, 0, 1);
    WORKS(jko_model_create(whole(&options), &linear));
    REFUSED_HANDLE(JKO_EINVALID, "model", objective, jko_objective_create(linear, series, NULL, &objective));
    CHECK(strstr(jko_last_error(), "closed form") != NULL);

    whole_fit_options wrong = usual_fit();
    wrong.training.interaction_samples = 1;
    REFUSED_HANDLE(JKO_EINVALID, "options->training->interaction_samples", objective,
                   jko_objective_create(model, series, with_training(&wrong), &objective));
    wrong = usual_fit();
    wrong.transport.metric = JKO_EUCLIDEAN;
    REFUSED_HANDLE(JKO_EINVALID, "options->transport->metric", objective,
                   jko_objective_create(model, series, with_training(&wrong), &objective));

    jko_fit_options fit;
    WORKS(jko_fit_options_init(&fit, sizeof fit));
    fit.struct_size = 0;
    REFUSED_HANDLE(JKO_EINVALID, "struct_size", objective, jko_objective_create(model, series, &fit, &objective));
    fit.struct_size = sizeof fit + 4;
    REFUSED_HANDLE(JKO_EINVALID, "struct_size", objective, jko_objective_create(model, series, &fit, &objective));
    fit.struct_size = sizeof fit;
    fit.error_bars = JKO_ERROR_BARS_BOOTSTRAP;
    REFUSED_HANDLE(JKO_EINVALID, "error_bars", objective, jko_objective_create(model, series, &fit, &objective));
    fit.error_bars = JKO_ERROR_BARS_NONE;
    fit.progress = stop;
    REFUSED_HANDLE(JKO_ECANCELLED, "cancelled", objective, jko_objective_create(model, series, &fit, &objective));

    jko_snapshots *one = NULL;
    double point[2] = {1, 2};
    const jko_array x = jko_row_major(point, 1, 2);
    WORKS(jko_snapshots_create_empty(2, &one));
    WORKS(jko_snapshots_append(one, &x, 0, NULL));
    REFUSED_HANDLE(JKO_ESHAPE, "snapshots", objective, jko_objective_create(model, one, NULL, &objective));
    jko_snapshots_destroy(one);
    jko_model_destroy(linear);
    jko_model_destroy(model);
}

static void misuse_of_objectives(const jko_snapshots *series)
{
    jko_model *model = network(4, 0), *made = NULL;
    jko_objective *objective = objective_of(model, series, NULL);
    const int64_t p = jko_objective_parameter_count(objective);
    double theta[MOST_PARAMETERS], values[MOST_PARAMETERS], value[1];
    jko_array parameters = jko_row_major(theta, p, 1), out = jko_row_major(values, p, 1), slot;
    WORKS(jko_objective_initial_parameters(objective, &parameters));
    FILL(values);
    FILL(value);

    CHECK(jko_objective_parameter_count(NULL) == 0);
    CHECK(jko_objective_parameter_count((const jko_objective *)(const void *)model) == 0);
    jko_objective_destroy(NULL);
    REFUSED(JKO_ENULL, "objective", jko_objective_initial_parameters(NULL, &out));
    REFUSED(JKO_ENULL, "out", jko_objective_initial_parameters(objective, NULL));
    REFUSES_BAD_ARRAYS("out", slot, out, jko_objective_initial_parameters(objective, &slot));

    REFUSED(JKO_ENULL, "objective", jko_objective_value_and_gradient(NULL, &parameters, value, &out));
    REFUSED(JKO_ENULL, "parameters", jko_objective_value_and_gradient(objective, NULL, value, &out));
    REFUSED(JKO_ENULL, "value", jko_objective_value_and_gradient(objective, &parameters, NULL, &out));
    REFUSES_BAD_ARRAYS("parameters", slot, parameters, jko_objective_value_and_gradient(objective, &slot, value, &out));
    REFUSES_BAD_ARRAYS("gradient", slot, out, jko_objective_value_and_gradient(objective, &parameters, value, &slot));
    slot = jko_row_major(theta, 1, p);
    REFUSED(JKO_ESHAPE, "parameters", jko_objective_value_and_gradient(objective, &slot, value, &out));
    slot = jko_row_major(theta, p - 1, 1);
    REFUSED(JKO_ESHAPE, "parameters", jko_objective_value_and_gradient(objective, &slot, value, &out));
    slot = jko_row_major(values, p + 1, 1);
    REFUSED(JKO_ESHAPE, "gradient", jko_objective_value_and_gradient(objective, &parameters, value, &slot));
    slot = out;
    slot.row_stride = 0;
    REFUSED(JKO_ESHAPE, "gradient", jko_objective_value_and_gradient(objective, &parameters, value, &slot));

    REFUSED_HANDLE(JKO_ENULL, "objective", made, jko_objective_model(NULL, &parameters, NULL, &made));
    REFUSED_HANDLE(JKO_ENULL, "parameters", made, jko_objective_model(objective, NULL, NULL, &made));
    REFUSED(JKO_ENULL, "out", jko_objective_model(objective, &parameters, NULL, NULL));
    slot = jko_row_major(theta, 2, 2);
    REFUSED_HANDLE(JKO_ESHAPE, "history", made, jko_objective_model(objective, &parameters, &slot, &made));

    const double kept = theta[2], wrong[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        theta[2] = wrong[i];
        REFUSED(JKO_ENONFINITE, "parameters", jko_objective_value_and_gradient(objective, &parameters, value, &out));
        REFUSED_HANDLE(JKO_ENONFINITE, "parameters", made, jko_objective_model(objective, &parameters, NULL, &made));
        theta[2] = kept;
        double loss = wrong[i];
        slot = jko_row_major(&loss, 1, 1);
        REFUSED_HANDLE(JKO_ENONFINITE, "history", made, jko_objective_model(objective, &parameters, &slot, &made));
    }
    UNTOUCHED(values);
    UNTOUCHED(value);

    /* Numbers too large to square: a value that is not finite, and no model. */
    for (int64_t i = 0; i < p; i++)
        theta[i] = 1e200;
    CHECK(!isfinite(value_at(objective, theta)));
    REFUSED_HANDLE(JKO_ECONVERGENCE, "parameters", made, jko_objective_model(objective, &parameters, NULL, &made));
    jko_objective_destroy(objective);
    jko_model_destroy(model);
}

int main(void)
{
    jko_snapshots *series = ou_series(5);
    use(series, 0);
    use(series, 1);
    agrees_with_training(series);
    misuse_of_create(series);
    misuse_of_objectives(series);
    jko_snapshots_destroy(series);
    return finish("objective");
}
