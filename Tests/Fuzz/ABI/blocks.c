/*
 * Memory that is lent to a call. The address sanitizer sees what is read or written behind a block of exactly the bytes
 * that are needed; without it, known bytes lie around each, which nobody may write.
 */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN = UNDER_ASAN ? 0 : 64, MARK = 0xA5 };

block *lend(scene *scene, const char *name, size_t size, int is_output)
{
    block *made = calloc(1, sizeof *made);
    made->name = name;
    made->size = size;
    made->is_output = is_output;
    made->lead = MARGIN;
    made->memory = malloc(size + 2 * MARGIN + (size + MARGIN == 0));
    memset(made->memory, MARK, size + 2 * MARGIN);
    made->next = scene->blocks;
    scene->blocks = made;
    return made;
}

void *lent(const block *block) { return block->memory + block->lead; }

static double number(const jko_array *view, int64_t row, int64_t column, size_t *offset)
{
    const int64_t size = view->dtype == JKO_FLOAT32 ? 4 : 8;
    const uint8_t *at = (const uint8_t *)view->data + (row * view->row_stride + column * view->column_stride) * size;
    *offset = (size_t)(at - (const uint8_t *)view->data);
    if (size == 4) {
        float value;
        memcpy(&value, at, sizeof value);
        return value;
    }
    double value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* What lies between the elements of an output is as it was, and the elements are finite. */
static void check_elements(const scene *scene, block *block)
{
    const jko_array *view = block->view;
    const size_t size = view->dtype == JKO_FLOAT32 ? 4 : 8;
    for (int64_t row = 0; row < view->rows; row++)
        for (int64_t column = 0; column < view->columns; column++) {
            size_t offset;
            const double value = number(view, row, column, &offset);
            if (!isfinite(value) && scene->is_finite && block->doubles)
                fail(scene, "%s[%lld, %lld] = %g, with finite arguments", block->name, (long long)row,
                     (long long)column, value);
            uint8_t *at = (uint8_t *)view->data + (ptrdiff_t)offset;
            memcpy(at, block->copy + (at - block->memory), size);
        }
}

void keep_copies(scene *scene)
{
    for (block *block = scene->blocks; block != NULL; block = block->next) {
        const size_t all = block->size + 2 * MARGIN;
        block->copy = malloc(all + 1);
        memcpy(block->copy, block->memory, all);
    }
}

/* After a call: inputs, what lies around, and the outputs of a call that failed are as they were. */
void check_blocks(scene *scene, int has_failed, int may_write)
{
    for (block *block = scene->blocks; block != NULL; block = block->next) {
        const size_t all = block->size + 2 * MARGIN;
        const int is_handle = block->is_handle && has_failed;
        if (block->is_output && (may_write || is_handle)) {
            memcpy(block->memory + MARGIN, block->copy + MARGIN, block->size);
        } else if (block->is_output && !has_failed) {
            if (block->view != NULL) {
                check_elements(scene, block);
            } else {
                const double *values = lent(block);
                for (int i = 0; block->doubles && scene->is_finite && i < (int)(block->size / 8); i++)
                    if (!isfinite(values[i]))
                        fail(scene, "%s[%d] = %g, with finite arguments", block->name, i, values[i]);
                memcpy(block->memory + MARGIN, block->copy + MARGIN, block->size);
            }
        }
        if (memcmp(block->memory, block->copy, all) != 0) {
            size_t at = 0;
            while (block->memory[at] == block->copy[at])
                at++;
            fail(scene, "%s of %zu bytes has another byte at %ld", block->name, block->size,
                 (long)at - (long)block->lead);
        }
    }
}

void return_blocks(scene *scene)
{
    for (block *block = scene->blocks, *next; block != NULL; block = next) {
        next = block->next;
        free(block->memory);
        free(block->copy);
        free(block);
    }
    scene->blocks = NULL;
}
