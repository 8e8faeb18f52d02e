/**
 * @file jkonetstar/snapshot_files.h
 * @brief Series of snapshots from files and into files: NumPy arrays, archives of them, and tables.
 *
 * The names of points, times and weights are recognised where they are usual ones, and can be given where they are not.
 */
#ifndef JKONETSTAR_SNAPSHOT_FILES_H
#define JKONETSTAR_SNAPSHOT_FILES_H

#include "common.h"
#include "snapshots.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The time tolerance that joins what differs by rounding only; see jko_snapshots_create(). */
#define JKO_TIME_TOLERANCE_USUAL (-1.0)

/** What to read from a file; see jko_snapshots_load(). */
typedef struct jko_load_options {
    /** sizeof(jko_load_options). */
    size_t struct_size;
    /** Name of the points in an npz file or folder; NULL: the only array called "X", "points", "data", "trajectories",
        "coordinates", "positions" or "particles". For a table the names of the coordinate columns, separated by commas
        and in double quotes where a name has a comma in it; other columns may then hold anything. NULL: all columns but
        those that jko_snapshots_load() leaves out. */
    const char *points;
    /** Name of the times (npz member, folder file without ".npy", column); NULL: the only one called "time", "times",
        "t", "ts", "day", "days", "hour", "hours", "samples", "sample_labels", "labels", "timepoint", "timepoints",
        "time_point" or "time_points". */
    const char *time;
    /** Name of the weights; NULL: the only one called "weights" or "weight"; equal weights where there is none. */
    const char *weights;
    /** Of points of shape (n, d) and tables: times that exceed the earliest of a snapshot by no more than this belong
        to it, as in jko_snapshots_create_within(); 0 or more, in time. Default ::JKO_TIME_TOLERANCE_USUAL, which stacks
        of shape (snapshots, n, d) need. */
    double time_tolerance;
} jko_load_options;

/**
 * Fill options with the defaults: all names NULL, ::JKO_TIME_TOLERANCE_USUAL.
 *
 * @param struct_size  sizeof(jko_load_options)
 * @return ::JKO_OK, ::JKO_ENULL or ::JKO_EINVALID (struct_size)
 */
jko_status jko_load_options_init(jko_load_options *options, size_t struct_size);

/**
 * Read a series from a file or folder.
 *
 * - a folder: NumPy files, points of shape (n, d) or (n,) and times of shape (n,); or points of shape
 *   (snapshots, n, d) and times of shape (snapshots,), with weights of shape (snapshots, n)
 * - `.npz`: the same arrays as members, stored or deflated
 * - `.csv`, `.tsv`: a header line, a time column, optionally a weights column, and columns of coordinates; separated by
 *   commas, semicolons or tabs, whichever the header has most of; UTF-8 or ASCII, with decimal points
 * - `.npy`: shape (snapshots, n, d): equal-sized snapshots at times 0, 1, 2, ...; so too a folder or npz file with no
 *   other array than such points and weights
 *
 * NumPy format 1 to 3, booleans, integers of 1 to 8 bytes with and without sign, floating-point numbers of 2, 4 and 8
 * bytes, both byte orders, C and Fortran order.
 *
 * The usual names of points, times and weights are recognised in upper and lower case, and only where there is one.
 *
 * Row numbers (jko_snapshots_rows()) count the rows of a table without its header, or those of points of shape (n, d),
 * from 0; in points of shape (snapshots, n, d) they count the particles of each snapshot.
 *
 * Of a table whose coordinates are not named by the options these columns are left out: time and weights; index
 * columns, that is those without a name or called "Unnamed: ..." (as pandas writes), "index", "id", "cell", "cell_id",
 * "cellid", "barcode", "row", "rownames" or "obs_names"; columns without any number. A column in which some cells are
 * numbers and others are not is an error, and so is a column that numbers three or more rows from 0 or 1 in their
 * order: name the coordinates by the options to have it read. jko_snapshots_coordinate_name() and
 * jko_snapshots_omitted_columns() tell what was taken and what was not.
 *
 * @param path     UTF-8
 * @param options  NULL for the defaults
 * @param out      the new series, owned by the caller
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EIO, ::JKO_EFORMAT, ::JKO_ENOMEM, ::JKO_EINVALID (time_tolerance), or as
 *         jko_snapshots_create() for what the file holds
 */
jko_status jko_snapshots_load(const char *path, const jko_load_options *options, jko_snapshots **out);

/**
 * Write a series as a folder of NumPy files (points.npy, time.npy, weights.npy) that jko_snapshots_load() reads. Names
 * of coordinates and row numbers (jko_snapshots_rows()) are not kept: a series that is read again numbers the rows of
 * points.npy, which are in the order of time. Files that are replaced pass on their mode and owner; symbolic links are
 * followed. Where the call fails, the folder is as it was; a process that ends while it replaces a series may leave a
 * folder without time.npy, which is refused where it is read.
 *
 * @param path  UTF-8; the folder is made if it does not exist, its parent must exist
 * @return ::JKO_OK, ::JKO_ENULL, ::JKO_EINVALID (path), ::JKO_ESHAPE (no snapshots), ::JKO_EIO or ::JKO_ENOMEM
 */
jko_status jko_snapshots_save(const jko_snapshots *snapshots, const char *path);

#ifdef __cplusplus
}
#endif

#endif
