# Formulas such as cbind(x, y) ~ day: coordinates on the left, the time of each row on the right.

from_formula <- function(formula, data, weights, time_map, time_tolerance) {
  if (length(formula) != 3) {
    stop_with(sprintf("%s has no left side; write coordinates ~ time", deparse1(formula)), argument = "formula")
  }
  refuse_other_formulas(formula)
  data <- frame_of(data)
  place <- environment(formula)
  given <- formula_value(weights, data, place, "weights")
  moments <- formula_value(formula[[3]], data, place)
  if (length(dim(moments)) > 1) stop_with(one_time(formula[[3]]), argument = "formula")
  points <- if (identical(formula[[2]], quote(.))) {
    if (is.null(data)) stop_with(". ~ time needs data", "JKO_ENULL", "data")
    taken <- c(all.vars(formula[[3]]), names(data)[vapply(data, identical, NA, given)])
    as.matrix(coordinate_columns(data, taken))
  } else {
    named_matrix(formula_value(formula[[2]], data, place), formula[[2]])
  }
  advise_on_sides(formula, points, moments)
  jko_snapshots.default(points, moments, weights = given, time_map = time_map, time_tolerance = time_tolerance)
}

# Sums of variables, which are lists of variables in the formulas of other models.
refuse_other_formulas <- function(formula) {
  is_sum <- function(side) is.call(side) && identical(side[[1]], quote(`+`)) && length(all.vars(side)) > 1
  if (is_sum(formula[[3]])) stop_with(one_time(formula[[3]]), argument = "formula")
  if (is_sum(formula[[2]])) {
    sum <- deparse1(formula[[2]])
    stop_with(sprintf(paste("%s on the left of the formula would be a single coordinate; write cbind(%s), or I(%s) for",
                            "the sum"), sum, paste(all.vars(formula[[2]]), collapse = ", "), sum), argument = "formula")
  }
}

one_time <- function(side) {
  sprintf(paste("%s is on the right of the formula, where one time stands; coordinates are on the left, as in",
                "cbind(x, y) ~ day"), deparse1(side))
}

# A coordinate with few values, seen at as many times as there are rows, is a time that stands on the wrong side.
advise_on_sides <- function(formula, points, moments) {
  if (NCOL(points) != 1 || length(moments) < 6 || anyDuplicated(moments)) return(invisible())
  if (2 * length(unique(c(points))) <= length(moments)) {
    warn_with(sprintf(paste("every row has a time of its own, and %s has few values: coordinates stand on the left of",
                            "the formula, the time on the right"), deparse1(formula[[2]])), "jko_data_warning")
  }
}

# The data of a formula.
frame_of <- function(data) {
  if (is.null(data)) return(NULL)
  if (inherits(data, c("SingleCellExperiment", "Seurat"))) {
    stop_with(sprintf("data is a %s, which has no use for a formula; pass it as x, with time = \"day\"",
                      class(data)[1]), argument = "data")
  }
  frame <- if (!is.character(data)) tryCatch(as.data.frame(data), error = function(error) NULL)
  if (is.null(frame)) {
    remedy <- if (is_name(data)) "; read a file by read.csv(), or pass it as x" else ""
    stop_with(sprintf("data must be a data frame, got %s%s", shown(data), remedy), argument = "data")
  }
  frame
}

formula_value <- function(expression, data, place, name = "formula") {
  tryCatch(eval(expression, data, place), error = function(error) {
    stop_with(sprintf("%s: %s", name, sub("\n.*", "", conditionMessage(error))), argument = name)
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
