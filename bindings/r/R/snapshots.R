# Unpaired snapshots of a population: what was observed, when, and with which weights.

jko_snapshots <- function(x, ...) UseMethod("jko_snapshots")

jko_snapshots.jko_snapshots <- function(x, ...) {
  no_more(..., where = "jko_snapshots() of snapshots")
  owned(x, "jko_snapshots", "x")
  x
}

jko_snapshots.default <- function(x, times, ..., weights = NULL, time_map = NULL, time_tolerance = NULL) {
  no_more(..., where = "jko_snapshots()")
  if (missing(times)) stop_with("times is missing: when each row of x was seen", "JKO_ENULL", "times")
  points <- matrix_of(x, "x")
  moments <- times_of(times, "times", time_map)
  given <- list("create", points = points, times = as.double(moments), weights = weights_of(weights),
                tolerance = tolerance_of(time_tolerance), names = names_of_columns(points))
  adopt_snapshots(.Call(C_keep, answer(created(given), c(points = "x")), given), attr(moments, "labels"))
}

jko_snapshots.data.frame <- function(x, times, ..., points = NULL, weights = NULL, time_map = NULL,
                                     time_tolerance = NULL) {
  no_more(..., where = "jko_snapshots() of a data frame")
  if (missing(times)) {
    stop_with("times is missing: the name of a column, or when each row was seen", "JKO_ENULL", "times")
  }
  # Other classes of data frames, such as data.table, are indexed in other ways.
  x <- as.data.frame(x)
  moments <- column_of(x, times, "times")
  masses <- column_of(x, weights, "weights")
  taken <- c(if (is_name(times)) times, if (is_name(weights)) weights)
  coordinates <- if (is.null(points)) coordinate_columns(x, taken) else named_columns(x, points, "points")
  jko_snapshots.default(as.matrix(coordinates), moments, weights = masses, time_map = time_map,
                        time_tolerance = time_tolerance)
}

jko_snapshots.formula <- function(formula, data = NULL, ..., weights = NULL, time_map = NULL, time_tolerance = NULL) {
  no_more(..., where = "jko_snapshots() of a formula")
  from_formula(formula, data, substitute(weights), time_map, time_tolerance)
}

# One matrix for each snapshot. Their times are given, or the names of the list, or 0, 1, 2, ...; those of split() are
# in the order of its labels, which need not be that of time.
jko_snapshots.list <- function(x, times = NULL, ..., points = NULL, weights = NULL, time_map = NULL) {
  no_more(..., where = "jko_snapshots() of a list")
  if (!length(x)) stop_with("x is an empty list; it must have one matrix for each snapshot", "JKO_ESHAPE", "x")
  if (is.null(times)) times <- if (is.null(names(x))) seq_along(x) - 1 else names(x)
  moments <- times_of(times, "times", time_map)
  if (length(moments) != length(x)) {
    stop_with(sprintf("times has %s for %s", plural(length(moments), "element"), plural(length(x), "snapshot")),
              "JKO_ESHAPE", "times")
  }
  if (!is.null(weights) && (!is.list(weights) || length(weights) != length(x))) {
    stop_with("weights must be a list with one vector for each snapshot", argument = "weights")
  }
  parts <- lapply(seq_along(x), function(k) {
    list(points = points_of_part(x[[k]], points, k), time = moments[k],
         weights = if (!is.null(weights)) weights_of(weights[[k]]))
  })
  for (k in seq_along(x)) {
    columns <- colnames(parts[[k]]$points)
    if (!is.null(columns) && !identical(columns, colnames(parts[[1]]$points))) {
      stop_with(sprintf("x[[%d]] has other names of columns than x[[1]], or in another order", k), argument = "x")
    }
  }
  order <- order(moments)
  made <- appended(parts[order], function(place) {
    k <- order[place]
    c(points = sprintf("x[[%d]]", k), time = sprintf("times[%d]", k), weights = sprintf("weights[[%d]]", k))
  })
  adopt_snapshots(keep_call(made, "append", parts = parts[order]), attr(moments, "labels"))
}

points_of_part <- function(part, points, k) {
  name <- sprintf("x[[%d]]", k)
  if (is.data.frame(part)) {
    part <- as.data.frame(part)
    if (!is.null(points)) part <- named_columns(part, points, "points")
    odd <- names(part)[!vapply(part, function(column) is.numeric(column) || is.logical(column), NA)]
    if (length(odd)) {
      stop_with(sprintf("%s has a column \"%s\" that is not numeric; choose the coordinates by points =", name, odd[1]),
                argument = "x")
    }
  } else if (!is.null(points)) {
    missing <- setdiff(points, colnames(part))
    if (length(missing)) {
      stop_with(sprintf("points = \"%s\" is not among the columns of %s", missing[1], name), argument = "points")
    }
    part <- part[, points, drop = FALSE]
  }
  matrix_of(part, name)
}

# A file or folder: csv, tsv, npz, npy.
jko_snapshots.character <- function(x, times = NULL, ..., points = NULL, weights = NULL, time_tolerance = NULL) {
  no_more(..., where = "jko_snapshots() of a file")
  if (length(dim(x)) > 1) matrix_of(x, "x")
  quoted <- NULL
  if (!is.null(points)) {
    odd <- grepl("[\",]", points)
    quoted <- paste(ifelse(odd, paste0("\"", gsub("\"", "\"\"", points), "\""), points), collapse = ",")
  }
  options <- list(points = quoted, time = if (!is.null(times)) text(times, "times"),
                  weights = if (!is.null(weights)) text(weights, "weights"),
                  time_tolerance = tolerance_of(time_tolerance))
  options <- options[!vapply(options, is.null, NA)]
  series <- adopt_snapshots(answer(.Call(C_snapshots_load, file_path(x, "x"), options), c(path = "x", time = "times")))
  if (nzchar(series$omitted)) warn_of_omitted(series$omitted, x)
  keep_contents(series)
}

# A series around a handle; `labels` is how the data write times, if not as numbers.
adopt_snapshots <- function(handle, labels = NULL) {
  said <- answer(.Call(C_snapshots_describe, handle))
  structure(class = "jko_snapshots",
            list(handle = handle, times = said$times, sizes = said$sizes, dimension = said$dimension,
                 coordinates = said$coordinates, omitted = said$omitted, labels = labels))
}

# Columns without a name among others that have one, as cbind() makes them, are called V1, V2, .. by their place.
names_of_columns <- function(points) {
  names <- colnames(points)
  if (is.null(names)) return(NULL)
  nameless <- is.na(names) | !nzchar(names)
  names[nameless] <- paste0("V", seq_along(names))[nameless]
  names
}

weights_of <- function(weights) if (is.null(weights)) NULL else vector_of(weights, "weights")

tolerance_of <- function(tolerance) if (is.null(tolerance)) NULL else not_negative(tolerance, "time_tolerance")

is_name <- function(value) is.character(value) && length(value) == 1

# A column of a data frame by its name, or what was given in its place.
column_of <- function(data, column, name) {
  if (!is_name(column)) return(column)
  named_columns(data, column, name)[[1]]
}

named_columns <- function(data, columns, name) {
  missing <- setdiff(columns, names(data))
  if (length(missing)) {
    listed <- paste0("\"", utils_head(names(data), 8), "\"", collapse = ", ")
    stop_with(sprintf("%s = \"%s\" is not among the columns %s", name, missing[1], listed), argument = name)
  }
  data[columns]
}

# All numeric columns but those that are taken for something else; a warning names those that are left out.
coordinate_columns <- function(data, taken) {
  others <- setdiff(names(data), taken)
  numeric <- vapply(data[others], function(column) is.numeric(column) && !is.factor(column), NA)
  if (any(!numeric)) warn_of_omitted(paste0("\"", others[!numeric], "\" (no numbers)", collapse = ", "), "the data")
  if (!any(numeric)) stop_with("the data have no numeric column beside the times", "JKO_ESHAPE", "data")
  message("coordinates: ", paste(utils_head(others[numeric], 8), collapse = ", "), if (sum(numeric) > 8) ", ...")
  data[others[numeric]]
}

warn_of_omitted <- function(columns, where) {
  warn_with(sprintf("columns left out of %s: %s; name the coordinates to choose", where, columns),
            "jko_omitted_columns_warning")
}
