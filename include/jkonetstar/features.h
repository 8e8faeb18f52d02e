/**
 * @file jkonetstar/features.h
 * @brief Which features a linear energy combines: monomials, their sines and cosines, functions of the distance to
 *        centres, random Fourier features, the host's own.
 *
 * A linear energy is sum_f theta_f phi_f(x), its coefficients fitted in closed form. Families combine freely; a number
 * of 0 leaves a family out. For the potential V features are laid over the training points, for the interaction U over
 * differences of points of the same snapshot, symmetrically about 0. Coordinates are standardised inside: monomials and
 * phases are those of centred points, in units of half the data's spread. Constants have no gradient and are left out;
 * a feature without any gradient at the data, such as a function of a centre far from all of it, gets a
 * coefficient of 0.
 */
#ifndef JKONETSTAR_FEATURES_H
#define JKONETSTAR_FEATURES_H

#include "common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A function of the distance r to a centre, in units of the width w. */
typedef int32_t jko_radial;

enum {
    /** exp(-r^2), the literature's choice. On a grid the fastest by far. */
    JKO_RADIAL_GAUSSIAN = 0,
    /** r; at its centre the gradient counts as 0. */
    JKO_RADIAL_LINEAR = 1,
    /** r^2 ln r: thin-plate spline. */
    JKO_RADIAL_THIN_PLATE = 2,
    /** r^3. */
    JKO_RADIAL_CUBIC = 3,
    /** r^5. */
    JKO_RADIAL_QUINTIC = 4,
    /** sqrt(1 + r^2). */
    JKO_RADIAL_MULTIQUADRIC = 5,
    /** 1 / sqrt(1 + r^2). */
    JKO_RADIAL_INVERSE_MULTIQUADRIC = 6,
    /** 1 / (1 + r^2). */
    JKO_RADIAL_INVERSE_QUADRATIC = 7
};

/**
 * The host's own features phi_f(x), f < count, at n points of d coordinates.
 *
 * Called during the call that needs them, on the thread that made it; never after jko_model_destroy(). Where several
 * threads of the host evaluate one model at the same time, each calls it, so that it must be ready for that. It may
 * call the library, for its own model too. Work that needs it is not spread over threads. Points of V are in the user's
 * coordinates, those of U differences of such.
 *
 * @param points     row-major, shape (n, d), valid during the callback only
 * @param values     receives phi_f(x_i) at values[i * count + f]; NULL when not asked for
 * @param jacobian   receives d phi_f / d x_k at jacobian[(i * count + f) * d + k]; NULL when not asked for
 * @param user_data  what was given beside the callback, as the member or parameter that ends in _user_data
 * @return 0; anything else stops the work, which then returns ::JKO_ECANCELLED (evaluation gives NaN instead)
 */
typedef int (*jko_feature_callback)(const double *points, int64_t n, int64_t d, double *values, double *jacobian,
                                    void *user_data);

/** Which features a linear energy has. Fill with jko_feature_options_init(), then change what you need. */
typedef struct jko_feature_options {
    /** sizeof(jko_feature_options). */
    size_t struct_size;
    /** Degree p of the monomials, 0 (none) to 8. Default -1: 4, as in the paper, in one and two coordinates, and 2 in
        more, where the tails of a quartic carry single particles far away in explicit steps and leave many implicit
        steps without a solution. */
    int32_t polynomial_degree;
    /** What p bounds: 0 each exponent, as in the paper; 1 their sum. Default -1: each exponent with one or two
        coordinates, the sum with more. Where there would be more than 3,000 monomials, the sum is bounded, and lowered
        until they are fewer. */
    int32_t polynomial_total;
    /** Nonzero: also the sine and the cosine of each monomial. Default 0. */
    int32_t trigonometric;
    /** Which functions of the distance; default ::JKO_RADIAL_GAUSSIAN. */
    jko_radial radial;
    /** Centres per coordinate, on a grid over the box of the data, 0 (none) to 100; default 10. Where the grid would
        have more than 3,000 centres, as many as radial_centres says are drawn from the data instead. */
    int32_t radial_grid;
    /** Number of centres drawn from the data where no grid is used, 0 to 3,000; default 100. */
    int32_t radial_centres;
    /** Width w, in length, 0 or more; default 0: 0.8 of the spacing of the grid (that of the literature), or the median
        distance between a centre and its nearest other one. */
    double radial_width;
    /** Number D of random Fourier features sqrt(2/D) cos(w.x) and sqrt(2/D) sin(w.x), 0 (none) to 20,000, rounded up to
        an even number; default 0. Frequencies w are normal with standard deviation 1/scale, so that the features stand
        for the Gaussian kernel exp(-|x-y|^2 / (2 scale^2)) in any number of coordinates (Rahimi and Recht, NIPS
        2007). */
    int32_t fourier_features;
    /** Powers of time, for a time-varying V: every feature is multiplied by 1, t, .., t^time_degree, 1 to 8, at most
        the number of transitions less 1; default 3. Unused for U. */
    int32_t time_degree;
    /** Scale of the random Fourier features, in length, 0 or more; default 0: the median distance between two points of
        the data. */
    double fourier_scale;
    /** The host's own features, beside the others; default NULL. Their second derivatives are differences of their
        jacobians. A model that has some cannot be saved. */
    jko_feature_callback callback;
    /** Passed to callback; what it points at must outlive the model. */
    void *callback_user_data;
    /** Number of features that callback computes, 1 to 3,000; 0 (default) without one. */
    int64_t callback_count;
    /** How many coordinates each frequency of the random Fourier features acts on, 0 to 1,000,000; default 0: all. With
        a small number, the features stand for sums of functions of that many coordinates each. In many dimensions such
        sums need far fewer features. The default scale is smaller for a smaller number. */
    int64_t fourier_coordinates;
} jko_feature_options;

/**
 * Fill options with the defaults.
 *
 * @param struct_size  sizeof(jko_feature_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_feature_options_init(jko_feature_options *options, size_t struct_size);

#ifdef __cplusplus
}
#endif

#endif
