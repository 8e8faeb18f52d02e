/*
 * What the parts of the runner in C share. README.md says what each call does.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <jkonetstar.h>

enum { LONGEST = 1000, D = 2, MOST = 8192 };

/* The series that was loaded last, and the model that was fitted or read last. */
extern jko_snapshots *series;
extern jko_model *model;
/* Memory for points and results. */
extern double values[MOST], more[MOST];

/* Ends the program with the library's message if a call has failed. */
void try_to(jko_status status);

/* Writes the bits of doubles below a call, the most significant digit first. */
void write_numbers(const char *name, const double *numbers, int64_t count);

/* Points and weights of snapshot k of a series as views of some memory. */
jko_array points_of(const jko_snapshots *some, int64_t k, double *memory);
jko_array weights_of(const jko_snapshots *some, int64_t k, double *memory);

/* Writes the row numbers of all snapshots. */
void write_rows(const char *name, const jko_snapshots *some);

/* runner_populations.c: what needs no model. */
void distance(const char *kind, int64_t from, int64_t to, double number);
void plan(int64_t from, int64_t to, double epsilon);
void shuffle(uint64_t seed);
void split(double fraction, uint64_t seed);
void functional(const char *name);
void simulate(const char *potential, double beta, double dt, int64_t steps, uint64_t seed);
void simulate_function(double dt, int64_t steps);
void interpolate(double time, uint64_t seed);
void grow(double last, double time, uint64_t seed);

/* runner_models.c: what makes a model, and what it says. */
void fit(const char *terms, int32_t size, int64_t epochs, uint64_t seed);
void read_model(const char *name);
void energy(void);
void predict(int64_t steps, const char *seed);
void evaluate(void);
void compare_with_floor(double fraction, uint64_t seed);
void refuse(void);

#endif
