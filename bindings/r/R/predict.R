# Where a fitted energy moves populations.

noise_codes <- c(beta = 0, residual = 1, none = 2)

predict.jko_model <- function(object, newdata = NULL, ..., t0 = NULL, steps = NULL, times = NULL, seed = NULL,
                              tolerance = NULL, max_iterations = NULL, substeps = 1,
                              noise = c("beta", "residual", "none"), se.fit = FALSE, masses = FALSE) {
  no_more(..., where = "predict() of a jko_model")
  handle <- owned(object, "jko_model", "object")
  if (is.null(newdata)) {
    if (is.null(object$series)) stop_with("newdata is missing, and a model from a file has no snapshots of its own")
    newdata <- object$series[[1]]$points
    if (is.null(times) && is.null(steps) && is.null(t0)) times <- object$times
  }
  start <- points_of(object, newdata, "newdata")
  course <- course_of(object, t0, steps, times)
  noise <- one_of(noise)
  options <- rollout_options(object, seed, tolerance, max_iterations, substeps, noise)
  if (flag(masses, "masses") && flag(se.fit, "se.fit")) {
    stop_with("se.fit and masses are not for the same call; ask for one at a time")
  }
  if (masses && !object$info$growth) {
    stop_with("masses = TRUE needs a model with growth, such as jko_fit(growth = TRUE) gives", argument = "masses")
  }
  if (se.fit && object$info$member_count == 0) {
    stop_with("se.fit = TRUE needs a fit of networks with error_bars = \"bootstrap\"", argument = "se.fit")
  }
  growth <- if (masses) jko_growth(object)
  advise_on_times(object, course)
  found <- rollout(object, start, course, options, FALSE)
  if (masses) return(list(fit = found, masses = jko_masses(growth, found, course)))
  if (!flag(se.fit, "se.fit")) return(found)
  list(fit = found, se.fit = rollout(object, start, course, options, TRUE))
}

# The time of a start and of each step from it.
course_of <- function(model, t0, steps, times) {
  if (is.null(times)) {
    start <- if (!is.null(t0)) asked_time(t0, "t0", model$series$labels)
    count <- if (is.null(steps)) 1 else whole(steps, "steps", 0, 2^31 - 1)
    return(answer(.Call(C_rollout_times, model$handle, start, count)))
  }
  found <- asked_times(times, "times", model$series$labels)
  if (!is.null(t0) && asked_time(t0, "t0", model$series$labels) != found[1]) {
    stop_with(sprintf("t0 = %s contradicts times[1] = %s; leave out t0", shown(t0), shown(found[1])), argument = "t0")
  }
  if (!is.null(steps) && whole(steps, "steps") != length(found) - 1) {
    stop_with(sprintf("steps = %s contradicts times, whose steps are %d; leave out steps", shown(steps),
                      length(found) - 1), argument = "steps")
  }
  found
}

rollout_options <- function(model, seed, tolerance, max_iterations, substeps, noise) {
  options <- list(noise = noise_codes[[noise]], substeps = whole(substeps, "substeps", 1))
  if (!is.null(seed)) options$seed <- seed_of(seed)
  # Two predictions agree, unless another seed is asked for.
  else if (model$info$internal || noise == "residual") options$seed <- model$description$fit$seed
  given <- list(tolerance = tolerance, max_iterations = max_iterations)
  given <- given[!vapply(given, is.null, NA)]
  if (length(given) && scheme_name(model) == "explicit") {
    stop_with(sprintf("%s is for implicit steps; those of this model are explicit", names(given)[1]),
              argument = names(given)[1])
  }
  if (!is.null(tolerance)) options$tolerance <- one_number(tolerance, "tolerance")
  if (!is.null(max_iterations)) options$max_iterations <- whole(max_iterations, "max_iterations", 0)
  options
}

# A population, or its standard errors, at each time: an array (n, d, times).
rollout <- function(model, start, times, options, error) {
  found <- answer(.Call(C_rollout, model$handle, start, times, options, error), c(x0 = "newdata"))
  members <- if (error) model$info$member_count else 1
  advise_on_steps(model, found, members * (length(times) - 1) * nrow(start))
  as_course(found$course, nrow(start), model$dimension, times, rownames(start), model$coordinates)
}

# The library has particles of all times below each other.
as_course <- function(stacked, n, d, times, rows = NULL, coordinates = NULL) {
  dim(stacked) <- c(n, length(times), d)
  course <- aperm(stacked, c(1, 3, 2))
  dimnames(course) <- list(rows, coordinates, format(times, digits = 6, trim = TRUE))
  course
}

# Warn of times that a model knows nothing of. Those that the library refuses are not looked at.
advise_on_times <- function(model, times) {
  steps <- diff(times)
  if (!all(is.finite(times)) || !length(steps) || any(steps <= 0)) return(invisible())
  fitted <- model$times
  longest <- max(diff(fitted))
  if (max(steps) > 3 * longest) {
    advise(sprintf(paste("a step of %.3g in time is %.3g times as long as the longest gap that the model was fitted",
                         "to, %.3g, and one step follows no particle that far"),
                   max(steps), max(steps) / longest, longest),
           c(sprintf("times = in steps of %.3g or less", longest), "steps =, which follows the fitted gaps"),
           "far-steps", "jko_extrapolation_warning")
    return(invisible())
  }
  beyond <- max(fitted[1] - times[1], utils_tail(times, 1) - utils_tail(fitted, 1))
  if (beyond > longest * (1 + 1e-9)) {
    why <- if (model$info$time_varying) "V varies in time and is an extrapolation there" else
      "no snapshot says whether the energy still holds there"
    advise(sprintf(paste("times %.6g to %.6g lie outside the fitted times, %.6g to %.6g, by %.3g, %.3g times the",
                         "longest gap: %s"), times[1], utils_tail(times, 1), fitted[1], utils_tail(fitted, 1), beyond,
                   beyond / longest, why),
           c("times nearer to the fitted ones",
             "se.fit = TRUE after a fit with error_bars = \"bootstrap\", which says how far fits agree there"),
           "outside-fitted-times", "jko_extrapolation_warning")
  }
}

# Warn of predictions that are not to be trusted, made in so many steps of single particles.
advise_on_steps <- function(model, info, steps) {
  if (info$outside > 0 || info$farthest > 5) {
    where <- if (info$outside > 0) {
      sprintf("%s lie beyond ten times the region of the training points", plural(info$outside, "predicted particle"))
    } else "predicted particles lie beyond five times the region of the training points"
    network <- 1 %in% c(model$info$potential, model$info$interaction)
    tamer <- if (network) "a smaller network (hidden)" else "a lower polynomial_degree, a larger ridge, or a network"
    advise(sprintf(paste("%s: the farthest is %.3g times as far from its centre as any of these, and the energy is an",
                         "extrapolation there"), where, info$farthest),
           c("fewer or shorter steps", tamer), "beyond-the-region", "jko_extrapolation_warning")
  }
  if (info$unconverged > 0) {
    advise(sprintf(paste("%s of %s implicit steps (%s) did not converge; the largest residual is %.2e of the length",
                         "scale of the training points"), format(info$unconverged, big.mark = ","),
                   format(steps, big.mark = ","), share(info$unconverged / steps), info$max_residual),
           c("shorter steps (times =)", "scheme = \"explicit\", whose steps always have a solution"),
           "unconverged-steps", "jko_convergence_warning")
  }
}
