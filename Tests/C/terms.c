/*
 * What jkonetstar/terms.h says of V and U, with networks and with features: value and gradient in one call, times by
 * row, Hessian products, arrays in single precision. Misuse: terms_misuse.c.
 */
#include "options.h"
#include "populations.h"

enum { N = 9 };

typedef struct kind {
    const char *name;
    jko_parametrisation parametrisation;
    jko_activation activation;
    int32_t degree, trigonometric, grid, fourier;
    jko_radial radial;
} kind;

/* Functions that have four derivatives wherever they are evaluated here, so that central differences converge. */
static const kind kinds[] = {
    {"softplus", JKO_NETWORK, JKO_ACTIVATION_SOFTPLUS, 0, 0, 0, 0, JKO_RADIAL_GAUSSIAN},
    {"silu", JKO_NETWORK, JKO_ACTIVATION_SILU, 0, 0, 0, 0, JKO_RADIAL_GAUSSIAN},
    {"tanh", JKO_NETWORK, JKO_ACTIVATION_TANH, 0, 0, 0, 0, JKO_RADIAL_GAUSSIAN},
    {"monomials", JKO_LINEAR, JKO_ACTIVATION_SOFTPLUS, 4, 0, 0, 0, JKO_RADIAL_GAUSSIAN},
    {"sines of monomials", JKO_LINEAR, JKO_ACTIVATION_SOFTPLUS, 2, 1, 0, 0, JKO_RADIAL_GAUSSIAN},
    {"Gaussians", JKO_LINEAR, JKO_ACTIVATION_SOFTPLUS, 0, 0, 4, 0, JKO_RADIAL_GAUSSIAN},
    {"multiquadrics", JKO_LINEAR, JKO_ACTIVATION_SOFTPLUS, 1, 0, 4, 0, JKO_RADIAL_MULTIQUADRIC},
    {"inverse quadratics", JKO_LINEAR, JKO_ACTIVATION_SOFTPLUS, 1, 0, 4, 0, JKO_RADIAL_INVERSE_QUADRATIC},
    {"Fourier features", JKO_LINEAR, JKO_ACTIVATION_SOFTPLUS, 0, 0, 0, 16, JKO_RADIAL_GAUSSIAN},
};

static jko_model *fitted_kind(const kind *kind, const jko_snapshots *series, int32_t time_varying)
{
    whole_model_options options = usual_model();
    whole_fit_options fit = usual_fit();
    options.model.potential = options.model.interaction = kind->parametrisation;
    options.model.time_varying = time_varying;
    options.potential_network.hidden[0] = options.potential_network.hidden[1] = 16;
    options.potential_network.activation = kind->activation;
    options.interaction_network = options.potential_network;
    options.potential_features.polynomial_degree = kind->degree;
    options.potential_features.trigonometric = kind->trigonometric;
    options.potential_features.radial = kind->radial;
    options.potential_features.radial_grid = kind->grid;
    options.potential_features.fourier_features = kind->fourier;
    options.potential_features.time_degree = 2;
    options.interaction_features = options.potential_features;
    fit.training.epochs = 2;
    fit.training.interaction_samples = kind->parametrisation == JKO_NETWORK ? 8 : 0;
    fit.fit.ridge = 1e-2;
    return fitted(options, series,
                  kind->parametrisation == JKO_NETWORK ? *with_training(&fit) : *without_training(&fit));
}

/* V or U, with one way to call either. */
typedef struct term {
    const jko_model *model;
    int is_v;
} term;

static jko_status evaluate(term term, const jko_array *x, const jko_array *t, const jko_array *value,
                           const jko_array *gradient)
{
    return term.is_v ? jko_model_potential(term.model, x, t, value, gradient)
                     : jko_model_interaction(term.model, x, value, gradient);
}

static jko_status multiply(term term, const jko_array *x, const jko_array *t, const jko_array *directions,
                           const jko_array *out)
{
    return term.is_v ? jko_model_potential_hessian_product(term.model, x, t, directions, out)
                     : jko_model_interaction_hessian_product(term.model, x, directions, out);
}

/* Points, or differences of points, and directions, about as far from 0 as the population is wide. */
static double points[N][2], ways[N][2];

static void draw(void)
{
    normal_source source = {21};
    for (int i = 0; i < N; i++)
        for (int c = 0; c < 2; c++) {
            points[i][c] = normal(&source);
            ways[i][c] = normal(&source);
        }
}

#define SAME_BITS(a, b) CHECK(memcmp((a), (b), sizeof(a)) == 0)

/* One call for both gives what two calls give; and the gradient may take the place of the points. */
static void value_and_gradient(term term, const jko_array *t)
{
    double value[N], gradient[N][2], both_value[N], both_gradient[N][2], place[N][2];
    const jko_array x = jko_row_major(&points[0][0], N, 2), own = jko_row_major(&place[0][0], N, 2);
    const jko_array v = jko_row_major(value, N, 1), g = jko_row_major(&gradient[0][0], N, 2);
    const jko_array v2 = jko_row_major(both_value, N, 1), g2 = jko_row_major(&both_gradient[0][0], N, 2);

    WORKS(evaluate(term, &x, t, &v, NULL));
    WORKS(evaluate(term, &x, t, NULL, &g));
    WORKS(evaluate(term, &x, t, &v2, &g2));
    SAME_BITS(value, both_value);
    SAME_BITS(gradient, both_gradient);
    memcpy(place, points, sizeof place);
    FILL(both_value);
    WORKS(evaluate(term, &own, t, &v2, &own));
    SAME_BITS(value, both_value);
    SAME_BITS(gradient, place);
    CHECK(value[0] != value[1] && gradient[0][0] != gradient[1][0]);
}

/*
 * Central differences of the gradient over 2 h, h = 1e-5, err by h^2 / 6 = 2e-11 times a fourth derivative along the
 * direction, and by 2^-52 / h = 2e-11 times the gradient. 1e-6 of the largest entry leaves a factor of ten thousands
 * for fourth derivatives that are larger than the second.
 */
static void hessian_products(term term, const jko_array *t)
{
    const double h = 1e-5;
    double product[N][2], sides[2][N][2], moved[N][2], largest = 0, worst = 0;
    const jko_array x = jko_row_major(&points[0][0], N, 2), along = jko_row_major(&ways[0][0], N, 2);
    const jko_array out = jko_row_major(&product[0][0], N, 2), at = jko_row_major(&moved[0][0], N, 2);

    WORKS(multiply(term, &x, t, &along, &out));
    for (int side = 0; side < 2; side++) {
        const jko_array gradient = jko_row_major(&sides[side][0][0], N, 2);
        for (int i = 0; i < N; i++)
            for (int c = 0; c < 2; c++)
                moved[i][c] = points[i][c] + (side ? h : -h) * ways[i][c];
        WORKS(evaluate(term, &at, t, NULL, &gradient));
    }
    for (int i = 0; i < N; i++)
        for (int c = 0; c < 2; c++) {
            largest = fmax(largest, fmax(fabs(product[i][c]), fabs(sides[0][i][c])));
            worst = fmax(worst, fabs((sides[1][i][c] - sides[0][i][c]) / (2 * h) - product[i][c]));
        }
    CHECK(largest > 0 && worst <= 1e-6 * largest);
    if (worst > 1e-6 * largest)
        printf("    %g of %g\n", worst, largest);

    /* The Hessian is symmetric: v . H w = w . H v, to the rounding of sums of some hundred terms. */
    double other[N][2], turned[N][2];
    const jko_array across = jko_row_major(&other[0][0], N, 2), out2 = jko_row_major(&turned[0][0], N, 2);
    for (int i = 0; i < N; i++) {
        other[i][0] = -ways[i][1];
        other[i][1] = 0.5 * ways[i][0] + 1;
    }
    WORKS(multiply(term, &x, t, &across, &out2));
    for (int i = 0; i < N; i++) {
        const double one = other[i][0] * product[i][0] + other[i][1] * product[i][1];
        const double two = ways[i][0] * turned[i][0] + ways[i][1] * turned[i][1];
        CHECK(fabs(one - two) <= 1e-11 * largest);
    }

    /* Products may take the place of the directions. */
    WORKS(multiply(term, &x, t, &across, &across));
    SAME_BITS(other, turned);
}

/* Numbers that single precision holds give the same from either type; results are rounded once, at the end. */
static void single_precision(term term, const jko_array *t)
{
    float x32[N][2], columns32[2][N], ways32[N][2], value32[N], gradient32[N][2], product32[N][2];
    double x64[N][2], ways64[N][2], value[N], gradient[N][2], product[N][2], from32[N][2];
    const jko_array wide = jko_row_major(&x64[0][0], N, 2), wide_ways = jko_row_major(&ways64[0][0], N, 2);
    const jko_array narrow = jko_row_major_f32(&x32[0][0], N, 2), tall = jko_column_major_f32(&columns32[0][0], N, 2);
    const jko_array narrow_ways = jko_row_major_f32(&ways32[0][0], N, 2);
    const jko_array v = jko_row_major(value, N, 1), g = jko_row_major(&gradient[0][0], N, 2);
    const jko_array p = jko_row_major(&product[0][0], N, 2), g_from32 = jko_row_major(&from32[0][0], N, 2);
    const jko_array v32 = jko_row_major_f32(value32, N, 1), g32 = jko_row_major_f32(&gradient32[0][0], N, 2);
    const jko_array p32 = jko_row_major_f32(&product32[0][0], N, 2);

    for (int i = 0; i < N; i++)
        for (int c = 0; c < 2; c++) {
            x64[i][c] = x32[i][c] = columns32[c][i] = (float)points[i][c];
            ways64[i][c] = ways32[i][c] = (float)ways[i][c];
        }
    WORKS(evaluate(term, &wide, t, &v, &g));
    WORKS(multiply(term, &wide, t, &wide_ways, &p));
    WORKS(evaluate(term, &narrow, t, NULL, &g_from32));
    SAME_BITS(gradient, from32);
    FILL(from32);
    WORKS(evaluate(term, &tall, t, NULL, &g_from32));
    SAME_BITS(gradient, from32);
    WORKS(evaluate(term, &tall, t, &v32, &g32));
    WORKS(multiply(term, &narrow, t, &narrow_ways, &p32));
    for (int i = 0; i < N; i++) {
        CHECK(value32[i] == (float)value[i]);
        for (int c = 0; c < 2; c++)
            CHECK(gradient32[i][c] == (float)gradient[i][c] && product32[i][c] == (float)product[i][c]);
    }
}

/* Every stride-th kind. */
static void on_kinds(size_t stride)
{
    const float early32 = 0.125f;
    const double early = early32;
    const jko_array one = one_time(&early), one32 = jko_row_major_f32(&early32, 1, 1);
    jko_snapshots *series = ou_series(13);
    for (size_t k = 0; k < COUNT_OF(kinds); k += stride)
        for (int varying = 0; varying < 2; varying++) {
            const int failed_before = checks_failed;
            jko_model *model = fitted_kind(&kinds[k], series, varying);
            for (int is_v = 0; is_v < 2; is_v++) {
                const term term = {model, is_v};
                const jko_array *t = varying && is_v ? &one : NULL;
                value_and_gradient(term, t);
                hessian_products(term, t);
                single_precision(term, t);
                if (t != NULL)
                    single_precision(term, &one32);
            }
            if (checks_failed > failed_before)
                printf("    for %s%s\n", kinds[k].name, varying ? ", varying in time" : "");
            jko_model_destroy(model);
        }
    jko_snapshots_destroy(series);
}

int main(int count, char **arguments)
{
    (void)arguments;
    draw();
    /* An argument asks for a part of the kinds. */
    on_kinds(count > 1 ? 3 : 1);
    return finish("terms");
}
