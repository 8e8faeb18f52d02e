#define _GNU_SOURCE
#include "stack.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// Where the thread's stack ends and begins; both 0 until it is known. A thread's own storage is found without an
// allocation.
static __thread uintptr_t lowest __attribute__((tls_model("initial-exec")));
static __thread uintptr_t highest __attribute__((tls_model("initial-exec")));

// Kept out of `jko_stack_left`, whose frame stays small.
__attribute__((noinline)) static void look(void)
{
    pthread_attr_t attributes;
    void *start = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &start, &size) == 0) {
        lowest = (uintptr_t)start;
        highest = lowest + size;
    }
    pthread_attr_destroy(&attributes);
}

size_t jko_stack_left(void)
{
    const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (highest == 0)
        look();
    return here - lowest < highest - lowest ? here - lowest : SIZE_MAX;
}

char *jko_stack_message(size_t left, size_t needed)
{
    const size_t most = 160;
    char *text = calloc(1, most);
    if (text != NULL)
        snprintf(text, most - 1, "the stack of this thread has %zu bytes left; this call needs %zu", left, needed);
    return text;
}
