/*
 * What the shim's files share. Every function that R calls checks its arguments first, calls the library, and returns
 * an R object. R's errors jump over C frames: the library's frames are never among these, and handles of the library
 * belong to external pointers from the moment they exist.
 */
#ifndef JKONETSTAR_R_SHIM_H
#define JKONETSTAR_R_SHIM_H

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>

#include <jkonetstar.h>

/* --- arrays.c: matrices and vectors of R as views ------------------------------------------------------ */

/* A view of a double matrix, or of a vector as one column; R's memory, without a copy. */
jko_array view_of(SEXP matrix);

/* The same where the argument may be NULL, as the pointer that the library takes. */
const jko_array *optional_view(SEXP matrix, jko_array *view);

/* A protected vector of doubles with the dimensions (rows, columns); where columns is 0, without dimensions. */
SEXP new_doubles(R_xlen_t rows, R_xlen_t columns);

/* A protected list with names; the elements are set by SET_VECTOR_ELT. */
SEXP new_list(const char *const *names, int count);

/* Text as UTF-8; NULL for R's NULL. */
const char *text_of(SEXP value);

/* --- handles.c: objects of the library as external pointers -------------------------------------------- */

typedef enum { SNAPSHOTS, MODEL, PLAN, GROWTH, DENSITY, FLOW, HANDLE_KINDS } handle_kind;

/* A protected external pointer to nothing yet, which destroys what it is given. */
SEXP new_handle(handle_kind kind);

/* What a pointer holds; an R error where that is nothing of this kind. */
void *handle_of(SEXP pointer, handle_kind kind);

/* The same where the argument may be NULL. */
void *optional_handle_of(SEXP pointer, handle_kind kind);

/* --- calls.c: the error gate, and R code that runs within a call --------------------------------------- */

/* A call into the library during which R code may run: the user's functions, and checks for interrupts. */
typedef struct long_call {
    struct long_call *outer;
    /* Where R goes on after a function of the user has jumped: an error, an interrupt, a restart. */
    SEXP continuation;
    /* Hears how far the call is, or R_NilValue. */
    SEXP progress;
    /* Nonzero once a function of the user has jumped, and once the user has asked to stop. */
    int jumped, interrupted;
    /* Nonzero where the callback of options asks for interrupts: a fit that it stops keeps what it has learned, and one
       that the callback of the thread stops does not. */
    int has_options;
} long_call;

/* Begin a call; protects one object, which finish_call() releases. No R object may be made before finish_call(). */
void begin_call(long_call *call, SEXP progress);

/* End it: the value, or what it failed with, or the jump that was held back. */
SEXP finish_call(long_call *call, jko_status status, SEXP value);

/* The same for calls that are short and run no R code. */
SEXP finish(jko_status status, SEXP value);

/* Run R code within a call; nonzero if it has jumped, so that the library is to stop. */
int run_guarded(long_call *call, SEXP (*body)(void *), void *data);

/* The same within the call under way, for callbacks that outlive a call; nonzero where there is none. */
int run_within(SEXP (*body)(void *), void *data);

/* A callback for options, whose user data is the long_call; it asks for interrupts in place of that of the thread. */
jko_progress_callback progress_of(long_call *call);

/* --- options.c: named lists of R as structs ------------------------------------------------------------ */

typedef enum { AS_INT32, AS_INT64, AS_UINT64, AS_DOUBLE, AS_TEXT } field_type;

typedef struct field {
    const char *name;
    field_type type;
    size_t offset;
} field;

#define FIELD(type, member, kind) {#member, kind, offsetof(type, member)}

/* Write the elements of a list, which name members; an R error for a name that is not among the fields. */
void fill_options(void *options, const field *fields, size_t count, SEXP list);

/* An element of a list; R_NilValue where there is none. */
SEXP element_of(SEXP list, const char *name);

#define FILL(options, fields, list) fill_options((options), (fields), sizeof(fields) / sizeof *(fields), (list))

/* Options of plans, which calls for plans, distances and fits have. */
void fill_plan_options(jko_plan_options *options, SEXP list);

/* Options of densities, of fits and by themselves; NULL for R's NULL. */
const jko_density_options *density_options_of(jko_density_options *options, SEXP list);

/* --- energies.c: V and U of the user with their gradients ------------------------------------------------ */

/* A callback of the library whose user data is a function of R: of a matrix of points and the time, to the values and
   then the gradients, column by column. R code has wrapped it, so that it returns doubles of the right number. */
int on_energy(const double *points, int64_t n, int64_t d, double time, double *values, double *gradients,
              void *user_data);

/* Where options say what a term is. */
typedef struct term_place {
    const char **name;
    const jko_model **model;
    jko_energy_callback *callback;
    void **user_data;
} term_place;

/* Write a term, which is NULL, a name, a model or a function. */
void choose_term(term_place place, SEXP given);

/* --- what R calls -------------------------------------------------------------------------------------- */

SEXP r_version(void);
SEXP r_abi_version(void);
SEXP r_build_info(void);
SEXP r_num_threads(void);
SEXP r_set_num_threads(SEXP count);
SEXP r_is_alive(SEXP pointer, SEXP kind);
SEXP r_keep(SEXP pointer, SEXP contents);
SEXP r_kept(SEXP pointer);
SEXP r_revive(SEXP pointer, SEXP fresh);

SEXP r_snapshots_create(SEXP points, SEXP times, SEXP weights, SEXP tolerance, SEXP names);
SEXP r_snapshots_append(SEXP snapshots, SEXP dimension, SEXP points, SEXP time, SEXP weights, SEXP names);
SEXP r_snapshots_load(SEXP path, SEXP options);
SEXP r_snapshots_save(SEXP snapshots, SEXP path);
SEXP r_snapshots_split(SEXP snapshots, SEXP split, SEXP fraction, SEXP seed);
SEXP r_snapshots_shuffle(SEXP snapshots, SEXP seed);
SEXP r_snapshots_without(SEXP snapshots, SEXP k);
SEXP r_snapshots_describe(SEXP snapshots);
SEXP r_snapshots_get(SEXP snapshots, SEXP k);

SEXP r_model_fit(SEXP options, SEXP snapshots, SEXP fit_options, SEXP growth, SEXP progress);
SEXP r_model_describe(SEXP model);
SEXP r_model_text(SEXP model, SEXP what);
SEXP r_model_numbers(SEXP model, SEXP what);
SEXP r_model_identified(SEXP model);
SEXP r_model_save(SEXP model, SEXP path);
SEXP r_model_load(SEXP path);
SEXP r_model_growth(SEXP model);

SEXP r_model_term(SEXP model, SEXP term, SEXP x, SEXP t, SEXP gradient, SEXP error);
SEXP r_model_beta(SEXP model, SEXP error);
SEXP r_model_energy(SEXP model, SEXP x, SEXP weights, SEXP t);

SEXP r_rollout_times(SEXP model, SEXP t0, SEXP steps);
SEXP r_rollout(SEXP model, SEXP x0, SEXP times, SEXP options, SEXP error);
SEXP r_simulate(SEXP x0, SEXP options, SEXP potential, SEXP interaction);
SEXP r_functional(SEXP name, SEXP x, SEXP gradient);
SEXP r_functional_names(void);

SEXP r_compare(SEXP model, SEXP snapshots, SEXP training, SEXP seed);
SEXP r_check(SEXP model, SEXP snapshots);

SEXP r_plan(SEXP x, SEXP y, SEXP a, SEXP b, SEXP options);
SEXP r_plans(SEXP snapshots, SEXP options);
SEXP r_plan_describe(SEXP plan);
SEXP r_plan_pairs(SEXP plan, SEXP threshold);
SEXP r_plan_contents(SEXP plan, SEXP dimension);
SEXP r_emd(SEXP x, SEXP y, SEXP a, SEXP b, SEXP order);
SEXP r_energy_distance(SEXP x, SEXP y, SEXP a, SEXP b);
SEXP r_sinkhorn_divergence(SEXP x, SEXP y, SEXP a, SEXP b, SEXP options);

SEXP r_interpolate(SEXP snapshots, SEXP times, SEXP options, SEXP model, SEXP growth);

SEXP r_growth_fit(SEXP snapshots, SEXP options, SEXP total_mass, SEXP prior);
SEXP r_growth_rates(SEXP growth, SEXP points, SEXP time, SEXP error);
SEXP r_growth_masses(SEXP growth, SEXP paths, SEXP times, SEXP masses);
SEXP r_growth_total_mass(SEXP growth, SEXP times);
SEXP r_growth_describe(SEXP growth);
SEXP r_growth_save(SEXP growth, SEXP path);
SEXP r_growth_load(SEXP path);

SEXP r_density_create(SEXP points, SEXP weights, SEXP options);
SEXP r_density_from_mixture(SEXP weights, SEXP means, SEXP covariances, SEXP diagonal);
SEXP r_density_describe(SEXP density);
SEXP r_density_parameters(SEXP density);
SEXP r_density_at(SEXP density, SEXP x, SEXP score);
SEXP r_density_sample(SEXP density, SEXP n, SEXP seed);

SEXP r_flow_compute(SEXP base, SEXP x0, SEXP log_density, SEXP options, SEXP hidden, SEXP potential, SEXP interaction);
SEXP r_flow_describe(SEXP flow);
SEXP r_flow_sample(SEXP flow, SEXP n, SEXP step, SEXP seed);
SEXP r_flow_transport(SEXP flow, SEXP x, SEXP from, SEXP to);
SEXP r_flow_at(SEXP flow, SEXP x, SEXP step, SEXP what);
SEXP r_flow_mass(SEXP flow, SEXP step);
SEXP r_flow_save(SEXP flow, SEXP path);
SEXP r_flow_load(SEXP path);

SEXP r_sample(SEXP x0, SEXP potential, SEXP options);

#endif
