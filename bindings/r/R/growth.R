# How fast particles multiply or die, at a place and a time.

jko_growth <- function(x, ...) UseMethod("jko_growth")

jko_growth.jko_model <- function(x, ...) {
  no_more(..., where = "jko_growth() of a model")
  owned(x, "jko_model", "x")
  if (!x$info$growth) stop_with("x has no growth; jko_fit(growth = ) gives a model growth", argument = "x")
  growth <- adopt_growth(answer(.Call(C_model_growth, owned(x, "jko_model", "x"))))
  growth["coordinates"] <- list(x$coordinates)
  growth["labels"] <- list(x$series$labels)
  growth$times <- x$times
  growth
}

jko_growth.default <- function(x, times = NULL, ..., total_mass = NULL, prior = NULL, relaxation = 2, ridge = 1e-3,
                               rounds = 2, bootstrap = 0, length_scale = 2, time_scale = 3, max_particles = 1000,
                               seed = 0) {
  options <- list(
    relaxation = one_number(relaxation, "relaxation"), ridge = positive(ridge, "ridge"),
    rounds = whole(rounds, "rounds", 1, 100), bootstrap = whole(bootstrap, "bootstrap", 0, 10000),
    length_scale = positive(length_scale, "length_scale"), time_scale = positive(time_scale, "time_scale"),
    particles = whole(max_particles, "max_particles", 2, 1e6), seed = seed_of(seed)
  )
  series <- as_series(x, times, ...)
  if (length(series) < 2) {
    stop_with(sprintf("x has %s; growth needs two or more", plural(length(series), "snapshot")), "JKO_ESHAPE", "x")
  }
  pooled <- !inherits(x, "jko_snapshots")
  growth <- adopt_growth(answer(.Call(C_growth_fit, series$handle, options, total_mass_of(total_mass, series),
                                      prior_of(prior, series, pooled))))
  growth["coordinates"] <- list(series$coordinates)
  growth["labels"] <- list(series$labels)
  growth$times <- series$times
  growth
}

jko_growth.formula <- function(formula, data = NULL, ..., weights = NULL, time_map = NULL, time_tolerance = NULL) {
  series <- from_formula(formula, data, substitute(weights), time_map, time_tolerance)
  jko_growth.default(series, ...)
}

adopt_growth <- function(handle) {
  said <- .Call(C_growth_describe, handle)
  keep_bytes(handle, C_growth_save)
  structure(class = "jko_growth",
            list(handle = handle, dimension = said[1], members = said[2], coordinates = NULL, labels = NULL,
                 times = NULL))
}

# The masses of all snapshots: numbers in the order of time, numbers with times as names, or "sizes".
total_mass_of <- function(masses, series) {
  if (is.null(masses)) return(NULL)
  if (identical(masses, "sizes")) return(as.double(series$sizes))
  numbers <- vector_of(masses, "total_mass")
  if (is.null(names(masses))) return(numbers)
  given <- suppressWarnings(as.numeric(names(masses)))
  if (anyNA(given)) given <- asked_times(names(masses), "names(total_mass)", series$labels)
  by_time <- match(series$times, given)
  if (anyNA(by_time) || length(numbers) != length(series)) {
    stop_with(sprintf("total_mass has the times %s; the snapshots have %s",
                      paste(utils_head(names(masses), 6), collapse = ", "),
                      paste(utils_head(format(series$times), 6), collapse = ", ")), argument = "total_mass")
  }
  as.double(numbers[by_time])
}

# One rate for each row of x, in the order of the snapshots.
prior_of <- function(prior, series, pooled) {
  if (is.null(prior)) return(NULL)
  rates <- vector_of(prior, "prior")
  if (length(rates) != sum(series$sizes)) {
    stop_with(sprintf("prior has %s for %s", plural(length(rates), "element"), plural(sum(series$sizes), "particle")),
              "JKO_ESHAPE", "prior")
  }
  if (!pooled) return(rates)
  rows <- unlist(lapply(seq_len(length(series)), function(k) series[[k]]$rows))
  if (anyDuplicated(rows)) stop_with("prior belongs to pooled rows; pass pooled x, or snapshots and the prior by time")
  rates[rows]
}

# The growth that a fit was given, or, for TRUE, that of its snapshots.
growth_of <- function(growth, series) {
  if (is.null(growth) || identical(growth, FALSE)) return(NULL)
  if (identical(growth, TRUE)) return(jko_growth(series))
  owned(growth, "jko_growth", "growth")
  refuse_other_coordinates(growth, series, "x")
  growth
}

predict.jko_growth <- function(object, newdata, t, ..., se.fit = FALSE) {
  no_more(..., where = "predict() of a jko_growth")
  handle <- owned(object, "jko_growth", "object")
  points <- points_of(object, newdata, "newdata")
  moment <- asked_time(t, "t", object$labels)
  said <- c(points = "newdata", time = "t")
  advise_on_growth(object, moment)
  rates <- answer(.Call(C_growth_rates, handle, points, moment, FALSE), said)
  if (!flag(se.fit, "se.fit")) return(rates)
  list(fit = rates, se.fit = answer(.Call(C_growth_rates, handle, points, moment, TRUE), said))
}

# Warn of a time that is further from the observed ones than these are from each other.
advise_on_growth <- function(growth, moment) {
  if (is.null(growth$times) || !is.finite(moment)) return(invisible())
  ends <- range(growth$times)
  longest <- max(diff(growth$times))
  beyond <- max(ends[1] - moment, moment - ends[2])
  if (beyond > longest * (1 + 1e-9)) {
    advise(sprintf(paste("time %.6g lies outside the observed times, %.6g to %.6g, by %.3g, %.3g times the longest",
                         "gap, and rates are an extrapolation there"), moment, ends[1], ends[2], beyond,
                   beyond / longest),
           c("times nearer to the observed ones", "se.fit = TRUE after a fit with bootstrap ="), "outside-fitted-times",
           "jko_extrapolation_warning")
  }
}

# The total mass at each observed time, which files do not hold.
summary.jko_growth <- function(object, ...) {
  owned(object, "jko_growth", "object")
  if (is.null(object$times)) {
    stop_with("object is growth from a file, which does not hold the observed times; see jko_total_mass()")
  }
  data.frame(time = object$times, total_mass = jko_total_mass(object, object$times))
}

# Masses of particles along paths (n, d, times), such as predict() returns: a matrix (n, times).
jko_masses <- function(growth, paths, times, masses = NULL) {
  handle <- owned(growth, "jko_growth", "growth")
  moments <- asked_times(times, "times", growth$labels)
  if (!is.numeric(paths) || length(dim(paths)) != 3 || dim(paths)[3] != length(moments)) {
    stop_with(sprintf("paths must be an array (particles, coordinates, %d times)", length(moments)), "JKO_ESHAPE",
              "paths")
  }
  stacked <- matrix(as.double(aperm(paths, c(1, 3, 2))), ncol = dim(paths)[2])
  found <- answer(.Call(C_growth_masses, handle, stacked, moments, masses_of(masses, "masses")))
  matrix(found, ncol = length(moments), dimnames = list(dimnames(paths)[[1]], dimnames(paths)[[3]]))
}

jko_total_mass <- function(growth, times) {
  handle <- owned(growth, "jko_growth", "growth")
  answer(.Call(C_growth_total_mass, handle, asked_times(times, "times", growth$labels)))
}

print.jko_growth <- function(x, ...) {
  owned(x, "jko_growth", "x")
  bars <- if (x$members > 0) sprintf(", standard errors from %d fits", as.integer(x$members)) else ""
  cat(sprintf("Growth rates in %s%s\n", plural(x$dimension, "coordinate"), bars))
  invisible(x)
}
