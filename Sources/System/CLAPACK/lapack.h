// BLAS and LAPACK routines with arguments by value, which Swift calls more plainly than Fortran's pointers.
//
// Matrices are column-major with a leading dimension, integers 32 bits wide; `int` results are LAPACK's info: 0 is
// success, a positive one said at the routine. A negative one (a bad argument) does not occur: Sources/Numerics checks.
#ifndef JKONETSTAR_LAPACK_H
#define JKONETSTAR_LAPACK_H

#include <stddef.h>

// Fortran passes the length of every character argument behind all others.
void dgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k, const double *alpha,
            const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
            const int *ldc, size_t, size_t);
void dsyrk_(const char *uplo, const char *trans, const int *n, const int *k, const double *alpha, const double *a,
            const int *lda, const double *beta, double *c, const int *ldc, size_t, size_t);
void dtrsm_(const char *side, const char *uplo, const char *trans, const char *diag, const int *m, const int *n,
            const double *alpha, const double *a, const int *lda, double *b, const int *ldb, size_t, size_t, size_t,
            size_t);
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t);
void dpocon_(const char *uplo, const int *n, const double *a, const int *lda, const double *anorm, double *rcond,
             double *work, int *iwork, int *info, size_t);
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t);
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info,
             size_t);

// The routines that Sources/Numerics/LinearAlgebra/InterruptibleRoutines.swift stands before, under the names that the
// linker gives them.
void __real_dgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k,
                   const double *alpha, const double *a, const int *lda, const double *b, const int *ldb,
                   const double *beta, double *c, const int *ldc, size_t, size_t);
void __real_dgemv_(const char *trans, const int *m, const int *n, const double *alpha, const double *a, const int *lda,
                   const double *x, const int *incx, const double *beta, double *y, const int *incy, size_t);
void __real_dsymv_(const char *uplo, const int *n, const double *alpha, const double *a, const int *lda,
                   const double *x, const int *incx, const double *beta, double *y, const int *incy, size_t);
void __real_dsyr2k_(const char *uplo, const char *trans, const int *n, const int *k, const double *alpha,
                    const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
                    const int *ldc, size_t, size_t);
void __real_dlaed4_(const int *n, const int *i, const double *d, const double *z, double *delta, const double *rho,
                    double *root, int *info);
void __real_dlasd4_(const int *n, const int *i, const double *d, const double *z, double *delta, const double *rho,
                    double *root, double *work, int *info);

// C (m x n) = alpha op(A) op(B) + beta C with op = transpose for 'T', none for 'N'; k terms each.
static inline void lapack_gemm(char transa, char transb, int m, int n, int k, double alpha, const double *a, int lda,
                               const double *b, int ldb, double beta, double *c, int ldc)
{
    dgemm_(&transa, &transb, &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc, 1, 1);
}

// The triangle `uplo` of C (n x n) = alpha op(A) op(A)^T + beta C; k terms each.
static inline void lapack_syrk(char uplo, char trans, int n, int k, double alpha, const double *a, int lda, double beta,
                               double *c, int ldc)
{
    dsyrk_(&uplo, &trans, &n, &k, &alpha, a, &lda, &beta, c, &ldc, 1, 1);
}

// B (m x n) = op(A)^-1 B for side 'L', B op(A)^-1 for side 'R', A triangular with a general diagonal.
static inline void lapack_trsm(char side, char uplo, char trans, int m, int n, const double *a, int lda, double *b,
                               int ldb)
{
    const char diagonal = 'N';
    const double one = 1;
    dtrsm_(&side, &uplo, &trans, &diagonal, &m, &n, &one, a, &lda, b, &ldb, 1, 1, 1, 1);
}

// Cholesky factor in place of the triangle; positive info: the order of the leading minor that is not positive.
static inline int lapack_potrf(char uplo, int n, double *a, int lda)
{
    int info = 0;
    dpotrf_(&uplo, &n, a, &lda, &info, 1);
    return info;
}

// Inverse in place of the Cholesky factor; positive info: a zero on its diagonal.
static inline int lapack_potri(char uplo, int n, double *a, int lda)
{
    int info = 0;
    dpotri_(&uplo, &n, a, &lda, &info, 1);
    return info;
}

// Estimated reciprocal condition, 1-norm, of the matrix with that norm and Cholesky factor; work 3 n, iwork n.
static inline double lapack_pocon(char uplo, int n, const double *a, int lda, double norm, double *work, int *iwork)
{
    int info = 0;
    double condition = 0;
    dpocon_(&uplo, &n, a, &lda, &norm, &condition, work, iwork, &info, 1);
    return condition;
}

// Eigenvalues in ascending order and eigenvectors, in place of the matrix, as columns, by divide and conquer; work
// 1 + 6 n + 2 n^2, iwork 3 + 5 n. Positive info: no convergence.
static inline int lapack_syevd(char uplo, int n, double *a, int lda, double *values, double *work, int lwork,
                               int *iwork, int liwork)
{
    const char vectors = 'V';
    int info = 0;
    dsyevd_(&vectors, &uplo, &n, a, &lda, values, work, &lwork, iwork, &liwork, &info, 1, 1);
    return info;
}

// Singular values in descending order, and for job 'S' the first min(m, n) singular vectors ('N': none), by divide and
// conquer; iwork 8 min(m, n); lwork -1 asks for the best work length, told in work[0]. Positive info: no convergence.
static inline int lapack_gesdd(char job, int m, int n, double *a, int lda, double *values, double *u, int ldu,
                               double *vt, int ldvt, double *work, int lwork, int *iwork)
{
    int info = 0;
    dgesdd_(&job, &m, &n, a, &lda, values, u, &ldu, vt, &ldvt, work, &lwork, iwork, &info, 1);
    return info;
}

#endif
