/* Blocks of memory for structs of other sizes than this header's, for growing_options.c and growing_info.c. */
#ifndef GROWING_H
#define GROWING_H

#include "check.h"

/* What blocks hold before a call, and behind their end. */
#define FILLER 0x5a
#define GUARD_BYTES 16

/* More than a page cannot be meant. */
#define LARGEST_STRUCT 4096

/* A block for a struct of `size` bytes, and guard bytes behind it. */
static inline unsigned char *guarded_block(size_t size)
{
    unsigned char *block = malloc(size + GUARD_BYTES);
    if (block == NULL)
        exit(EXIT_FAILURE);
    memset(block, FILLER, size + GUARD_BYTES);
    return block;
}

/* The first `size` bytes in a block of exactly that size, so that valgrind sees an access beyond its end. */
static inline unsigned char *exact_block(const void *bytes, size_t size)
{
    unsigned char *block = malloc(size);
    if (block == NULL)
        exit(EXIT_FAILURE);
    memcpy(block, bytes, size);
    return block;
}

/* Whether bytes from `first` up to `end` are all this one. */
static inline int all_bytes(const unsigned char *block, size_t first, size_t end, int byte)
{
    for (size_t i = first; i < end; i++)
        if (block[i] != byte)
            return 0;
    return 1;
}

#define GUARDED(block, size) CHECK(all_bytes((block), (size), (size) + GUARD_BYTES, FILLER))

/*
 * Whether two structs agree behind struct_size up to `end`. Four bytes of padding follow the member at `padded`, where
 * anything may lie; 0 for a struct without padding.
 */
static inline int same_members(const unsigned char *a, const unsigned char *b, size_t end, size_t padded)
{
    for (size_t i = sizeof(size_t); i < end; i++)
        if (!(padded != 0 && i >= padded + 4 && i < padded + 8) && a[i] != b[i])
            return 0;
    return 1;
}

static inline size_t size_in(const unsigned char *block)
{
    size_t size;
    memcpy(&size, block, sizeof size);
    return size;
}

static inline void set_size(unsigned char *block, size_t size) { memcpy(block, &size, sizeof size); }

/* Sizes that no struct of `known` bytes has in this or any other version, because all are multiples of eight. */
#define IMPOSSIBLE_SIZES(known) {0, 4, 7, 12, (known) + 4, (known) - 1, LARGEST_STRUCT + 8, SIZE_MAX / 2 + 1, SIZE_MAX}

#endif
