/*
 * Runs inputs of random bytes, or files of bytes: the fuzzer without libFuzzer.
 *
 *   driver SEED INPUTS            inputs SEED, SEED + 1, ..; INPUTS of them
 *   driver SEED INPUTS SECONDS    the same, again and again with other seeds, until so many seconds have passed
 *   driver --trace SEED           one input, with its calls
 *   driver --files FILE..         inputs that were kept
 *
 * Ends with one line of counts. The status is 1 after a failure, or where a function has never been called.
 */
#include "fuzz.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 400, LONGEST_INPUT = 60 };

static uint64_t running;

/* Names the input and the function, of which a crash says nothing itself. */
static void on_crash(int number)
{
    char line[300];
    const int length =
        snprintf(line, sizeof line, "FAILED: input %llu ended by signal %d in %s\n", (unsigned long long)running,
                 number, current_function == NULL ? "no call" : current_function->name);
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(3);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static size_t bytes_in_use(void)
{
    const struct mallinfo2 found = mallinfo2();
    return found.uordblks + found.hblkhd;
}

static void run_seed(uint64_t seed)
{
    uint8_t bytes[BYTES];
    uint64_t state = seed;
    for (size_t i = 0; i < BYTES; i += 8) {
        state += 0x9E3779B97F4A7C15u;
        uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        z ^= z >> 31;
        memcpy(&bytes[i], &z, 8);
    }
    running = seed;
    inputs = seed - 1; /* run_program counts it */
    (void)alarm(LONGEST_INPUT);
    run_program(bytes, BYTES);
}

static void run_file(const char *path)
{
    static uint8_t bytes[1 << 16];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    running++;
    (void)alarm(LONGEST_INPUT);
    run_program(bytes, size);
}

/* Memory in use is the same after as many inputs again. */
static void check_memory(size_t before, uint64_t count)
{
    const long more = (long)(bytes_in_use() - before);
    if (more > 65536) {
        printf("FAILED: %ld bytes more in use after the second half of %llu inputs\n", more, (unsigned long long)count);
        failures++;
    }
}

int main(int count, char **arguments)
{
    const int signals[] = {SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGABRT, SIGTRAP, SIGALRM};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0] && !UNDER_ASAN; i++)
        (void)signal(signals[i], on_crash);
    if (count < 3) {
        fprintf(stderr, "usage: driver SEED INPUTS [SECONDS] | --trace SEED | --files FILE..\n");
        return 2;
    }
    int is_short = 1;
    char *files[4096];
    for (int i = 2; i < count && i < 4096; i++)
        files[i] = strcmp(arguments[1], "--files") == 0 ? realpath(arguments[i], NULL) : NULL;
    check_tables();
    enter_folder();
    make_fixtures();
    if (strcmp(arguments[1], "--files") == 0) {
        for (int i = 2; i < count && i < 4096; i++) {
            run_file(files[i] == NULL ? arguments[i] : files[i]);
            free(files[i]);
        }
    } else if (strcmp(arguments[1], "--trace") == 0) {
        is_traced = 1;
        run_seed(strtoull(arguments[2], NULL, 10));
    } else {
        const uint64_t seed = strtoull(arguments[1], NULL, 10), wanted = strtoull(arguments[2], NULL, 10);
        const time_t end = time(NULL) + (count > 3 ? strtol(arguments[3], NULL, 10) : 0);
        uint64_t done = 0;
        size_t before = 0;
        do {
            uint64_t i = 0;
            for (; i < wanted && (count < 4 || time(NULL) < end); i++, done++) {
                if (i == wanted / 2)
                    before = bytes_in_use();
                run_seed(seed + done);
            }
            if (i == wanted)
                check_memory(before, wanted);
        } while (time(NULL) < end);
        is_short = done < 200;
        inputs = done;
    }
    const int uncalled = print_counts(getenv("BY_FUNCTION") != NULL);
    return failures > 0 || (!is_short && uncalled > 0) ? EXIT_FAILURE : EXIT_SUCCESS;
}
