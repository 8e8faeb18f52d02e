# The terms of a fitted energy at points.

jko_potential <- function(model, x, t = NULL, se = FALSE) term_at(model, "potential", x, t, FALSE, se)

jko_potential_gradient <- function(model, x, t = NULL, se = FALSE) term_at(model, "potential", x, t, TRUE, se)

jko_interaction <- function(model, x, se = FALSE) term_at(model, "interaction", x, NULL, FALSE, se)

jko_interaction_gradient <- function(model, x, se = FALSE) term_at(model, "interaction", x, NULL, TRUE, se)

jko_beta <- function(model, se = FALSE) {
  answer(.Call(C_model_beta, owned(model, "jko_model", "model"), flag(se, "se")))
}

jko_energy <- function(model, x, weights = NULL, t = NULL) {
  handle <- owned(model, "jko_model", "model")
  moment <- moments_at(model, t, 1)
  answer(.Call(C_model_energy, handle, points_of(model, x, "x"), weights_of(weights), moment))
}

term_at <- function(model, term, x, t, gradient, se) {
  handle <- owned(model, "jko_model", "model")
  points <- points_of(model, x, "x")
  moments <- if (term == "potential") moments_at(model, t, nrow(points))
  found <- answer(.Call(C_model_term, handle, term, points, moments, gradient, flag(se, "se")))
  if (gradient) dimnames(found) <- list(rownames(points), model$coordinates)
  else if (!is.null(rownames(points))) names(found) <- rownames(points)
  found
}

moments_at <- function(model, t, count) {
  if (!model$info$time_varying) {
    if (!is.null(t)) stop_with("t has no effect: V does not vary in time", argument = "t")
    return(NULL)
  }
  if (is.null(t)) stop_with("t is missing: V varies in time", "JKO_ENULL", "t")
  moments <- asked_times(t, "t", model$series$labels)
  if (!length(moments) %in% c(1, count)) {
    stop_with(sprintf("t has %s for %s", plural(length(moments), "element"), plural(count, "point")), "JKO_ESHAPE", "t")
  }
  moments
}

# Points with the coordinates of a model, of growth, of a density or of a flow: columns are found by their names, if
# there are names.
points_of <- function(fitted, x, name, noun = "model") {
  names <- fitted$coordinates
  if (is.data.frame(x)) x <- as.data.frame(x)
  if (is.data.frame(x) && !is.null(names) && all(names %in% names(x))) x <- x[names]
  if (is.null(dim(x)) && is.numeric(x) && fitted$dimension > 1) {
    stop_with(sprintf("%s is a vector; the %s has %s. One point is a matrix with one row", name, noun,
                      plural(fitted$dimension, "coordinate")), "JKO_ESHAPE", name)
  }
  points <- matrix_of(x, name)
  if (ncol(points) != fitted$dimension) {
    stop_with(sprintf("%s has %s; the %s has %s", name, plural(ncol(points), "column"), noun,
                      plural(fitted$dimension, "coordinate")), "JKO_ESHAPE", name)
  }
  given <- names_of_columns(points)
  if (!is.null(names) && !is.null(given) && !identical(given, names)) {
    stop_with(sprintf("%s has the columns %s; the %s %s %s, in this order", name,
                      paste0("\"", utils_head(given, 5), "\"", collapse = ", "),
                      noun, if (noun == "model") "was fitted to" else "has",
                      paste0("\"", utils_head(names, 5), "\"", collapse = ", ")), argument = name)
  }
  points
}
