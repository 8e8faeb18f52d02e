/* Bad input to jkonetstar/common.h, and jko_last_error() on several threads. */
#include "arrays.h"

#include <pthread.h>

static void names_and_versions(void)
{
    const char *version = jko_version();
    int major = -1, minor = -1, patch = -1;

    for (jko_status status = JKO_OK; status >= JKO_EINTERNAL; status--) {
        CHECK(strncmp(jko_status_name(status), status == JKO_OK ? "JKO_O" : "JKO_E", 5) == 0);
        for (jko_status other = JKO_OK; other > status; other--)
            CHECK(strcmp(jko_status_name(status), jko_status_name(other)) != 0);
    }
    CHECK(strcmp(jko_status_name(JKO_ESHAPE), "JKO_ESHAPE") == 0);
    CHECK(strcmp(jko_status_name(1), "unknown status") == 0);
    CHECK(strcmp(jko_status_name(JKO_EINTERNAL - 1), "unknown status") == 0);
    CHECK(strcmp(jko_status_name(INT32_MIN), "unknown status") == 0);

    CHECK(sscanf(version, "%d.%d.%d", &major, &minor, &patch) == 3 && major >= 0 && minor >= 0 && patch >= 0);
    CHECK(jko_abi_version() == JKO_ABI_VERSION);
    const char *keys[] = {"version=", "abi=", "architecture=", "kernels="};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        CHECK(strstr(jko_build_info(), keys[i]) != NULL);
}

static void thread_count(void)
{
    REFUSED(JKO_EINVALID, "count", jko_set_num_threads(-1));
    REFUSED(JKO_EINVALID, "count", jko_set_num_threads(1025));
    REFUSED(JKO_EINVALID, "count", jko_set_num_threads(INT32_MAX));
    REFUSED(JKO_EINVALID, "count", jko_set_num_threads(INT32_MIN));
    WORKS(jko_set_num_threads(3));
    CHECK(jko_num_threads() == 3);
    WORKS(jko_set_num_threads(0));
    CHECK(jko_num_threads() >= 1);
}

static void npy_write(void)
{
    const double values[3][2] = {{1, 2}, {3, 4}, {5, 6}};
    const jko_array good = jko_row_major(&values[0][0], 3, 2);
    jko_array array = good;

    REFUSED(JKO_ENULL, "path", jko_npy_write(NULL, &good));
    REFUSED(JKO_ENULL, "array", jko_npy_write("refused.npy", NULL));
    REFUSES_BAD_ARRAYS("array", array, good, jko_npy_write("refused.npy", &array));
    CHECK(fopen("refused.npy", "rb") == NULL);
    REFUSED(JKO_EINVALID, "path", jko_npy_write("", &good));
    REFUSED(JKO_EINVALID, "path", jko_npy_write("\xff\xfe.npy", &good));
    REFUSED(JKO_EIO, "path", jko_npy_write("no/such/folder/a.npy", &good));
    REFUSED(JKO_EIO, "path", jko_npy_write(".", &good));

    WORKS(jko_npy_write("written.npy", &good));
    char bytes[256];
    FILE *file = fopen("written.npy", "rb");
    CHECK(file != NULL);
    if (file != NULL) {
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        CHECK(size == 128 + sizeof values || size == 64 + sizeof values);
        CHECK(memcmp(bytes, "\x93NUMPY\x01\x00", 8) == 0);
        CHECK(size > sizeof values && memcmp(bytes + size - sizeof values, values, sizeof values) == 0);
    }
}

/* The message of a thread is its own: it starts empty, and others' failures do not change it. */

enum { THREADS = 4, ROUNDS = 200 };

typedef struct thread_result {
    int number;
    int failures;
} thread_result;

static void *fail_again_and_again(void *argument)
{
    thread_result *result = argument;
    char number[16];

    result->failures += strcmp(jko_last_error(), "") != 0;
    snprintf(number, sizeof number, "%d", -1000 - result->number);
    for (int round = 0; round < ROUNDS; round++) {
        result->failures += jko_set_num_threads(-1000 - result->number) != JKO_EINVALID;
        result->failures += strstr(jko_last_error(), number) == NULL;
    }
    return NULL;
}

static void last_error_belongs_to_its_thread(void)
{
    pthread_t threads[THREADS];
    thread_result results[THREADS];
    int started = 0;

    (void)jko_set_num_threads(-77);
    for (int i = 0; i < THREADS; i++) {
        results[i].number = i;
        results[i].failures = 0;
        if (pthread_create(&threads[i], NULL, fail_again_and_again, &results[i]) != 0)
            break;
        started++;
    }
    CHECK(started == THREADS);
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        CHECK(results[i].failures == 0);
    }
    CHECK(strstr(jko_last_error(), "-77") != NULL);
    WORKS(jko_set_num_threads(0));
    CHECK(strstr(jko_last_error(), "-77") != NULL);
}

int main(void)
{
    CHECK(strcmp(jko_last_error(), "") == 0);
    names_and_versions();
    CHECK(strcmp(jko_last_error(), "") == 0);
    thread_count();
    npy_write();
    last_error_belongs_to_its_thread();
    return finish("common");
}
