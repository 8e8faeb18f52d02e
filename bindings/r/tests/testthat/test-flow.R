# V(x) = |x|^2 / 2, whose flow keeps Gaussians Gaussian: the variance v follows v' = 2 beta - 2 v.
well <- function(x) list(value = rowSums(x^2) / 2, gradient = x)

gaussian <- function(mean, variance) {
  d <- length(mean)
  jko_mixture(1, rbind(mean, deparse.level = 0), diag(variance, d))
}

# Two wells, which affine maps do not reach.
two_wells <- function(x) {
  list(value = (x[, 1]^2 - 1)^2 + x[, 2]^2 - x[, 1] / 4,
       gradient = cbind(4 * x[, 1] * (x[, 1]^2 - 1) - 0.25, 2 * x[, 2]))
}

bent <- function(...) jko_flow(gaussian(c(0, 1.2), 0.1), two_wells, beta = 0.3, step = 0.1, steps = 3, bumps = 10,
                               particles = 500, ...)

at <- rbind(c(-0.5, 1), c(0.4, 0.7), c(0.1, 1.3))

test_that("a Gaussian in a quadratic well has the density that is known", {
  flow <- jko_flow(gaussian(c(1, -2), 0.25), well, beta = 0.5, step = 0.05, steps = 10, scheme = "sdirk2",
                   components = 0)
  expect_identical(flow$times[c(1, 11)], c(0, 0.5))
  expect_identical(time(flow), flow$times)
  mean <- c(1, -2) * exp(-0.5)
  variance <- 0.5 + (0.25 - 0.5) * exp(-1)
  exact <- -colSums((t(at) - mean)^2) / (2 * variance) - log(2 * pi * variance)
  # The scheme is of second order: the error of one tenth of the curvature's time, squared, over ten steps.
  expect_lt(max(abs(jko_log_density(flow, at) - exact)), 5e-3)
  expect_lt(max(abs(jko_score(flow, at) + sweep(at, 2, mean) / variance)), 5e-3)
  # Four standard errors of a mean and of a variance.
  x <- simulate(flow, 20000, seed = 3)
  expect_lt(max(abs(colMeans(x) - mean)), 4 * sqrt(variance / 20000) + 2e-3)
  expect_lt(max(abs(apply(x, 2, var) - variance)), 4 * variance * sqrt(2 / 20000) + 2e-3)
  expect_equal(jko_log_density(flow, at, step = 0), -colSums((t(at) - c(1, -2))^2) / 0.5 - log(2 * pi * 0.25),
               tolerance = 1e-12)
})

test_that("schemes, networks and the porous medium are those of their names", {
  exact <- 0.5 + (0.25 - 0.5) * exp(-1)
  missed <- function(...) {
    flow <- jko_flow(gaussian(0, 0.25), well, beta = 0.5, step = 0.1, steps = 5, components = 0, particles = 400, ...)
    # A Gaussian at its mean has the density (2 pi variance)^(-1/2).
    abs(exp(-2 * jko_log_density(flow, 0)) / (2 * pi) - exact)
  }
  first <- missed()
  second <- vapply(c("sdirk2", "bdf2", "midpoint"), function(scheme) missed(scheme = scheme), 0)
  expect_true(all(second < first / 3))
  expect_length(unique(second), 3)
  small <- list(gaussian(c(1, 0), 0.25), well, beta = 0.5, steps = 2, particles = 400)
  trained <- do.call(jko_flow, c(small, method = "network", hidden = 8, rank = 1, iterations = 60, batch_size = 128))
  expect_true(all(diff(trained$energies) < 0))
  expect_false(identical(trained$energies, do.call(jko_flow, c(small, components = 0))$energies))
  # The internal energy beta int rho^2 of a Gaussian with this variance in two coordinates is beta / (4 pi variance).
  porous <- do.call(jko_flow, c(small, exponent = 2, components = 0))
  expect_equal(porous$energies[1], 0.5 * (1 + 2 * 0.25) + 0.5 / (4 * pi * 0.25), tolerance = 0.05)
})

test_that("maps are undone, and change of volume is change of density", {
  flow <- bent()
  expect_true(all(diff(flow$energies) < 0))
  back <- jko_flow_inverse(flow, at)
  expect_equal(predict(flow, back), at, tolerance = 1e-9)
  expect_equal(predict(flow, predict(flow, back, last = 1), first = 1), at, tolerance = 1e-9)
  expect_equal(jko_flow_log_determinant(flow, back), jko_log_density(flow, back, step = 0) - jko_log_density(flow, at),
               tolerance = 1e-8)
  h <- 1e-5
  rise <- jko_log_density(flow, at + h * cbind(rep(1, 3), 0)) - jko_log_density(flow, at - h * cbind(rep(1, 3), 0))
  expect_equal(jko_score(flow, at)[, 1], rise / (2 * h), tolerance = 1e-6)
  # The rule's error, and that of the box that holds the population.
  expect_equal(jko_flow_mass(flow), 1, tolerance = 1e-2)
})

test_that("V and U are named, learned or given, of points or of points and time", {
  flow <- function(...) jko_flow(gaussian(c(1, 1), 1), ..., steps = 2, components = 0, particles = 400)$energies
  named <- flow("styblinski_tang")
  given <- function(x) {
    list(value = jko_functional("styblinski_tang", x), gradient = jko_functional_gradient("styblinski_tang", x))
  }
  expect_equal(flow(given), named, tolerance = 1e-9)
  model <- jko_fit(bowl(), potential = quadratic(), report = FALSE)
  learned <- function(x) list(value = jko_potential(model, x), gradient = jko_potential_gradient(model, x))
  expect_equal(flow(model), flow(learned), tolerance = 1e-9)
  times <- numeric()
  timed <- function(x, t) {
    times <<- union(times, t)
    list(value = t * rowSums(x^2), gradient = 2 * t * x)
  }
  flow(timed, t0 = 3, step = 0.5)
  expect_true(all(times >= 3 & times <= 4))
  expect_gt(max(times), 3)
  # U(z) = |z|^2 / 2 is a well around the mean, which stays where it is.
  pulled <- jko_flow(gaussian(c(1, 1), 1), interaction = well, beta = 0.1, steps = 4, components = 0, particles = 400)
  expect_lt(max(abs(colMeans(simulate(pulled, 20000, seed = 1)) - 1)), 0.1)
  expect_lt(var(simulate(pulled, 20000, seed = 1)[, 1]), 0.9)
})

test_that("flows start from particles, mixtures, kernels and densities of the user", {
  x0 <- cbind(a = sin(1:200) + 2 * cos(3 * (1:200)), b = cos(7 * (1:200)))
  flow <- jko_flow(x0, steps = 2, components = 0, particles = 200)
  same <- jko_flow(jko_density(x0), steps = 2, components = 0, particles = 200)
  expect_identical(flow$energies, same$energies)
  expect_identical(colnames(simulate(flow, 2, seed = 1)), c("a", "b"))
  expect_error(predict(flow, cbind(b = 1, a = 2)), "the flow has \"a\", \"b\", in this order", fixed = TRUE)
  kernel <- jko_flow(jko_density(x0, jko_kernel_density()), steps = 1, components = 0, particles = 200)
  expect_lt(kernel$energies[2], kernel$energies[1])
  normal <- function(x) -rowSums(x^2) / 2 - ncol(x) / 2 * log(2 * pi)
  points <- simulate(gaussian(c(0, 0), 1), 500, seed = 2)
  run <- function(log_density) {
    jko_flow(points, well, beta = 0.5, steps = 2, components = 0, particles = 100, log_density = log_density)
  }
  given <- run(normal)
  expect_equal(jko_log_density(given, at, step = 0), normal(at))
  expect_equal(jko_score(given, at, step = 0), -at, tolerance = 1e-8)
  with_gradient <- run(function(x) list(value = normal(x), gradient = -x))
  expect_equal(jko_log_density(with_gradient, at), jko_log_density(given, at), tolerance = 1e-7)
  # The library asks the function as long as the flow lives.
  rm(normal)
  invisible(gc())
  expect_length(jko_log_density(given, at), 3)
  expect_identical(nrow(unique(rbind(points, simulate(given, 500, seed = 1, step = 0)))), 500L)
  expect_error(jko_save(given, tempfile()), "object has a log_density")
  expect_error(run(function(x) stop("mine")), "^mine$")
  expect_error(run(5), "log_density must be a function, got 5")
})

test_that("functions of the user fail in one line, or as they please", {
  run <- function(v) jko_flow(gaussian(c(0, 0), 1), v, steps = 1, components = 0, particles = 100)
  expect_error(run(function(x) stop("mine")), "^mine$")
  expect_identical(withRestarts(run(function(x) invokeRestart("away", 5)), away = identity), 5)
  expect_message_of(run(function(x) 5), "potential must return list(value = , gradient = ), got 5")
  expect_error(run(function(x) list(value = 1, gradient = x)), "potential returned 1; the value must be a vector")
  expect_error(run(function(x) list(value = x[, 1], gradient = t(x))), "potential returned a matrix 2 x ")
  expect_error(run(function(x) list(value = NaN * x[, 1], gradient = x)), "potential has given NaN for point 1 ",
               class = "jko_error")
  expect_error(run(5), "potential must be a name, a jko_model, a function from points to values and gradients or NULL")
  nested <- run(function(x) {
    run(well)
    well(x)
  })
  expect_identical(nested$energies, run(well)$energies)
})

test_that("mistakes are refused in one line that names them", {
  start <- gaussian(c(0, 0), 1)
  expect_message_of(jko_flow(start, bump = 3), "bump is not an argument of jko_flow()")
  expect_message_of(jko_flow(start, beta = -1), "beta = -1 is not a positive number")
  expect_message_of(jko_flow(start, exponent = 0.5), "exponent = 0.5 is not a number of at least 1")
  expect_message_of(jko_flow(start, hidden = c(8, 0)), "hidden[2] = 0 is not between 1 and 4096")
  expect_message_of(jko_flow(start, scheme = "euler"), paste("scheme = \"euler\" is not known; it must be \"jko\" or",
                                                             "\"sdirk2\" or \"bdf2\" or \"midpoint\""))
  expect_message_of(jko_flow(start, resume = TRUE), "resume = TRUE has no effect: checkpoint is NULL")
  expect_message_of(jko_flow(cbind(1:3, NA)), "x0[1, 2] = NA is not finite; remove or fill in NA, NaN and Inf")
  flow <- bent()
  expect_message_of(jko_log_density(flow, at, step = 4), "step = 4 is outside 0 .. 3")
  expect_message_of(predict(flow, at, first = 2, last = 1), "first = 2 is after last = 1")
  expect_message_of(jko_score(flow, at[, 1, drop = FALSE]), "x has 1 column; the flow has 2 coordinates")
  expect_message_of(jko_flow_inverse(flow, c(1, 2)),
                    "x is a vector; the flow has 2 coordinates. One point is a matrix with one row")
  expect_error(jko_log_density(flow, rbind(c(0, 1), c(1e5, -1e6))), "x\\[2\\]", class = "jko_convergence_error")
  followed <- jko_flow(start, well, method = "particles", steps = 1, particles = 200)
  expect_error(predict(followed, at), "has densities and no maps", class = "jko_input_error")
})

test_that("flows are files, checkpoints and R objects, bit for bit", {
  flow <- bent()
  folder <- new_folder()
  path <- file.path(folder, "flow.safetensors")
  jko_save(flow, path)
  again <- jko_load_flow(path)
  expect_identical(simulate(again, 5, seed = 2), simulate(flow, 5, seed = 2))
  expect_identical(again$energies, flow$energies)
  expect_output(print(again), "Flow: 3 steps in 2 coordinates from time 0 to 0.3")
  writeLines("no flow", path)
  expect_error(jko_load_flow(path), class = "jko_format_error")
  expect_error(jko_load_flow(file.path(folder, "none")), class = "jko_file_error")
  file <- file.path(folder, "objects.rds")
  densities <- list(gaussian(c(1, 2), 3), jko_density(at %*% diag(2), jko_kernel_density()))
  saveRDS(list(flow, densities), file)
  read <- readRDS(file)
  expect_identical(jko_log_density(read[[1]], at), jko_log_density(flow, at))
  for (i in 1:2) expect_identical(jko_score(read[[2]][[i]], at), jko_score(densities[[i]], at))
  kept <- file.path(folder, "checkpoint.safetensors")
  stopped <- 0
  fails <- function(x) {
    stopped <<- stopped + 1
    if (file.exists(kept)) stop("cut off")
    two_wells(x)
  }
  run <- function(v, ...) {
    jko_flow(gaussian(c(0, 1.2), 0.1), v, beta = 0.3, step = 0.1, steps = 3, bumps = 10, particles = 500,
             checkpoint = kept, ...)
  }
  expect_error(run(fails), "^cut off$")
  expect_error(run(two_wells), "exists; resume from it", class = "jko_input_error")
  expect_identical(run(two_wells, resume = TRUE)$energies, flow$energies)
})

test_that("interrupts and time limits stop a flow", {
  skip_on_os("windows")
  run <- function(v) jko_flow(gaussian(c(0, 1.2), 0.1), v, beta = 0.3, step = 0.001, steps = 1e5, bumps = 50)
  interrupting <- function(x) {
    tools::pskill(Sys.getpid(), tools::SIGINT)
    Sys.sleep(5)
    two_wells(x)
  }
  expect_identical(tryCatch(run(interrupting), interrupt = function(stopped) "stopped"), "stopped")
  limited <- function(code) {
    setTimeLimit(elapsed = 0.5, transient = TRUE)
    on.exit(setTimeLimit())
    tryCatch(code, error = conditionMessage)
  }
  expect_match(limited(run("wavy_plateau")), "^reached elapsed time limit")
  expect_match(limited(jko_sample(at, "wavy_plateau", draws = 1e7)), "^reached elapsed time limit")
})
