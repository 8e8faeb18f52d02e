/* The fuzzer as libFuzzer calls it. */
#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void print_at_end(void) { (void)print_counts(getenv("BY_FUNCTION") != NULL); }

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    /* To collect all failures in one run, which libFuzzer then does not keep the inputs of. */
    stops_at_failure = getenv("GO_ON") == NULL;
    check_tables();
    enter_folder();
    make_fixtures();
    (void)atexit(print_at_end);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    run_program(bytes, size);
    return 0;
}
