# What a series of snapshots holds, and how it is divided.

length.jko_snapshots <- function(x) length(x$times)

time.jko_snapshots <- function(x, ...) x$times

`[[.jko_snapshots` <- function(x, i, ...) {
  # Elements of the object itself are reached by their names.
  if (is.character(i)) return(unclass(x)[[i]])
  k <- whole(i, "i", 1, length(x))
  found <- answer(.Call(C_snapshots_get, owned(x, "jko_snapshots", "x"), k))
  colnames(found$points) <- x$coordinates
  c(found, list(time = x$times[k]))
}

# The snapshots that an index chooses, as a series.
`[.jko_snapshots` <- function(x, i, ...) {
  if (missing(i)) return(x)
  chosen <- if (is.numeric(i) || is.logical(i)) seq_len(length(x))[i] else NA
  if (!length(chosen) || anyNA(chosen) || any(diff(chosen) <= 0)) {
    stop_with(sprintf("i must choose snapshots out of 1 .. %d, in the order of time, got %s", length(x), shown(i)),
              argument = "i")
  }
  for (k in rev(setdiff(seq_len(length(x)), chosen))) x <- jko_without(x, k)
  x
}

# A list of snapshots, for loops and lapply().
as.list.jko_snapshots <- function(x, ...) {
  stats::setNames(lapply(seq_len(length(x)), function(k) x[[k]]), names(x))
}

# The times, as the names of as.list(); Map() wants as many as there are snapshots.
names.jko_snapshots <- function(x) format(x$times, digits = 6, trim = TRUE)

all.equal.jko_snapshots <- function(target, current, ...) {
  if (!inherits(current, "jko_snapshots")) return("target is jko_snapshots, current is not")
  all.equal(as.list(target), as.list(current), ...)
}

refuse_change <- function() stop_with("snapshots cannot be changed; make a series from new points")

`$<-.jko_snapshots` <- function(x, name, value) refuse_change()

`[[<-.jko_snapshots` <- function(x, i, ..., value) refuse_change()

`[<-.jko_snapshots` <- function(x, i, ..., value) refuse_change()

`names<-.jko_snapshots` <- function(x, value) refuse_change()

print.jko_snapshots <- function(x, ...) {
  sizes <- range(x$sizes)
  size <- if (sizes[1] == sizes[2]) plural(sizes[1], "particle") else {
    paste(format(sizes[1], big.mark = ","), "to", plural(sizes[2], "particle"))
  }
  cat(sprintf("Snapshots: %s of %s in %s, times %g to %g\n", plural(length(x), "snapshot"), size,
              plural(x$dimension, "dimension"), min(x$times), max(x$times)))
  invisible(x)
}

summary.jko_snapshots <- function(object, ...) {
  rows <- lapply(seq_len(length(object)), function(k) {
    snapshot <- object[[k]]
    mean <- colSums(snapshot$points * snapshot$weights)
    spread <- sqrt(colSums(snapshot$points^2 * snapshot$weights) - mean^2)
    names <- coordinate_labels(object)
    c(list(time = snapshot$time, particles = nrow(snapshot$points)),
      stats::setNames(as.list(mean), paste0("mean.", names)), stats::setNames(as.list(spread), paste0("sd.", names)))
  })
  do.call(rbind, lapply(rows, as.data.frame))
}

as.data.frame.jko_snapshots <- function(x, row.names = NULL, optional = FALSE, ...) {
  no_more(..., where = "as.data.frame() of snapshots")
  parts <- lapply(seq_len(length(x)), function(k) {
    snapshot <- x[[k]]
    colnames(snapshot$points) <- coordinate_labels(x)
    data.frame(snapshot$points, time = snapshot$time, weight = snapshot$weights, row = snapshot$rows,
               check.names = FALSE)
  })
  do.call(rbind, parts)
}

coordinate_labels <- function(object) {
  if (is.null(object$coordinates)) paste0("x", seq_len(object$dimension)) else object$coordinates
}

jko_split <- function(series, test_fraction = 0.5, by = c("times", "trajectories"), seed = 0) {
  handle <- owned(series, "jko_snapshots", "series")
  code <- choice(one_of(by), "by", c(trajectories = 0, times = 1))
  fraction <- one_number(test_fraction, "test_fraction")
  seed <- seed_of(seed)
  parts <- answer(.Call(C_snapshots_split, handle, code, fraction, seed), c(snapshots = "series"))
  stats::setNames(lapply(seq_along(parts), function(part) {
    adopt_snapshots(keep_call(parts[[part]], "split", whole = handle, code = code, fraction = fraction, seed = seed,
                              part = part), series$labels)
  }), names(parts))
}

jko_shuffle <- function(series, seed = 0) {
  handle <- owned(series, "jko_snapshots", "series")
  seed <- seed_of(seed)
  made <- answer(.Call(C_snapshots_shuffle, handle, seed))
  adopt_snapshots(keep_call(made, "shuffle", whole = handle, seed = seed), series$labels)
}

jko_without <- function(series, k) {
  handle <- owned(series, "jko_snapshots", "series")
  if (length(series) < 2) stop_with("series has 1 snapshot, and none would be left", "JKO_ESHAPE", "series")
  k <- whole(k, "k", 1, length(series))
  made <- answer(.Call(C_snapshots_without, handle, k))
  adopt_snapshots(keep_call(made, "without", whole = handle, k = k), series$labels)
}

# A series from whatever makes one, with the arguments of jko_snapshots(). What comes second is `times`, or the data
# of a formula.
as_series <- function(x, times, ..., name = "x") {
  if (inherits(x, "jko_snapshots")) {
    if (!is.null(times)) stop_with(sprintf("times has no effect: %s has its own", name), argument = "times")
    no_more(..., where = "snapshots that are made")
    owned(x, "jko_snapshots", name)
    return(x)
  }
  if (is.null(times)) return(jko_snapshots(x, ...))
  if (inherits(x, c("SingleCellExperiment", "Seurat"))) return(jko_snapshots(x, time = times, ...))
  jko_snapshots(x, times, ...)
}
