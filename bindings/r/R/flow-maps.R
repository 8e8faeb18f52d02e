# What a flow is good for: particles, maps in both directions, densities and scores after any step.

simulate.jko_flow <- function(object, nsim = 1, seed = NULL, ..., step = NULL) {
  no_more(..., where = "simulate() of a flow")
  handle <- owned(object, "jko_flow", "object")
  found <- answer(.Call(C_flow_sample, handle, whole(nsim, "nsim", 1, 2^31 - 1), step_of(object, step, "step"),
                        seed_of(seed)))
  like_points(found, found, object)
}

predict.jko_flow <- function(object, newdata, ..., first = 0, last = NULL) {
  no_more(..., where = "predict() of a flow")
  found <- transported(object, newdata, "newdata", first, last)
  folded <- sum(is.nan(found$log_determinants))
  if (folded) {
    warn_with(sprintf(paste("the flow folds space at %d of %d points of newdata, far from its own particles; there it",
                            "cannot be undone and has no density"), folded, nrow(found$points)),
              "jko_extrapolation_warning")
  }
  found$points
}

jko_flow_log_determinant <- function(flow, x, first = 0, last = NULL) {
  transported(flow, x, "x", first, last, "flow")$log_determinants
}

transported <- function(flow, x, name, first, last, argument = "object") {
  handle <- owned(flow, "jko_flow", argument)
  points <- points_of(flow, x, name, "flow")
  from <- step_of(flow, first, "first")
  to <- step_of(flow, last, "last")
  if (from > to) stop_with(sprintf("first = %d is after last = %d", from, to), argument = "first")
  found <- answer(.Call(C_flow_transport, handle, points, from, to), c(x = name))
  list(points = like_points(found$points, points, flow),
       log_determinants = like_points(found$log_determinants, points, flow))
}

jko_flow_inverse <- function(flow, x, step = NULL) flow_at(flow, x, step, "inverse", "flow")

jko_log_density.jko_flow <- function(object, x, ..., step = NULL) {
  no_more(..., where = "jko_log_density() of a flow")
  flow_at(object, x, step, "log_density")
}

jko_score.jko_flow <- function(object, x, ..., step = NULL) {
  no_more(..., where = "jko_score() of a flow")
  flow_at(object, x, step, "score")
}

flow_at <- function(flow, x, step, what, argument = "object") {
  handle <- owned(flow, "jko_flow", argument)
  points <- points_of(flow, x, "x", "flow")
  like_points(answer(.Call(C_flow_at, handle, points, step_of(flow, step, "step"), what)), points, flow)
}

jko_flow_mass <- function(flow, step = NULL) {
  answer(.Call(C_flow_mass, owned(flow, "jko_flow", "flow"), step_of(flow, step, "step")))
}

# The number of steps that were taken: 0 is the start, NULL the end.
step_of <- function(flow, step, name) if (is.null(step)) flow$steps else whole(step, name, 0, flow$steps)
