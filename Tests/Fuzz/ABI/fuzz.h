/*
 * What the parts of the fuzzer share. An input is a text of bytes; each choice takes one or two of them, and where they
 * end the program ends. `scene` is one call with its arguments, `world` all that lives while an input runs.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <jkonetstar.h>

#include <stdio.h>

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifndef UNDER_ASAN
#define UNDER_ASAN 0
#endif

/* The tables of calls.inc. */

/* What a parameter, a member of a struct or a result is. */
typedef enum kind {
    NOTHING,
    STATUS,
    INT32,
    INT64,
    UINT64,
    SIZE,
    DOUBLE,
    ENUM,
    TEXT,
    DATA,
    ARRAY,
    STRUCT,
    FILLED_STRUCT,
    HANDLE,
    NEW_HANDLE,
    CALLBACK,
    GIVEN_INTS,
    INTS,
    INT32S,
    SIZES,
    DOUBLES,
    BUFFER
} kind;

typedef union slot {
    int64_t i;
    double d;
    void *p;
    void (*f)(void);
} slot;

typedef struct variable {
    const char *name;
    kind kind;
    /* Which struct, handle, callback or enumeration. */
    int which;
    int length;
    size_t offset;
} variable;

typedef struct enumeration {
    const char *name;
    int32_t least, greatest;
} enumeration;

typedef struct structure {
    const char *name;
    size_t size;
    /* The function that fills it with defaults, or -1. */
    int init;
    int count;
    const variable *members;
} structure;

typedef struct function {
    const char *name;
    kind result;
    /* The statuses that its comment names, a bit each. */
    unsigned statuses;
    int count;
    const variable *parameters;
    void (*call)(const slot *arguments, slot *result);
} function;

#define BIT(status) (1u << -(status))

/* The input. */

typedef struct source {
    const uint8_t *bytes;
    size_t size, at;
} source;

/* Memory that is lent to a call. */

typedef struct block {
    struct block *next;
    const char *name;
    /* From malloc, with `lead` bytes before the `size` that the library may see. */
    uint8_t *memory, *copy;
    size_t lead, size;
    /* The library may write it, and where it is an array of numbers, what it writes is looked at. */
    int is_output, doubles, is_handle;
    const jko_array *view;
} block;

/* Extents of arrays, as the headers name them. */
typedef enum extent {
    ONE,
    N,
    M,
    D,
    Q,      /* times that are asked for */
    Q_N,    /* particles at all of these */
    S1,     /* steps + 1 */
    S1_N,   /* particles after all steps */
    DRAWS,  /* chains times draws */
    COUNT,  /* snapshots */
    GAPS,   /* snapshots - 1 */
    EARLY,  /* particles of all snapshots but the last */
    SIZE_K, /* particles of snapshot k */
    K,      /* components of a mixture */
    K_D,
    T,       /* fitted times */
    P,       /* parameters */
    H,       /* recorded losses */
    ENTRIES, /* pairs of a plan */
    CAPACITY,
    N_OR_ONE,
    EXTENTS
} extent;

enum { ARGUMENTS = 12, POOL = 64, HELD = 6, STALE = 16 };

typedef struct scene {
    const function *function;
    slot arguments[ARGUMENTS], result;
    block *blocks;
    int64_t extents[EXTENTS];
    /* All numbers that went in are finite, and what handles were made of. */
    int is_finite;
    struct caller *caller;
} scene;

typedef struct world {
    source *source;
    /* How many of 256 choices are hostile, in this call. */
    unsigned hostility;
    int depth;
    int64_t dimension;
    void *handles[POOL];
    int kinds[POOL];
    int held;
    void *stale[STALE];
    int stale_count;
    struct caller *callers;
    /* is_stopped: by the callback of the thread, which may leave outputs written in part. */
    int has_forked, is_poisoned, has_written, is_stopped;
    /* Which of the files of models to read next; -1 for any. */
    int wanted_model;
    uint64_t calls;
} world;

/* source.c */
unsigned pick(unsigned count);
uint64_t word(void);
int is_odd(void);
int is_over(void);
int64_t any_integer(int64_t low, int64_t high, int64_t least, int64_t greatest);
double any_double(void);
double odd_double(void);
double plain_double(uint64_t *state);

/* blocks.c */
block *lend(scene *scene, const char *name, size_t size, int is_output);
void *lent(const block *block);
void keep_copies(scene *scene);
void check_blocks(scene *scene, int has_failed, int may_write);
void return_blocks(scene *scene);

/* arrays.c */
const jko_array *draw_array(scene *scene, const char *owner, const char *name);
/* Ends the process where an array has no line in roles.h. */
void check_role(const char *owner, const char *name);
int is_exception(const char *owner, const char *name);

/* structs.c */
void *draw_struct(scene *scene, const structure *structure, const char *name, int is_output);
void draw_member(scene *scene, const structure *structure, const variable *member, uint8_t *at);

/* texts.c */
const char *draw_text(scene *scene, const char *owner, const char *name);
void enter_folder(void);
void leave_folder(void);
void clean_folder(void);

/* handles.c */
void *draw_handle(scene *scene, int kind);
void keep_handle(void *handle, int kind);
void forget_handle(const void *handle);
void destroy_all(void);
void check_handles(void);

/* callbacks.c */
void (*draw_callback(scene *scene, int kind, int is_needed))(void);
void *caller_of(const scene *scene);
void tell_features(const scene *scene, int64_t count);
void guard_call(void);
void free_callers(void);

/* arguments.c */
extern const function functions[];
extern const structure structures[];
extern const enumeration enumerations[];
void check_tables(void);
void draw_arguments(scene *scene, int index);

/* calls.c */
extern world the_world;
extern uint64_t failures, inputs;
extern int is_traced, stops_at_failure;
void make_call(int index, unsigned hostility);
void fail(const scene *scene, const char *what, ...);
void run_program(const uint8_t *bytes, size_t size);
/* Returns how many functions have never been called. */
int print_counts(int by_function);
/* What runs, for the handler of a crash. */
extern const function *current_function;

/* fixtures.c */
void make_fixtures(void);

#endif
