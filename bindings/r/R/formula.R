# Formulas such as cbind(x, y) ~ day: coordinates on the left, the time of each row on the right.

from_formula <- function(formula, data, weights, time_map, time_tolerance) {
  if (length(formula) != 3) {
    stop_with(sprintf("%s has no left side; write coordinates ~ time", deparse1(formula)), argument = "formula")
  }
  if (!is.null(data)) data <- as.data.frame(data)
  place <- environment(formula)
  moments <- formula_value(formula[[3]], data, place)
  points <- if (identical(formula[[2]], quote(.))) {
    if (is.null(data)) stop_with(". ~ time needs data", "JKO_ENULL", "data")
    taken <- c(all.vars(formula[[3]]), names(data)[vapply(data, identical, NA, weights)])
    as.matrix(coordinate_columns(data, taken))
  } else {
    named_matrix(formula_value(formula[[2]], data, place), formula[[2]])
  }
  jko_snapshots.default(points, moments, weights = weights, time_map = time_map, time_tolerance = time_tolerance)
}

formula_value <- function(expression, data, place) {
  tryCatch(eval(expression, data, place), error = function(error) {
    stop_with(sprintf("formula: %s", sub("\n.*", "", conditionMessage(error))), argument = "formula")
  })
}

# Coordinates with names: those of cbind(), or the expression of a single one.
named_matrix <- function(value, expression) {
  if (is.data.frame(value)) value <- as.matrix(value)
  if (is.null(dim(value)) && is.numeric(value)) {
    value <- matrix(value, ncol = 1, dimnames = list(NULL, deparse1(expression)))
  }
  value
}
