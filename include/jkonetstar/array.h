/**
 * @file jkonetstar/array.h
 * @brief Views of matrices that the caller owns: how points, masses and results pass without a copy.
 *
 * Points are (particles, coordinates); a vector of n elements is an n x 1 view. jko_row_major() and jko_column_major()
 * make the usual views. Any other strides can be written into a ::jko_array directly.
 */
#ifndef JKONETSTAR_ARRAY_H
#define JKONETSTAR_ARRAY_H

#include "common.h"

#ifdef __cplusplus
extern "C" {
#endif

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
 * Element (i, j) lies at `data + (i * row_stride + j * column_stride) * sizeof(element)`. A C or NumPy matrix has
 * strides (columns, 1), an R, Julia or Fortran matrix (1, rows); the caller copies neither.
 *
 * The library reads inputs at the start of a call, keeps no pointer, and writes outputs at its end. An output may be
 * the memory of an input. Elements of an output must not overlap. Results are computed in double precision; one that is
 * finite but exceeds the largest number of a ::JKO_FLOAT32 output is ::JKO_ENONFINITE.
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
} jko_array;

/* The functions below only wrap a pointer: an output need not be initialised yet, and GCC is told so. Clang cannot be
   told: where it warns (-Wuninitialized-const-pointer), give the output a value. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#define JKO_WRAPS_POINTER __attribute__((access(none, 1)))
#else
#define JKO_WRAPS_POINTER
#endif

/* Inputs are never written, so that the view of one may have a pointer that is not constant. */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#ifdef __cplusplus
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif
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

/** A view of a row-major (C order) matrix of floats: shape (rows, columns). */
JKO_WRAPS_POINTER static inline jko_array jko_row_major_f32(const float *data, int64_t rows, int64_t columns)
{
    jko_array view;
    view.data = (void *)data;
    view.rows = rows;
    view.columns = columns;
    view.row_stride = columns;
    view.column_stride = 1;
    view.dtype = JKO_FLOAT32;
    return view;
}

/** A view of a column-major (Fortran order) matrix of floats: shape (rows, columns). */
JKO_WRAPS_POINTER static inline jko_array jko_column_major_f32(const float *data, int64_t rows, int64_t columns)
{
    jko_array view = jko_row_major_f32(data, rows, columns);
    view.row_stride = 1;
    view.column_stride = rows;
    return view;
}

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

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
