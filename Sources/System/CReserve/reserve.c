#include "reserve.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

// Address space, of which only what is used becomes memory. What the engine allocates between two checks fits in it
// many times over; arrays that grow with the data are asked for beforehand.
#define LARGEST_RESERVE ((size_t)64 << 20)
#define LEAST_RESERVE ((size_t)1 << 20)

// Blocks begin behind a line of the cache, which says how long they are, and are as aligned as that.
#define LINE ((size_t)64)

// Sizes come in four classes to a power of two. A block that was given back is used again for its class, or, if it is
// the last, becomes free space. When the last block in use is given back, all is free space again.
#define CLASSES 128

typedef struct block {
    size_t size; // with this line
    struct block *next;
} block;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
int __real_posix_memalign(void **memory, size_t alignment, size_t size);
void __real_free(void *memory);
size_t __real_malloc_usable_size(void *memory);

__attribute__((weak)) void *__real__Znwm(size_t size);
__attribute__((weak)) void __real__ZdlPvm(void *memory, size_t size);
// operator new that returns NULL, and what names it.
__attribute__((weak)) void *_ZnwmRKSt9nothrow_t(size_t size, const void *nothrow);
__attribute__((weak)) extern const char _ZSt7nothrow;

static struct {
    _Atomic(char *) base;
    _Atomic size_t size;
    // All below is read and written under the lock, and by nobody else than those whom the system refused memory.
    atomic_flag lock;
    size_t end, used;
    block *free[CLASSES];
} reserve = {.lock = ATOMIC_FLAG_INIT};

// Calls under way in this process, and in this thread. A thread's own storage is found without an allocation.
static _Atomic long calls;
static __thread long own_calls __attribute__((tls_model("initial-exec")));
static _Atomic size_t shortage;

static void take_lock(void)
{
    while (atomic_flag_test_and_set_explicit(&reserve.lock, memory_order_acquire)) {
    }
}

static void give_lock(void) { atomic_flag_clear_explicit(&reserve.lock, memory_order_release); }

static void *map(size_t size)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

// A part of the address space where that is limited.
static int reserve_exists(void)
{
    if (atomic_load(&reserve.base) != NULL)
        return 1;
    size_t size = LARGEST_RESERVE;
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        while (size > LEAST_RESERVE && size > limit.rlim_cur / 8)
            size /= 2;
    void *memory = map(size);
    while (memory == MAP_FAILED && size > LEAST_RESERVE)
        memory = map(size /= 2);
    if (memory == MAP_FAILED)
        return 0;
    take_lock();
    const int is_first = atomic_load(&reserve.base) == NULL;
    if (is_first) {
        atomic_store(&reserve.size, size);
        atomic_store(&reserve.base, memory);
    }
    give_lock();
    if (!is_first)
        munmap(memory, size);
    return 1;
}

// Of the threads of the parent, a child has only the one that forked; nobody else will end a call or give the lock.
static void begin_as_child(void)
{
    atomic_store(&calls, own_calls);
    give_lock();
}

// When the library is loaded, memory is more likely to be had than later.
__attribute__((constructor)) static void begin(void)
{
    (void)reserve_exists();
    (void)pthread_atfork(NULL, NULL, begin_as_child);
}

static int is_reserved(const void *memory)
{
    const char *base = atomic_load_explicit(&reserve.base, memory_order_relaxed);
    return base != NULL &&
           (uintptr_t)memory - (uintptr_t)base < atomic_load_explicit(&reserve.size, memory_order_relaxed);
}

// The class of a size, which is rounded up to the largest of its class.
static int class_of(size_t *size)
{
    const size_t lines = (*size + LINE - 1) / LINE;
    int power = 0;
    while (lines > (size_t)4 << power)
        power++;
    const size_t quarter = (size_t)1 << power;
    const size_t quarters = (lines + quarter - 1) / quarter;
    *size = quarters * quarter * LINE;
    return 4 * power + (int)quarters - 1;
}

// NULL where the reserve is used up.
static void *take(size_t asked)
{
    size_t none = 0;
    atomic_compare_exchange_strong(&shortage, &none, asked > 0 ? asked : 1);
    if (asked > LARGEST_RESERVE || !reserve_exists())
        return NULL;
    size_t size = asked + LINE;
    const int class = class_of(&size);
    take_lock();
    char *base = atomic_load(&reserve.base);
    block *found = reserve.free[class];
    if (found != NULL) {
        reserve.free[class] = found->next;
    } else if (size <= atomic_load(&reserve.size) - reserve.end) {
        found = (block *)(void *)(base + reserve.end);
        reserve.end += size;
    }
    if (found != NULL) {
        found->size = size;
        reserve.used += size;
    }
    give_lock();
    if (found == NULL)
        return NULL;
    return (char *)found + LINE;
}

static void give_back(void *memory)
{
    block *given = (block *)(void *)((char *)memory - LINE);
    take_lock();
    char *base = atomic_load(&reserve.base);
    size_t size = given->size;
    reserve.used -= size;
    if (reserve.used == 0) {
        memset(reserve.free, 0, sizeof reserve.free);
        // The system may have the pages back. They are 0 when they are used again, which nothing depends on.
        (void)madvise(base, reserve.end, MADV_DONTNEED);
        reserve.end = 0;
    } else if ((char *)given + size == base + reserve.end) {
        reserve.end -= size;
    } else {
        const int class = class_of(&size);
        given->next = reserve.free[class];
        reserve.free[class] = given;
    }
    give_lock();
}

static size_t usable(const void *memory)
{
    return ((const block *)(const void *)((const char *)memory - LINE))->size - LINE;
}

// What the linker calls in place of the C library.

void *__wrap_malloc(size_t size)
{
    void *memory = __real_malloc(size);
    return memory != NULL ? memory : take(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *memory = __real_calloc(count, size);
    size_t bytes;
    if (memory != NULL || __builtin_mul_overflow(count, size, &bytes))
        return memory;
    memory = take(bytes);
    return memory != NULL ? memset(memory, 0, bytes) : NULL;
}

void __wrap_free(void *memory)
{
    if (is_reserved(memory))
        give_back(memory);
    else
        __real_free(memory);
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (memory == NULL)
        return __wrap_malloc(size);
    const int was_reserved = is_reserved(memory);
    void *moved = was_reserved ? __real_malloc(size) : __real_realloc(memory, size);
    if (moved != NULL && !was_reserved)
        return moved;
    if (moved == NULL && size > 0)
        moved = take(size);
    if (moved == NULL)
        return NULL;
    const size_t before = was_reserved ? usable(memory) : __real_malloc_usable_size(memory);
    memcpy(moved, memory, before < size ? before : size);
    __wrap_free(memory);
    return moved;
}

int __wrap_posix_memalign(void **memory, size_t alignment, size_t size)
{
    const int status = __real_posix_memalign(memory, alignment, size);
    if (status != ENOMEM || alignment > LINE)
        return status;
    void *found = take(size);
    if (found == NULL)
        return status;
    *memory = found;
    return 0;
}

size_t __wrap_malloc_usable_size(void *memory)
{
    return is_reserved(memory) ? usable(memory) : __real_malloc_usable_size(memory);
}

// C++ of the Swift runtime. Strings of it are made by libstdc++ and deleted here, so that all but the reserve must come
// from new and go to delete. Where the reserve is used up, too, new throws, and nobody catches that. Programs that have
// no C++ do not come here.
void *__wrap__Znwm(size_t size)
{
    void *memory = _ZnwmRKSt9nothrow_t(size, &_ZSt7nothrow);
    if (memory == NULL)
        memory = take(size);
    return memory != NULL ? memory : __real__Znwm(size);
}

void __wrap__ZdlPvm(void *memory, size_t size)
{
    if (is_reserved(memory))
        give_back(memory);
    else
        __real__ZdlPvm(memory, size);
}

// What the engine calls.

int jko_reserve_enter(void)
{
    if (!reserve_exists())
        return 0;
    own_calls++;
    if (atomic_fetch_add(&calls, 1) == 0)
        atomic_store(&shortage, 0);
    return 1;
}

void jko_reserve_leave(void)
{
    own_calls--;
    atomic_fetch_sub(&calls, 1);
}

size_t jko_reserve_shortage(void) { return atomic_load_explicit(&shortage, memory_order_relaxed); }

int jko_reserve_can_allocate(size_t size)
{
    // The pointer is volatile because a compiler may drop an allocation that is only compared with NULL and freed.
    void *volatile probe = __real_malloc(size > 0 ? size : 1);
    const int granted = probe != NULL;
    __real_free(probe);
    return granted;
}
