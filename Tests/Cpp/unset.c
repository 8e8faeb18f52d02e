/* Views of inputs and outputs are made without a warning, in C and in C++: run.sh compiles this. */
#include <jkonetstar.h>

double filled(const jko_model *model, const double *point, const float *single);

double filled(const jko_model *model, const double *point, const float *single)
{
    double value, slope[2];
    float values[2];
    const jko_array x = jko_row_major(point, 1, 2), out = jko_row_major(&value, 1, 1);
    const jko_array gradient = jko_column_major(slope, 1, 2), y = jko_column_major_f32(single, 1, 2);
    const jko_array last = jko_row_major_f32(values, 1, 2), none = jko_row_major(NULL, 0, 2);
    if (jko_model_potential(model, &x, NULL, &out, &gradient) != JKO_OK)
        return 0;
    if (jko_model_potential(model, &y, &none, NULL, &last) != JKO_OK)
        return 0;
    return value + slope[1];
}
