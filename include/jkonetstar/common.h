/**
 * @file jkonetstar/common.h
 * @brief Status codes and messages, version, threads: the conventions that every other header uses.
 *
 * Every function that can fail returns a ::jko_status and writes its results through pointers. On failure the outputs
 * are untouched (handles are set to NULL), unless a function says otherwise, and jko_last_error() says what was wrong.
 * Any function that needs memory may return ::JKO_ENOMEM. Pointers are never NULL unless the parameter says that NULL
 * is accepted.
 */
#ifndef JKONETSTAR_COMMON_H
#define JKONETSTAR_COMMON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Stands before what is to go: compilers warn of its use, and say what to use instead. A program that defines
 * JKO_NO_DEPRECATION before it includes a header hears nothing.
 */
#if defined(JKO_NO_DEPRECATION)
#define JKO_DEPRECATED(message)
#elif defined(__GNUC__)
#define JKO_DEPRECATED(message) __attribute__((deprecated(message)))
#else
#define JKO_DEPRECATED(message)
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

/**
 * The message of the last failed call on this thread.
 *
 * @return one line that begins with the argument and names its value and the bound; "" before any failure. Owned by the
 *         library; valid until the next failing call on the same thread.
 */
const char *jko_last_error(void);

/**
 * The argument that the last failed call on this thread was about, for callers that have names and indices of their
 * own.
 *
 * @return the C name that jko_last_error() begins with, such as "times" or "options->training->epochs"; "" where the
 *         failure is not about one argument. Owned by the library; valid until the next failing call on the same
 *         thread.
 */
const char *jko_last_error_argument(void);

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
 * How this library was built and which kernels it uses, one "key=value" per line: version, abi, architecture, kernels
 * (the instruction set in use: baseline, v3 or v4). Static storage.
 *
 * The environment variable JKONETSTAR_KERNELS, read at the first call, forces an instruction set that the processor
 * has; another value is ignored.
 */
const char *jko_build_info(void);

/**
 * Set how many threads calls of this process may use. Results do not depend on it.
 *
 * @param count  1 to 1024; 0 for one per processor that this process may run on (the default)
 * @return ::JKO_OK or ::JKO_EINVALID
 */
jko_status jko_set_num_threads(int32_t count);

/** How many threads calls of this process may use. */
int32_t jko_num_threads(void);

#ifdef __cplusplus
}
#endif

#endif
