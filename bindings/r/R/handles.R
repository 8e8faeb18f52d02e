# Objects of the library. Their memory stays behind when R saves them or sends them to another process; what is kept
# with the handle goes along, and the first call that needs the object makes it again.

# The handle of an object.
owned <- function(object, kind, name) {
  if (!inherits(object, kind)) {
    stop_with(sprintf("%s must be a %s, got %s", name, kind, class(object)[1]), argument = name)
  }
  handle <- if (is.list(object)) unclass(object)$handle
  alive <- .Call(C_is_alive, handle, kind)
  if (is.na(alive)) stop_with(sprintf("%s is a %s without its contents; make it again", name, kind), argument = name)
  if (!alive) revive(handle, kind, name)
  handle
}

revive <- function(handle, kind, name) {
  kept <- .Call(C_kept, handle)
  if (is.null(kept) || is.function(kept)) {
    stop_with(sprintf("%s is a %s of another R session, of which only the fields are left; compute it again", name,
                      kind), argument = name)
  }
  fresh <- switch(kind, jko_snapshots = series_again(kept, name), jko_model = from_bytes(kept, C_model_load),
                  jko_growth = from_bytes(kept, C_growth_load), jko_flow = from_bytes(kept, C_flow_load),
                  jko_density = answer(density_again(kept)))
  .Call(C_revive, handle, fresh)
}

# A model, growth or flow as the bytes of its file, which are kept with its handle. Where the file cannot be written,
# the object works here and now, and is not kept.
keep_bytes <- function(handle, save) {
  path <- tempfile("jko")
  on.exit(unlink(path))
  saved <- .Call(save, handle, path)
  if (inherits(saved, "jko_failure")) return(handle)
  .Call(C_keep, handle, readBin(path, "raw", file.size(path)))
}

from_bytes <- function(bytes, load) {
  path <- tempfile("jko")
  on.exit(unlink(path))
  writeBin(bytes, path)
  answer(.Call(load, path))
}

# A series is kept as the call that made it: R shares the matrix of the user, and a part holds on to the whole.
keep_call <- function(handle, ...) .Call(C_keep, handle, list(...))

series_again <- function(kept, name) {
  made <- switch(kept[[1]],
    create = created(kept),
    append = appended(kept$parts),
    shuffle = .Call(C_snapshots_shuffle, whole_again(kept, name), kept$seed),
    without = .Call(C_snapshots_without, whole_again(kept, name), kept$k),
    split = .Call(C_snapshots_split, whole_again(kept, name), kept$code, kept$fraction, kept$seed))
  made <- answer(made)
  if (kept[[1]] == "split") made[[kept$part]] else made
}

whole_again <- function(kept, name) {
  if (!.Call(C_is_alive, kept$whole, "jko_snapshots")) revive(kept$whole, "jko_snapshots", name)
  kept$whole
}

created <- function(given) {
  .Call(C_snapshots_create, given$points, given$times, given$weights, given$tolerance, given$names)
}

# A series of parts, each a list of points, time and weights; `names` says what R calls the arguments of part k.
appended <- function(parts, names = function(k) NULL) {
  made <- NULL
  for (k in seq_along(parts)) {
    part <- parts[[k]]
    made <- answer(.Call(C_snapshots_append, made, ncol(part$points), part$points, part$time, part$weights,
                         names_of_columns(part$points)), names(k))
  }
  made
}

# What was read from a file or computed is kept as it is; weights that are all equal need not be.
keep_contents <- function(series) {
  parts <- lapply(seq_len(length(series)), function(k) {
    part <- series[[k]]
    if (length(unique(part$weights)) == 1) part$weights <- NULL
    part
  })
  rows <- unlist(lapply(parts, `[[`, "rows"))
  if (!identical(sort(rows), as.double(seq_along(rows)))) {
    keep_call(series$handle, "append", parts = parts)
    return(series)
  }
  # Rows of a table: pooled in their order, so that they have their numbers again.
  place <- order(rows)
  weights <- lapply(parts, function(part) if (is.null(part$weights)) rep(1, nrow(part$points)) else part$weights)
  weighted <- any(!vapply(parts, function(part) is.null(part$weights), NA))
  points <- do.call(rbind, lapply(parts, `[[`, "points"))
  keep_call(series$handle, "create", points = points[place, , drop = FALSE],
            times = rep(series$times, series$sizes)[place], weights = if (weighted) unlist(weights)[place],
            names = series$coordinates)
  series
}
