# Run the calls of a conformance table through the R package, and write the table with the results.
#
# Usage: Rscript runner.R TABLE >RESULTS
#
# Snapshots and row numbers count from 0 in the table.
suppressPackageStartupMessages(library(jkonetstar))

# Fits of this little warn, as they should.
options(warn = -1)

series <- NULL
model <- NULL

snapshot <- function(k) series[[as.numeric(k) + 1]]

# Points one after another, as rows lie in C.
by_row <- function(points) as.vector(t(points))

# A course of shape (n, d, times) in the same way: one population after another.
by_time <- function(course) as.vector(aperm(course, c(2, 1, 3)))

all_of <- function(some, part) unlist(lapply(seq_along(some$times), function(k) part(some[[k]])))
all_rows <- function(some) all_of(some, function(snapshot) snapshot$rows - 1)

# Call a function of two populations and their masses.
between <- function(call, from, to, ...) {
  x <- snapshot(from)
  y <- snapshot(to)
  call(x$points, y$points, a = x$weights, b = y$weights, ...)
}

# Each call takes the words of its line, and returns its results in the order of the table.
calls <- list()

calls$load <- function(name, weights = NULL) {
  series <<- jko_snapshots(name, times = "time", weights = weights)
  list(points = all_of(series, function(snapshot) by_row(snapshot$points)),
       weights = all_of(series, function(snapshot) snapshot$weights))
}

calls$emd <- function(from, to, order) list(value = between(jko_emd, from, to, order = as.numeric(order)))

calls$energy_distance <- function(from, to) list(value = between(jko_energy_distance, from, to))

calls$divergence <- function(from, to, epsilon) {
  list(value = between(jko_sinkhorn_divergence, from, to, epsilon = as.numeric(epsilon)))
}

calls$plan <- function(from, to, epsilon) {
  exact <- as.numeric(epsilon) == 0
  plan <- if (exact) between(jko_plan, from, to) else {
    between(jko_plan, from, to, method = "sinkhorn", epsilon = as.numeric(epsilon))
  }
  c(list(cost = plan$cost, duals = c(plan$dual_x, plan$dual_y), masses = c(plan$mass_x, plan$mass_y),
         barycentres = by_row(plan$barycentres_x)),
    if (exact) list(pairs = c(plan$pairs$x, plan$pairs$y) - 1, mass = plan$pairs$mass))
}

calls$shuffle <- function(seed) list(rows = all_rows(jko_shuffle(series, as.numeric(seed))))

divided <- function(fraction, seed) jko_split(series, as.numeric(fraction), by = "times", seed = as.numeric(seed))

calls$split <- function(fraction, seed) lapply(divided(fraction, seed), all_rows)[c("train", "test")]

calls$functional <- function(name) {
  x <- snapshot(0)$points
  list(values = jko_functional(name, x), gradient = by_row(jko_functional_gradient(name, x)))
}

calls$simulate <- function(potential, beta, dt, steps, seed) {
  list(paths = by_time(jko_simulate(snapshot(0)$points, potential, beta = as.numeric(beta), dt = as.numeric(dt),
                                    steps = as.numeric(steps), seed = as.numeric(seed))))
}

# By the gradient of V(x, y) = 2 x y.
calls$simulate_function <- function(dt, steps) {
  list(paths = by_time(jko_simulate(snapshot(0)$points, function(x) 2 * x[, 2:1], dt = as.numeric(dt),
                                    steps = as.numeric(steps))))
}

calls$interpolate <- function(time, seed) {
  found <- jko_interpolate(series, as.numeric(time), seed = as.numeric(seed))[[1]]
  list(points = by_row(found$points), weights = found$weights)
}

calls$grow <- function(last, time, seed) {
  masses <- seq(1, as.numeric(last), length.out = length(series))
  growth <- jko_growth(series, total_mass = masses, seed = as.numeric(seed))
  list(rates = predict(growth, snapshot(0)$points, t = as.numeric(time)))
}

calls$fit <- function(terms, size, epochs, seed) {
  size <- as.numeric(size)
  energy <- switch(
    terms,
    network = list(hidden = c(size, size), epochs = as.numeric(epochs), batch_size = 8),
    radial = list(potential = jko_linear(radial = jko_radial(grid = size))),
    beta = list(potential = NULL, internal = jko_gaussian_mixture(1)),
    list(potential = jko_linear(size, polynomial_total = TRUE, radial = NULL), internal = terms == "linear+beta")
  )
  model <<- do.call(jko_fit, c(list(series), energy, time_varying = FALSE, seed = as.numeric(seed), report = FALSE))
  list(history = jko_history(model))
}

calls$read <- function(name) {
  model <<- jko_load(name)
  list()
}

calls$energy <- function() {
  x <- snapshot(0)
  # 1 is a network.
  found <- c(if (model$info$potential != 1) list(coefficients = coef(model)),
             if (model$info$internal) list(beta = jko_beta(model)),
             list(energy = jko_energy(model, x$points, x$weights)))
  if (model$info$potential == 0) return(found)
  c(found, list(potential = jko_potential(model, x$points),
                gradient = by_row(jko_potential_gradient(model, x$points))))
}

calls$predict <- function(steps, seed) {
  own <- if (seed == "own") NULL else as.numeric(seed)
  list(paths = by_time(predict(model, snapshot(0)$points, steps = as.numeric(steps), seed = own)))
}

calls$evaluate <- function() jko_evaluate(model, series)[c("one_step", "energy_distance", "variance_ratio")]

calls$floor <- function(fraction, seed) {
  parts <- divided(fraction, seed)
  jko_evaluate(model, parts$test, train = parts$train)[c("one_step", "floor", "floor_energy_distance")]
}

calls$refuse <- function() {
  list(status = tryCatch(jko_potential(model, cbind(0, 0, 0)), jko_error = function(error) error$status))
}

calls$save <- function(name) {
  jko_save(model, name)
  list()
}

# The bits of doubles, the most significant digit first; a status is a word.
written <- function(values) {
  if (is.character(values)) return(values)
  bytes <- matrix(as.character(writeBin(as.double(values), raw(), endian = "big")), nrow = 8)
  apply(bytes, 2, paste, collapse = "")
}

for (line in readLines(commandArgs(trailingOnly = TRUE)[1])) {
  if (!nzchar(line) || substr(line, 1, 1) %in% c("#", " ")) next
  cat(line, "\n", sep = "")
  words <- strsplit(line, " ")[[1]]
  found <- do.call(calls[[words[1]]], as.list(words[-1]))
  for (name in names(found)) cat("  ", name, " ", paste(written(found[[name]]), collapse = " "), "\n", sep = "")
}
