/**
 * @file jkonetstar/common.h
 * @brief Status codes, strided arrays, progress callbacks, version and threads: the conventions that
 *        every other header uses.
 *
 * Every function that can fail returns a ::jko_status and writes its results through pointers; on
 * failure the outputs are untouched (handles are set to NULL), unless a function says otherwise, and
 * jko_last_error() says what was wrong. Any function that needs memory may return ::JKO_ENOMEM.
 * Pointers are never NULL unless the parameter says that NULL is accepted.
 */
#ifndef JKONETSTAR_COMMON_H
#define JKONETSTAR_COMMON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Outcome of a call: 0 is success, every failure is negative. */
typedef int32_t jko_status;

enum {
    /** The call did what it says. */
    JKO_OK = 0,
    /** A required pointer is NULL. */
    JKO_ENULL = -1,
    /** An argument lies outside its documented range, or a name is not known. */
    JKO_EINVALID = -2,
    /** Shapes do not fit each other, or an array is empty. */
    JKO_ESHAPE = -3,
    /** An array holds NaN or an infinity, or a result exceeds the largest number of its output's precision. */
    JKO_ENONFINITE = -4,
    /** Masses, times or weights cannot describe a population (negative, all zero, not increasing). */
    JKO_EPOPULATION = -5,
    /** A file cannot be opened, read or written. */
    JKO_EIO = -6,
    /** A file is not what its format says it is: truncated, contradictory, damaged. */
    JKO_EFORMAT = -7,
    /** Memory for the result could not be had. */
    JKO_ENOMEM = -8,
    /** A callback asked to stop. */
    JKO_ECANCELLED = -9,
    /** The model has not been fitted (or loaded) yet. */
    JKO_ENOTFITTED = -10,
    /** An iteration did not reach its tolerance; the message says by how much. */
    JKO_ECONVERGENCE = -11,
    /** A defect of this library; please report the message. */
    JKO_EINTERNAL = -12
};

/** Element type of an array. */
typedef int32_t jko_dtype;

enum {
    /** IEEE double precision. */
    JKO_FLOAT64 = 0,
    /** IEEE single precision. */
    JKO_FLOAT32 = 1
};

/**
 * A strided view of a matrix that the caller owns.
 *
 * Element (i, j) lies at `data + (i * row_stride + j * column_stride) * sizeof(element)`. A C or NumPy
 * matrix has strides (columns, 1), an R, Julia or Fortran matrix (1, rows); both pass without a copy. A
 * vector of n elements is an n x 1 view. The library copies inputs at the start of a call, keeps no pointer, and
 * writes outputs at its end; an output may be the memory of an input. Elements of an output must not overlap. Results are computed in
 * double precision; one that is finite but exceeds the largest number of a ::JKO_FLOAT32 output is ::JKO_ENONFINITE.
 */
typedef struct jko_array {
    /** First element. Inputs are never written. */
    void *data;
    /** Number of rows: particles, in an array of points. */
    int64_t rows;
    /** Number of columns: coordinates, in an array of points. */
    int64_t columns;
    /** Distance between rows, in elements (may be negative). */
    int64_t row_stride;
    /** Distance between columns, in elements (may be negative). */
    int64_t column_stride;
    /** ::JKO_FLOAT64 or ::JKO_FLOAT32. */
    jko_dtype dtype;
    /** Zero. */
    int32_t reserved;
} jko_array;

/* The functions below only wrap a pointer: an output need not be initialised yet, and GCC is told so. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#define JKO_WRAPS_POINTER __attribute__((access(none, 1)))
#else
#define JKO_WRAPS_POINTER
#endif

/** A view of a row-major (C order) matrix of doubles: shape (rows, columns). */
JKO_WRAPS_POINTER static inline jko_array jko_row_major(const double *data, int64_t rows, int64_t columns)
{
    jko_array view;
    view.data = (void *)data;
    view.rows = rows;
    view.columns = columns;
    view.row_stride = columns;
    view.column_stride = 1;
    view.dtype = JKO_FLOAT64;
    view.reserved = 0;
    return view;
}

/** A view of a column-major (Fortran order) matrix of doubles: shape (rows, columns). */
JKO_WRAPS_POINTER static inline jko_array jko_column_major(const double *data, int64_t rows, int64_t columns)
{
    jko_array view = jko_row_major(data, rows, columns);
    view.row_stride = 1;
    view.column_stride = rows;
    return view;
}

/** Where a long call stands; passed to a ::jko_progress_callback. */
typedef struct jko_progress {
    /** What is being done: "plans" (transport plans), "density", "training", "error bars", "bootstrap", "rollout", "evaluation", or "call" (see
        jko_set_progress()). Static storage. */
    const char *stage;
    /** Units done so far in this stage: plans, fits, epochs or steps. */
    int64_t done;
    /** Units in this stage altogether. */
    int64_t total;
    /** Training: the objective averaged over the last epoch, in squared length; otherwise NaN. */
    double loss;
    /** Wall-clock seconds since the stage began. */
    double seconds;
} jko_progress;

/**
 * Called between units of long work, and about ten times a second within them, always on the thread that made the
 * call. It may call the library.
 *
 * @param progress   valid during the callback only
 * @param user_data  the pointer given next to the callback
 * @return 0 to go on; anything else stops the work, which then returns ::JKO_ECANCELLED
 */
typedef int (*jko_progress_callback)(const jko_progress *progress, void *user_data);

/**
 * The message of the last failed call on this thread.
 *
 * @return one line naming the argument, its value and the bound it breaks; "" before any failure. Owned by
 *         the library; valid until the next failing call on the same thread.
 */
const char *jko_last_error(void);

/**
 * The name of a status code, such as "JKO_ESHAPE".
 *
 * @return static storage; "unknown status" for a value that is no code
 */
const char *jko_status_name(jko_status status);

/** Version of the library as "major.minor.patch" (semantic versioning). Static storage. */
const char *jko_version(void);

/** Version of the binary interface that these headers describe. */
#define JKO_ABI_VERSION 1

/** Version of the library's binary interface. It changes only when an existing program would have to be recompiled. */
int32_t jko_abi_version(void);

/**
 * How this library was built and what it chose at load, one "key=value" per line: version, abi, architecture,
 * kernels (the instruction set in use: baseline, v3 or v4). Static storage.
 *
 * The environment variable JKONETSTAR_KERNELS, read at the first call, forces an instruction set that the
 * processor has; another value is ignored.
 */
const char *jko_build_info(void);

/**
 * Set how many threads calls of this process may use. Results do not depend on it.
 *
 * @param count  1 to 1024; 0 for one per processor that this process may run on (the default)
 * @return ::JKO_OK or ::JKO_EINVALID
 */
jko_status jko_set_num_threads(int32_t count);

/**
 * Set a callback that hears of every long call of this thread, about ten times a second: of those without options to name one, such as
 * jko_model_energy(), jko_model_potential() at many points, jko_model_observability() or jko_objective_value_and_gradient(), and beside the
 * one that options name. A language whose interrupts must be looked for sets it once.
 *
 * A call that is stopped returns ::JKO_ECANCELLED; output arrays may have been written in part. Calls that the callback makes itself do not
 * ask it.
 *
 * @param progress   hears the stage "call", 0 of 1 done, and the seconds since the call began; NULL for none (the default)
 * @param user_data  passed to the callback
 * @return ::JKO_OK or ::JKO_ENOMEM
 */
jko_status jko_set_progress(jko_progress_callback progress, void *user_data);

/** How many threads calls of this process may use. */
int32_t jko_num_threads(void);

/**
 * Write a matrix as a NumPy file (format 1.0, C order, little-endian float64 or float32 as the view).
 *
 * @param path   UTF-8; the file appears whole or not at all
 * @param array  shape (rows, columns); one column is written as a vector of shape (rows,)
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_ESHAPE, ::JKO_EINVALID (dtype) or ::JKO_EIO
 */
jko_status jko_npy_write(const char *path, const jko_array *array);

#ifdef __cplusplus
}
#endif

#endif
