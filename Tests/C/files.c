/* Files that are missing, truncated, damaged or something else: snapshots and models. Runs in a folder of its own. */
#include "arrays.h"
#include "options.h"
#include <sys/stat.h>
#include <unistd.h>

static void write_file(const char *path, const char *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    if (file == NULL)
        return;
    CHECK(fwrite(bytes, 1, count, file) == count);
    fclose(file);
}

static void write_text(const char *path, const char *text) { write_file(path, text, strlen(text)); }

/* The whole file, at most `capacity` bytes; the number read. */
static size_t read_file(const char *path, char *bytes, size_t capacity)
{
    FILE *file = fopen(path, "rb");
    size_t count = 0;
    CHECK(file != NULL);
    if (file != NULL) {
        count = fread(bytes, 1, capacity, file);
        fclose(file);
    }
    return count;
}

static jko_snapshots *small_series(void)
{
    const double points[6][2] = {{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}, {2, 1}};
    const double times[6] = {0, 0, 0, 1, 1, 1};
    const jko_array x = jko_row_major(&points[0][0], 6, 2), t = jko_row_major(times, 6, 1);
    jko_snapshots *series = NULL;
    WORKS(jko_snapshots_create(&x, &t, NULL, &series));
    return series;
}

static void load_refuses(void)
{
    jko_snapshots *series = NULL;
    jko_load_options options;
    const size_t sizes[] = {0, 4, SIZE_MAX};

    REFUSED(JKO_ENULL, "out", jko_snapshots_load("a.csv", NULL, NULL));
    REFUSED_HANDLE(JKO_ENULL, "path", series, jko_snapshots_load(NULL, NULL, &series));
    const char *missing[] = {"missing.csv", "missing.npz", "missing.npy", "no/such/folder/a.csv"};
    for (size_t i = 0; i < COUNT_OF(missing); i++)
        REFUSED_HANDLE(JKO_EIO, "path", series, jko_snapshots_load(missing[i], NULL, &series));
    REFUSED_HANDLE(JKO_EINVALID, "path", series, jko_snapshots_load("", NULL, &series));
    CHECK(jko_snapshots_load("missing", NULL, &series) != JKO_OK && series == NULL);

    write_text("good.csv", "t,x,y\n0,1,2\n1,3,4\n");
    WORKS(jko_snapshots_load("good.csv", NULL, &series));
    jko_snapshots_destroy(series);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        jko_load_options_init(&options, sizeof options);
        options.struct_size = sizes[i];
        REFUSED_HANDLE(JKO_EINVALID, "struct_size", series, jko_snapshots_load("good.csv", &options, &series));
    }
    jko_load_options_init(&options, sizeof options);
    options.time = "no such column";
    CHECK(jko_snapshots_load("good.csv", &options, &series) != JKO_OK && series == NULL);
    jko_load_options_init(&options, sizeof options);
    options.weights = "two\nlines";
    CHECK(jko_snapshots_load("good.csv", &options, &series) != JKO_OK && strchr(jko_last_error(), '\n') == NULL);
    REFUSED(JKO_ENULL, "options", jko_load_options_init(NULL, sizeof(jko_load_options)));
    REFUSED(JKO_EINVALID, "struct_size", jko_load_options_init(&options, sizeof options + 4));
}

/* Each of these is named in its message and refused as no file of its format, or for what it holds: its contents are no
   argument of the call. */
static void load_refuses_contents(void)
{
    jko_snapshots *series = NULL;
    const struct {
        const char *path, *text;
        jko_status status;
    } files[] = {
        {"empty.csv", "", JKO_EFORMAT},
        {"header.csv", "t,x\n", JKO_ESHAPE},
        {"ragged.csv", "t,x\n0,1\n1\n", JKO_EFORMAT},
        {"words.csv", "t,x\n0,one\n", JKO_EFORMAT},
        {"timeless.csv", "x,y\n0,1\n", JKO_EFORMAT},
        {"quote.csv", "t,\"x\n0,1\n", JKO_EFORMAT},
        {"nan.csv", "t,x\n0,nan\n", JKO_ENONFINITE},
        {"weights.csv", "t,x,weights\n0,1,-1\n", JKO_EPOPULATION},
        {"empty.npy", "", JKO_EFORMAT},
        {"text.npy", "not a NumPy file at all", JKO_EFORMAT},
        {"magic.npy", "\x93NUMPY", JKO_EFORMAT},
        {"empty.npz", "", JKO_EFORMAT},
        {"text.npz", "PK\x03\x04 and nothing behind it", JKO_EFORMAT},
    };

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        write_text(files[i].path, files[i].text);
        REFUSED_HANDLE_ABOUT(files[i].status, files[i].path, "", series,
                             jko_snapshots_load(files[i].path, NULL, &series));
    }
}

/* A snapshot file cut short anywhere is refused, and no byte of its header, changed, ends the process. */
static void load_survives_damage(void)
{
    const double points[2 * 3] = {1, 2, 3, 4, 5, 6};
    const jko_array view = jko_row_major(points, 3, 2);
    char bytes[1024];
    jko_snapshots *series = NULL;

    WORKS(jko_npy_write("whole.npy", &view));
    size_t size = read_file("whole.npy", bytes, sizeof bytes);
    for (size_t cut = 0; cut < size; cut++) {
        write_file("cut.npy", bytes, cut);
        REFUSED_HANDLE(JKO_EFORMAT, "cut.npy", series, jko_snapshots_load("cut.npy", NULL, &series));
    }
    for (size_t at = 0; at < size - sizeof points; at++) {
        const char kept = bytes[at];
        bytes[at] = (char)(kept ^ 0x15);
        write_file("changed.npy", bytes, size);
        jko_status status = jko_snapshots_load("changed.npy", NULL, &series);
        CHECK((status == JKO_OK) == (series != NULL));
        jko_snapshots_destroy(series);
        bytes[at] = kept;
    }
}

/* Which columns were taken, and that texts live as long as their series. */
static void columns(void)
{
    jko_snapshots *series = NULL, *copy = NULL;
    jko_load_options options;
    const int64_t outside[] = {-1, 2, INT64_MAX, INT64_MIN};

    write_text("cells.csv", ";Day;a b;kind;y\nc7;0;0.5;T;1\nc8;0;1.5;B;2\nc9;3;2.5;T;5\n");
    WORKS(jko_snapshots_load("cells.csv", NULL, &series));
    CHECK(jko_snapshots_dimension(series) == 2 && jko_snapshots_count(series) == 2);
    CHECK(strcmp(jko_snapshots_omitted_columns(series), "\"\" (index), \"kind\" (no numbers)") == 0);
    WORKS(jko_snapshots_shuffle(series, 0, &copy));
    jko_snapshots_destroy(series);
    CHECK(strcmp(jko_snapshots_coordinate_name(copy, 0), "a b") == 0);
    CHECK(strcmp(jko_snapshots_coordinate_name(copy, 1), "y") == 0);
    for (size_t i = 0; i < COUNT_OF(outside); i++)
        CHECK(jko_snapshots_coordinate_name(copy, outside[i]) == NULL);
    jko_snapshots_destroy(copy);

    write_text("numbered.csv", "n,t,x\n1,0,0.5\n2,0,1.5\n3,1,2.5\n");
    REFUSED_HANDLE(JKO_EFORMAT, "\"n\"", series, jko_snapshots_load("numbered.csv", NULL, &series));
    jko_load_options_init(&options, sizeof options);
    options.points = "x,n";
    WORKS(jko_snapshots_load("numbered.csv", &options, &series));
    CHECK(strcmp(jko_snapshots_coordinate_name(series, 1), "n") == 0);
    CHECK(strcmp(jko_snapshots_omitted_columns(series), "") == 0);
    jko_snapshots_destroy(series);

    write_text("clock.csv", "t,x\n0.98,1.5\n1.02,2.5\n2,4\n");
    jko_load_options_init(&options, sizeof options);
    CHECK(options.time_tolerance == JKO_TIME_TOLERANCE_USUAL);
    WORKS(jko_snapshots_load("clock.csv", &options, &series));
    CHECK(jko_snapshots_count(series) == 3);
    jko_snapshots_destroy(series);
    options.time_tolerance = 0.1;
    WORKS(jko_snapshots_load("clock.csv", &options, &series));
    CHECK(jko_snapshots_count(series) == 2);
    jko_snapshots_destroy(series);
    const double intolerable[] = {-2, NAN, INFINITY};
    for (size_t i = 0; i < COUNT_OF(intolerable); i++) {
        options.time_tolerance = intolerable[i];
        REFUSED_HANDLE(JKO_EINVALID, "time_tolerance", series, jko_snapshots_load("clock.csv", &options, &series));
    }

    series = small_series();
    CHECK(jko_snapshots_coordinate_name(series, 0) == NULL && strcmp(jko_snapshots_omitted_columns(series), "") == 0);
    CHECK(jko_snapshots_coordinate_name(NULL, 0) == NULL && jko_snapshots_omitted_columns(NULL) == NULL);
    jko_snapshots_destroy(series);
}

static void save(void)
{
    jko_snapshots *series = small_series(), *again = NULL;

    REFUSED(JKO_ENULL, "snapshots", jko_snapshots_save(NULL, "folder"));
    REFUSED(JKO_ENULL, "path", jko_snapshots_save(series, NULL));
    REFUSED(JKO_EIO, "path", jko_snapshots_save(series, "no/such/folder"));
    REFUSED(JKO_EINVALID, "path", jko_snapshots_save(series, ""));
    write_text("occupied", "a file where a folder should be");
    REFUSED(JKO_EIO, "path", jko_snapshots_save(series, "occupied"));
    CHECK(mkdir("pipes", 0777) == 0 && mkfifo("pipes/time.npy", 0666) == 0);
    REFUSED(JKO_EIO, "pipes/time.npy", jko_snapshots_save(series, "pipes"));
    CHECK(unlink("pipes/time.npy") == 0 && rmdir("pipes") == 0);
    WORKS(jko_snapshots_save(series, "folder"));
    WORKS(jko_snapshots_load("folder", NULL, &again));
    CHECK(jko_snapshots_count(again) == 2 && jko_snapshots_size(again, 1) == 3);
    jko_snapshots_destroy(again);
    jko_snapshots_destroy(series);
}

static void models(void)
{
    jko_snapshots *series = small_series();
    whole_model_options options = usual_model();
    jko_model *model = NULL, *other = NULL;
    static char bytes[1 << 16];

    options.model.potential = JKO_LINEAR;
    options.potential_features.polynomial_degree = 1;
    options.potential_features.radial_grid = 2;
    WORKS(jko_model_create(whole(&options), &model));
    REFUSED(JKO_ENULL, "model", jko_model_save(NULL, "a.safetensors"));
    REFUSED(JKO_ENOTFITTED, "model", jko_model_save(model, "unfitted.safetensors"));
    CHECK(fopen("unfitted.safetensors", "rb") == NULL);
    WORKS(jko_model_fit(model, series, NULL));
    REFUSED(JKO_EIO, "path", jko_model_save(model, "no/such/folder/a.safetensors"));
    REFUSED(JKO_ENULL, "path", jko_model_save(model, NULL));
    REFUSED(JKO_EINVALID, "path", jko_model_save(model, ""));
    WORKS(jko_model_save(model, "whole.safetensors"));
    jko_model_destroy(model);
    jko_snapshots_destroy(series);

    REFUSED(JKO_ENULL, "out", jko_model_load("whole.safetensors", NULL));
    REFUSED_HANDLE(JKO_ENULL, "path", other, jko_model_load(NULL, &other));
    REFUSED_HANDLE(JKO_EIO, "path", other, jko_model_load("missing.safetensors", &other));
    REFUSED_HANDLE(JKO_EIO, "path", other, jko_model_load(".", &other));
    size_t size = read_file("whole.safetensors", bytes, sizeof bytes);
    CHECK(size > 100 && size < sizeof bytes);
    for (size_t cut = 0; cut < size; cut += cut < 64 ? 1 : 97) {
        write_file("cut.safetensors", bytes, cut);
        REFUSED_HANDLE(JKO_EFORMAT, "cut.safetensors", other, jko_model_load("cut.safetensors", &other));
    }
    for (size_t at = 0; at < size; at += at < 64 ? 1 : 31) {
        const char kept = bytes[at];
        bytes[at] = (char)(kept ^ 0x20);
        write_file("changed.safetensors", bytes, size);
        CHECK(jko_model_load("changed.safetensors", &other) == JKO_EFORMAT && other == NULL);
        bytes[at] = kept;
    }
    WORKS(jko_model_load("whole.safetensors", &other));
    jko_model_destroy(other);
}

int main(void)
{
    load_refuses();
    load_refuses_contents();
    load_survives_damage();
    columns();
    save();
    models();
    return finish("files");
}
