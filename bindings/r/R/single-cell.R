# Objects of single-cell packages: a reduced dimension as coordinates, a column of the cells' annotation as times.

jko_snapshots.SingleCellExperiment <- function(x, time, reduction = "PCA", dims = NULL, ..., weights = NULL,
                                               time_map = NULL, time_tolerance = NULL) {
  no_more(..., where = "jko_snapshots() of a SingleCellExperiment")
  need("SingleCellExperiment")
  need("SummarizedExperiment")
  known <- SingleCellExperiment::reducedDimNames(x)
  refuse_unknown(reduction, known, "reduction")
  cells <- SummarizedExperiment::colData(x)
  from_cells(SingleCellExperiment::reducedDim(x, reduction), reduction, dims, cells, names(cells), time, weights,
             time_map, time_tolerance)
}

jko_snapshots.Seurat <- function(x, time, reduction = "pca", dims = NULL, ..., weights = NULL, time_map = NULL,
                                 time_tolerance = NULL) {
  no_more(..., where = "jko_snapshots() of a Seurat object")
  need("SeuratObject")
  refuse_unknown(reduction, SeuratObject::Reductions(x), "reduction")
  cells <- x[[]]
  from_cells(SeuratObject::Embeddings(x, reduction), reduction, dims, cells, names(cells), time, weights, time_map,
             time_tolerance)
}

jko_fit.SingleCellExperiment <- function(x, time, reduction = "PCA", dims = NULL, ..., weights = NULL, time_map = NULL,
                                         time_tolerance = NULL) {
  series <- jko_snapshots(x, time, reduction, dims, weights = weights, time_map = time_map,
                          time_tolerance = time_tolerance)
  fit_to(series, match.call(), ...)
}

jko_fit.Seurat <- function(x, time, reduction = "pca", dims = NULL, ..., weights = NULL, time_map = NULL,
                           time_tolerance = NULL) {
  series <- jko_snapshots(x, time, reduction, dims, weights = weights, time_map = time_map,
                          time_tolerance = time_tolerance)
  fit_to(series, match.call(), ...)
}

from_cells <- function(embedding, reduction, dims, cells, known, time, weights, time_map, time_tolerance) {
  points <- matrix_of(embedding, "reduction")
  if (is.null(colnames(points))) colnames(points) <- paste0(reduction, seq_len(ncol(points)))
  if (!is.null(dims)) {
    for (dim in dims) whole(dim, "dims", 1, ncol(points))
    points <- points[, dims, drop = FALSE]
  }
  column <- function(given, name) {
    if (is.null(given) || !is_name(given)) return(given)
    refuse_unknown(given, known, name)
    cells[[given]]
  }
  jko_snapshots.default(points, column(time, "time"), weights = column(weights, "weights"), time_map = time_map,
                        time_tolerance = time_tolerance)
}

need <- function(package) {
  if (!requireNamespace(package, quietly = TRUE)) {
    stop_with(sprintf("x needs the package %s, which is not installed", package), argument = "x")
  }
}

refuse_unknown <- function(value, known, name) {
  if (is_name(value) && value %in% known) return(invisible())
  listed <- if (length(known)) paste0("\"", utils_head(known, 8), "\"", collapse = ", ") else "none"
  stop_with(sprintf("%s = %s is not there; there are %s", name, shown(value), listed), argument = name)
}
