# How well populations at times nobody observed are found: each time is left out in turn.

jko_leave_one_time_out <- function(series, fit = NULL, method = c("auto", "straight", "flow"), times = NULL,
                                   max_particles = NULL, seed = 0) {
  owned(series, "jko_snapshots", "series")
  method <- one_of(method)
  if (length(series) < 3) {
    stop_with(sprintf("series has %s; three are needed to leave one out", plural(length(series), "snapshot")),
              "JKO_ESHAPE", "series")
  }
  if (!is.null(fit) && !is.function(fit)) {
    stop_with("fit must be a function from snapshots to a model, such as function(s) jko_fit(s)", argument = "fit")
  }
  number <- seed_of(seed)
  if (!is.null(max_particles)) whole(max_particles, "max_particles", 2)
  rows <- with_seed(number, lapply(left_out(series, times), function(k) {
    scores_of(series, k, fit, method, max_particles, number)
  }))
  structure(do.call(rbind, rows), class = c("jko_left_out", "data.frame"))
}

# R's own random numbers are as they were afterwards.
with_seed <- function(seed, value) {
  globals <- globalenv()
  old <- globals[[".Random.seed"]]
  on.exit(if (is.null(old)) rm(".Random.seed", envir = globals) else assign(".Random.seed", old, envir = globals))
  set.seed(seed %% .Machine$integer.max)
  value
}

# Which snapshots to leave out: all but the first and the last, or those at the times that are given.
left_out <- function(series, times) {
  inner <- seq_len(length(series) - 2) + 1
  if (is.null(times)) return(inner)
  known <- series$times
  times <- asked_times(times, "times", series$labels)
  if (!length(times)) stop_with("times is empty; NULL leaves out each inner time in turn", argument = "times")
  refuse_missing(is.na(times), "times")
  places <- vapply(times, function(time) which.min(abs(known - time)), 0L)
  odd <- which(!places %in% inner | abs(known[places] - times) > 1e-9 * diff(range(known)))
  if (length(odd)) {
    stop_with(sprintf("times[%d] = %g is not an observed time between the first and the last", odd[1], times[odd[1]]),
              argument = "times")
  }
  sort(unique(places))
}

# One row for each way of finding snapshot k without it.
scores_of <- function(series, k, fit, method, most, seed) {
  truth <- thinned(series[[k]], most)
  ways <- ways_of_finding(series, k, fit, method, seed)
  rows <- lapply(names(ways), function(way) {
    score <- if (way == "floor") floor_of(truth) else compared(thinned(ways[[way]], most), truth)
    data.frame(time = series$times[k], way = way, particles = nrow(truth$points), as.list(score))
  })
  do.call(rbind, rows)
}

ways_of_finding <- function(series, k, fit, method, seed) {
  others <- jko_without(series, k)
  before <- series[[k - 1]]
  time <- series$times[k]
  between <- function(...) jko_interpolate(others, time, ...)[[1]]
  straight <- between("straight")
  ways <- list(`nothing moves` = before, floor = NULL, straight = straight,
               interpolate = if (length(others) == 2 && method == "auto") straight else between(method, seed = seed))
  if (is.null(fit)) return(ways)
  model <- fit(others)
  owned(model, "jko_model", "what fit returns")
  moved <- predict(model, before$points, times = c(before$time, time))
  c(ways, list(predict = list(points = array(moved[, , 2], dim(moved)[1:2]), weights = before$weights),
               `model between` = between(model = model)))
}

# At most so many particles, each as likely as its weight.
thinned <- function(snapshot, most) {
  count <- nrow(snapshot$points)
  if (is.null(most) || is.null(count) || count <= most) return(snapshot)
  alike <- all(snapshot$weights == snapshot$weights[1])
  chosen <- if (alike) sample.int(count, most) else sample.int(count, most, replace = TRUE, prob = snapshot$weights)
  list(points = snapshot$points[chosen, , drop = FALSE], weights = rep(1 / most, most))
}

# Of two halves of a snapshot, one by the other.
floor_of <- function(truth) {
  places <- which(truth$weights > 0)
  if (length(places) < 4) return(c(w1 = NA_real_, w2 = NA_real_, energy_distance = NA_real_, variance_ratio = NA_real_))
  places <- sample(places)
  half <- length(places) %/% 2
  part <- function(chosen) list(points = truth$points[chosen, , drop = FALSE], weights = truth$weights[chosen])
  compared(part(places[seq_len(half)]), part(places[half + seq_len(half)]))
}

compared <- function(found, truth) {
  x <- unname(found$points)
  y <- unname(truth$points)
  a <- found$weights / sum(found$weights)
  b <- truth$weights / sum(truth$weights)
  c(w1 = jko_emd(x, y, a = a, b = b), w2 = jko_emd(x, y, 2, a = a, b = b),
    energy_distance = jko_energy_distance(x, y, a, b), variance_ratio = total_variance(x, a) / total_variance(y, b))
}

# The unbiased total variance; NaN for a single particle.
total_variance <- function(points, weights) {
  mean <- colSums(points * weights)
  sum(weights * rowSums(sweep(points, 2, mean)^2)) / sum(weights * (1 - weights))
}

print.jko_left_out <- function(x, digits = 3, ...) {
  frame <- as.data.frame(unclass(x))
  ways <- unique(frame$way)
  means <- t(vapply(ways, function(way) colMeans(frame[frame$way == way, 4:7]), numeric(4)))
  cat(sprintf("left out: %s; means over them\n", plural(length(unique(frame$time)), "time")))
  print(means, digits = digits)
  invisible(x)
}
