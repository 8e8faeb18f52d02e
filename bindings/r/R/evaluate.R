# How well a fitted energy predicts what was observed.

jko_evaluate <- function(model, x, times = NULL, ..., train = NULL, seed = 0) {
  handle <- owned(model, "jko_model", "model")
  series <- as_series(x, times, ...)
  refuse_other_coordinates(model, series, "x")
  if (length(series) < 2) {
    stop_with(sprintf("x has %s; evaluation needs two or more", plural(length(series), "snapshot")), "JKO_ESHAPE", "x")
  }
  if (!is.null(train)) owned(train, "jko_snapshots", "train")
  found <- answer(.Call(C_compare, handle, series$handle, train$handle, seed_of(seed)), c(snapshots = "x"))
  steps <- found[c("unconverged", "max_residual", "outside", "farthest")]
  figures <- found[setdiff(names(found), c(names(steps), if (is.null(train)) c("floor", "floor_energy_distance")))]
  advise_on_range(figures, series)
  advise_on_times(model, series$times)
  count <- length(series)
  advise_on_steps(model, steps, sum(series$sizes[-count]) + (count - 1) * series$sizes[1])
  frame <- data.frame(from = series$times[-count], to = series$times[-1], figures)
  structure(frame, class = c("jko_evaluation", "data.frame"))
}

refuse_other_coordinates <- function(fitted, series, name) {
  if (series$dimension != fitted$dimension) {
    stop_with(sprintf("%s has %s; the model has %s", name, plural(series$dimension, "coordinate"),
                      plural(fitted$dimension, "coordinate")), "JKO_ESHAPE", name)
  }
  if (!is.null(series$coordinates) && !is.null(fitted$coordinates) &&
      !identical(series$coordinates, fitted$coordinates)) {
    stop_with(sprintf("%s has the coordinates %s; the model was fitted to %s, in this order", name,
                      paste0("\"", utils_head(series$coordinates, 5), "\"", collapse = ", "),
                      paste0("\"", utils_head(fitted$coordinates, 5), "\"", collapse = ", ")), argument = name)
  }
}

print.jko_evaluation <- function(x, digits = 3, ...) {
  shown <- c("from", "to", "one_step", "nothing_moves", "floor", "energy_distance", "variance_ratio")
  cat("W1 one step ahead, beside \"nothing moves\"; other columns by names()\n")
  print.data.frame(as.data.frame(unclass(x))[intersect(shown, names(x))], digits = digits, row.names = FALSE)
  invisible(x)
}

# Warn of predictions that left the range of numbers, of which distances are infinite.
advise_on_range <- function(figures, series) {
  what <- c(one_step = "one-step predictions", cumulative = "the rollout", effects_mismatch = "the rollout")
  for (name in names(what)) {
    infinite <- which(figures[[name]] == Inf)
    if (!length(infinite)) next
    k <- infinite[1]
    advise(sprintf("%s of step %d, for time %g, left the range of numbers: %s has %s", what[[name]], k,
                   series$times[k + 1], name, plural(length(infinite), "infinite distance")),
           c("snapshots closer in time", "a model that extrapolates less: a lower polynomial_degree, or a network"),
           "out-of-range")
    return(invisible())
  }
}
