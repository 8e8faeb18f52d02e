/**
 * @file jkonetstar/functional.h
 * @brief The benchmark energies of the literature, with analytic gradients, to simulate populations whose energy is
 * known.
 *
 * Names: styblinski_tang, holder_table, zigzag_ridge, oakley_ohagan, watershed, ishigami, friedman, sphere,
 * bohachevsky, flowers, wavy_plateau, double_exp, relu, rotational, flat. Formulas: docs/functionals.md.
 * At kinks the gradient is 0. Functionals that pair coordinates or split them into two halves need d >= 2.
 */
#ifndef JKONETSTAR_FUNCTIONAL_H
#define JKONETSTAR_FUNCTIONAL_H

#include "array.h"
#include "common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Number of functionals. */
int32_t jko_functional_count(void);

/** Name of functional `index`, 0 <= index < count; NULL for any other index. Static storage. */
const char *jko_functional_name(int32_t index);

/**
 * Values of a functional.
 *
 * @param name  one of the names above
 * @param x     shape (n, d), finite
 * @param out   shape (n, 1)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (name, or d too small for it), ::JKO_ESHAPE or ::JKO_ENONFINITE
 */
jko_status jko_functional_value(const char *name, const jko_array *x, const jko_array *out);

/**
 * Gradients of a functional.
 *
 * @param name  one of the names above
 * @param x     shape (n, d), finite
 * @param out   shape (n, d)
 * @return as jko_functional_value()
 */
jko_status jko_functional_gradient(const char *name, const jko_array *x, const jko_array *out);

#ifdef __cplusplus
}
#endif

#endif
