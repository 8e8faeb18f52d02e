#include "handles.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// Entries come in blocks, which stay where they are and are never given back: readers may be looking.
#define BLOCK ((uint32_t)1024)
#define MOST_BLOCKS 1024

typedef struct entry {
    // Twice the number of the entry's use, plus 1 while it is in use.
    _Atomic uint32_t use;
    // The next free entry, plus 1; 0 for none.
    uint32_t next;
    _Atomic(void *) object;
} entry;

static struct {
    _Atomic(entry *) blocks[MOST_BLOCKS];
    // Below, what only those who hold the lock read or write. Every single store leaves it consistent, so that a
    // process that was forked meanwhile goes on with it.
    atomic_flag lock;
    uint32_t free, count;
} table = {.lock = ATOMIC_FLAG_INIT};

static void take_lock(void)
{
    while (atomic_flag_test_and_set_explicit(&table.lock, memory_order_acquire)) {
    }
}

static void give_lock(void) { atomic_flag_clear_explicit(&table.lock, memory_order_release); }

__attribute__((constructor)) static void begin(void) { (void)pthread_atfork(NULL, NULL, give_lock); }

static entry *entry_at(uint32_t index)
{
    if (index >= BLOCK * MOST_BLOCKS)
        return NULL;
    entry *block = atomic_load_explicit(&table.blocks[index / BLOCK], memory_order_acquire);
    return block != NULL ? block + index % BLOCK : NULL;
}

// What the uses in handles of this copy of the library are combined with. A process may have several copies, each with
// a table of its own, and the handles of one must be none of another. Copies lie in different places, at least a
// megabyte apart, which an odd factor turns into different numbers, far apart.
static uint32_t mark(void) { return (uint32_t)((uintptr_t)&table >> 20) * 0x9E3779B1u; }

// From the top: the use and the mark, 31 bits of the index, and a 1.
static void *handle_of(uint32_t index, uint32_t use)
{
    return (void *)(((uintptr_t)(use ^ mark()) << 32) | ((uintptr_t)index << 1) | 1);
}

static uint32_t use_of(const void *handle) { return (uint32_t)((uintptr_t)handle >> 32) ^ mark(); }

static entry *used_entry(const void *handle)
{
    const uintptr_t number = (uintptr_t)handle;
    const uint32_t use = use_of(handle);
    entry *found = number % 2 == 1 ? entry_at((uint32_t)number >> 1) : NULL;
    const int is_used = found != NULL && use % 2 == 1 && atomic_load_explicit(&found->use, memory_order_acquire) == use;
    return is_used ? found : NULL;
}

// An entry that is not in use, under the lock; NULL where there is none.
static entry *free_entry(uint32_t *index)
{
    if (table.free > 0) {
        *index = table.free - 1;
        entry *found = entry_at(*index);
        table.free = found->next;
        return found;
    }
    if (table.count >= BLOCK * MOST_BLOCKS)
        return NULL;
    *index = table.count;
    if (*index % BLOCK == 0 && entry_at(*index) == NULL) {
        entry *block = calloc(BLOCK, sizeof *block);
        if (block == NULL)
            return NULL;
        atomic_store_explicit(&table.blocks[*index / BLOCK], block, memory_order_release);
    }
    table.count++;
    return entry_at(*index);
}

void *jko_handles_insert(void *object)
{
    uint32_t index = 0;
    take_lock();
    entry *found = free_entry(&index);
    give_lock();
    if (found == NULL)
        return NULL;
    const uint32_t use = atomic_load_explicit(&found->use, memory_order_relaxed) + 1;
    atomic_store_explicit(&found->object, object, memory_order_relaxed);
    atomic_store_explicit(&found->use, use, memory_order_release);
    return handle_of(index, use);
}

void *jko_handles_find(const void *handle)
{
    entry *found = used_entry(handle);
    return found != NULL ? atomic_load_explicit(&found->object, memory_order_relaxed) : NULL;
}

void *jko_handles_remove(const void *handle)
{
    entry *found = used_entry(handle);
    if (found == NULL)
        return NULL;
    void *object = atomic_load_explicit(&found->object, memory_order_relaxed);
    uint32_t use = use_of(handle);
    // Of two threads that destroy the same handle, one succeeds.
    if (!atomic_compare_exchange_strong(&found->use, &use, use + 1))
        return NULL;
    // An entry whose number of uses begins anew is not used again.
    if (use + 1 != 0) {
        take_lock();
        found->next = table.free;
        table.free = ((uint32_t)(uintptr_t)handle >> 1) + 1;
        give_lock();
    }
    return object;
}
