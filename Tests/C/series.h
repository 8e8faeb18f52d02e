/* A small population and a model fitted to it, for programs that need one. */
#ifndef SERIES_H
#define SERIES_H

#include "check.h"
#include "options.h"

/* Three snapshots of six particles in the plane at times 0, 1 and 3, drifting along the first coordinate. */
static inline jko_snapshots *drifting_series(void)
{
    double points[18][2], times[18];
    const jko_array x = jko_row_major(&points[0][0], 18, 2), t = jko_row_major(times, 18, 1);
    jko_snapshots *series = NULL;

    for (int i = 0; i < 18; i++) {
        const int k = i / 6;
        times[i] = k == 2 ? 3 : k;
        points[i][0] = (i % 6) * 0.3 + times[i] * 0.5;
        points[i][1] = (i % 3) * 0.4 + 0.01 * i;
    }
    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    return series;
}

/* A linear model, unfitted: polynomials of degree 2 and a grid of 3 x 3 bumps. */
static inline jko_model *linear_model(int32_t time_varying)
{
    whole_model_options options = usual_model();
    jko_model *model = NULL;

    options.model.potential = JKO_LINEAR;
    options.model.scheme = JKO_SCHEME_IMPLICIT;
    options.model.time_varying = time_varying;
    options.potential_features.polynomial_degree = 2;
    options.potential_features.radial_grid = 3;
    WORKS(jko_model_create(whole(&options), &model));
    return model;
}

static inline jko_model *fitted_model(int32_t time_varying)
{
    jko_snapshots *series = drifting_series();
    jko_model *model = linear_model(time_varying);
    jko_fit_options options;

    jko_fit_options_init(&options, sizeof options);
    options.ridge = 1e-2;
    WORKS(jko_model_fit(model, series, &options));
    jko_snapshots_destroy(series);
    return model;
}

#endif
