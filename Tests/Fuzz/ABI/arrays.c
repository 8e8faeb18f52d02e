/* Views of matrices: of every layout, with memory of just the bytes that they span; and hostile ones. */
#include "roles.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const array_role *role_of(const char *owner, const char *name)
{
    const size_t count = sizeof array_roles / sizeof array_roles[0];
    for (size_t i = 0; i < count; i++) {
        const array_role *role = &array_roles[i];
        if ((role->owner == NULL || strcmp(role->owner, owner) == 0) &&
            (role->name == NULL || strcmp(role->name, name) == 0))
            return role;
    }
    fprintf(stderr, "%s: the array %s has no line in roles.h\n", owner, name);
    exit(2);
}

void check_role(const char *owner, const char *name) { (void)role_of(owner, name); }

int is_exception(const char *owner, const char *name)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
        if (strcmp(exceptions[i].owner, owner) == 0 &&
            (exceptions[i].name == NULL || strcmp(exceptions[i].name, name) == 0))
            return 1;
    return 0;
}

static void put(const jko_array *view, int64_t row, int64_t column, double value)
{
    const int64_t at = row * view->row_stride + column * view->column_stride;
    if (view->dtype == JKO_FLOAT32) {
        const float single = (float)value;
        memcpy((uint8_t *)view->data + 4 * at, &single, sizeof single);
    } else {
        memcpy((uint8_t *)view->data + 8 * at, &value, sizeof value);
    }
}

/* What hostile calls multiply points by; squares of some of them leave the range of numbers. */
static const double scales[] = {1e-8, 1e8, 1e100, 1e-100, 1e150, 1e-160, 1e300, 1e-310};

static double element(content content, int style, uint64_t *state, int64_t row, int64_t column, int64_t columns,
                      const scene *scene)
{
    const double draw = plain_double(state);
    switch (content) {
    case POINTS:
    case SMALL:
        return style == 1 ? round(draw) : style == 2 ? 1 : draw;
    case MASSES:
        return style == 1 ? fabs(draw) : style == 2 ? (double)(row % 2) : 1;
    case POSITIVE:
        return style == 1 ? 1 : fabs(draw) + 0.1;
    case LABELS:
        return (double)(row % (style == 1 ? 4 : style == 2 ? 2 : 3));
    case INCREASING:
        return style == 1 ? (double)row / 2 - 1 : (double)row;
    case WITHIN: {
        const double last = (double)(scene->extents[COUNT] - 1);
        return style == 1 ? last * (double)(row + 1) / (double)(scene->extents[Q] + 1)
                          : last * (double)row / (double)(scene->extents[Q] + (scene->extents[Q] == 1) - 1);
    }
    case COVARIANCES:
        return row % columns == column ? 1 + fabs(draw) / 4 : 0.125;
    case WRITTEN:
        break;
    }
    return 0;
}

/* The masses of both populations must agree. */
static void normalise(const jko_array *view, double *values)
{
    double sum = 0;
    for (int64_t i = 0; i < view->rows; i++)
        sum += values[i];
    for (int64_t i = 0; i < view->rows && sum > 0; i++)
        put(view, i, 0, values[i] / sum);
}

static void fill(scene *scene, const array_role *role, const jko_array *view)
{
    const int style = (int)pick(4);
    uint64_t state = word();
    double scale = 1, offset = 0;
    /* More often than what is refused at once. */
    const unsigned oddness = the_world.hostility > 0 ? pick(12) : 0;
    if (oddness == 1 || oddness == 2)
        scale = scales[pick(8)];
    if (oddness == 3)
        offset = pick(2) ? 1e8 : -1e15;
    double values[64];
    for (int64_t row = 0; row < view->rows; row++)
        for (int64_t column = 0; column < view->columns; column++) {
            const double value =
                element(role->content, style, &state, row, column, view->columns, scene) * scale + offset;
            put(view, row, column, value);
            if (column == 0 && row < 64)
                values[row] = value;
        }
    if (role->content == MASSES && view->columns == 1 && view->rows <= 64)
        normalise(view, values);
    if (oddness == 4)
        put(view, pick(2) ? view->rows - 1 : 0, view->columns - 1, odd_double());
    for (int64_t row = 0; row < view->rows; row++)
        for (int64_t column = 0; column < view->columns; column++) {
            const int64_t at = row * view->row_stride + column * view->column_stride;
            double value;
            float single;
            if (view->dtype == JKO_FLOAT32) {
                memcpy(&single, (uint8_t *)view->data + 4 * at, sizeof single);
                value = single;
            } else {
                memcpy(&value, (uint8_t *)view->data + 8 * at, sizeof value);
            }
            scene->is_finite &= isfinite(value) != 0;
        }
}

/* Strides: of the usual layouts, with gaps, backwards, and with elements in one place. */
static void lay_out(jko_array *view)
{
    const int64_t rows = view->rows, columns = view->columns;
    view->row_stride = columns;
    view->column_stride = 1;
    switch (pick(8)) {
    case 3:
        view->row_stride = 1;
        view->column_stride = rows;
        break;
    case 4:
        view->row_stride = columns + 2;
        break;
    case 5:
        view->row_stride = 2 * columns + 1;
        view->column_stride = 2;
        break;
    case 6:
        view->row_stride = -columns;
        break;
    case 7:
        view->row_stride = -rows * pick(2) - 1;
        view->column_stride = view->row_stride == -1 ? rows : -1;
        break;
    default:
        break;
    }
    if (is_odd())
        *(pick(2) ? &view->row_stride : &view->column_stride) = (int64_t)pick(3) - 1;
}

/* A change after which nobody may look at the data. */
static void spoil(jko_array *view)
{
    static const int64_t extents[] = {0, -1, INT64_MIN, INT64_MAX, (int64_t)1 << 56, (int64_t)1 << 33};
    static const int64_t strides[] = {INT64_MAX, INT64_MIN, INT64_MAX / 8, (int64_t)1 << 57};
    static const jko_dtype types[] = {2, -1, INT32_MAX, INT32_MIN};
    switch (pick(6)) {
    case 0:
        view->data = NULL;
        break;
    case 1:
        view->rows = extents[pick(5)];
        break;
    case 2:
        view->columns = extents[pick(5)];
        break;
    case 3:
        view->rows = view->columns = extents[pick(6)];
        break;
    case 4:
        /* Strides of a single row or column are not used. */
        if (view->rows > 1)
            view->row_stride = strides[pick(4)];
        else
            view->dtype = 3;
        break;
    default:
        view->dtype = types[pick(4)];
        break;
    }
}

/* An output may be the memory of an input. */
static const jko_array *shared(const scene *scene, const jko_array *view)
{
    for (block *block = scene->blocks; block != NULL; block = block->next)
        if (block->view != NULL && block->view->rows == view->rows && block->view->columns == view->columns) {
            block->is_output = 1;
            return block->view;
        }
    return NULL;
}

const jko_array *draw_array(scene *scene, const char *owner, const char *name)
{
    const array_role *role = role_of(owner, name);
    if (role->may_be_null ? pick(3) == 2 : is_odd())
        return NULL;
    block *const held = lend(scene, name, sizeof(jko_array), 0);
    jko_array *view = lent(held);
    view->rows = scene->extents[role->rows];
    view->columns = scene->extents[role->columns];
    if (is_odd())
        *(pick(2) ? &view->rows : &view->columns) += (int64_t)pick(3) - 1;
    if (view->rows < 1 || view->columns < 1 || view->rows > 4096 || view->rows * view->columns > 65536) {
        view->rows = view->columns = 1;
    }
    const int is_output = role->content == WRITTEN;
    const jko_array *other = is_output && pick(16) == 15 ? shared(scene, view) : NULL;
    if (other != NULL) {
        memcpy(view, other, sizeof *view);
        return view;
    }
    view->dtype = pick(8) == 7 ? JKO_FLOAT32 : JKO_FLOAT64;
    lay_out(view);

    const int64_t size = view->dtype == JKO_FLOAT32 ? 4 : 8;
    const int64_t across = (view->rows - 1) * view->row_stride, along = (view->columns - 1) * view->column_stride;
    const int64_t before = (across < 0 ? -across : 0) + (along < 0 ? -along : 0);
    const int64_t behind = (across > 0 ? across : 0) + (along > 0 ? along : 0);
    /* Elements need not be aligned. */
    const size_t shift = pick(16) == 15 ? 1 + pick(7) : 0;
    block *memory = lend(scene, name, (size_t)((before + behind + 1) * size) + shift, is_output);
    memory->doubles = is_output && !is_exception(owner, name);
    view->data = (uint8_t *)lent(memory) + before * size + shift;
    if (!is_output)
        fill(scene, role, view);
    memory->view = view;
    if (is_odd()) {
        spoil(view);
        memory->view = NULL;
    }
    return view;
}
