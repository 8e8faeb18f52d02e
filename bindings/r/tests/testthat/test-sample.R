test_that("draws have the moments of the density", {
  narrow <- function(x) list(value = 50 * x[, 1]^2 + x[, 2]^2 / 2, gradient = cbind(100 * x[, 1], x[, 2]))
  x0 <- cbind(a = c(-1, 1, 2, -2), b = c(3, -3, 1, -1))
  found <- jko_sample(x0, narrow, beta = 2, draws = 4000)
  expect_identical(dim(found$draws), c(4000L, 4L, 2L))
  draws <- as.matrix(found)
  expect_identical(draws[4001, ], found$draws[1, 2, ])
  # Variances are beta / curvature; four standard errors of each.
  variance <- 2 / c(100, 1)
  few <- found$effective_sizes
  expect_true(all(few > 1000))
  expect_true(all(abs(colMeans(draws)) < 4 * sqrt(variance / few)))
  expect_true(all(abs(apply(draws, 2, var) / variance - 1) < 0.15))
  expect_true(all(found$r_hats < 1.02))
  expect_identical(names(found$r_hats), c("a", "b"))
  expect_identical(jko_sample(x0, narrow, beta = 2, draws = 4000), found)
  expect_output(print(found), "4,000 draws of 4 chains in 2 coordinates")
  # One chain has no other to agree with.
  one <- x0[1, , drop = FALSE]
  expect_identical(jko_sample(one, narrow, step = 0.01, draws = 10, warmup = 0)$step, 0.01)
  expect_identical(jko_sample(one, narrow, step = 0.001, adjusted = FALSE, draws = 10)$acceptance, 1)
})

test_that("chains that do not agree are told, and mistakes are refused", {
  apart <- function(x) list(value = 50 * (x^2 - 1)^2, gradient = 200 * x * (x^2 - 1))
  expect_warning(jko_sample(c(-1, 1), apart, draws = 100, warmup = 50), "R-hat of coordinate 1 is ",
                 class = "jko_convergence_warning")
  expect_error(jko_sample(c(-1, 1), function(x) stop("mine")), "^mine$")
  infinite <- function(x) list(value = c(0, Inf), gradient = x)
  expect_message_of(jko_sample(c(-1, 1), infinite), "the potential at x0[2] is Inf, not a finite number")
  expect_message_of(jko_sample(c(-1, 1), NULL), "potential must be a name, a jko_model or a function, got NULL")
  expect_message_of(jko_sample(c(-1, 1), apart, draws = 0), "draws = 0 is outside 1 .. 100000000")
  expect_message_of(jko_sample(c(-1, 1), apart, adjusted = 2), "adjusted must be TRUE or FALSE, got 2")
})

test_that("densities are Gaussians, and their draws follow them", {
  covariance <- rbind(c(2, 0.5), c(0.5, 1))
  mixture <- jko_mixture(c(1, 3), rbind(c(0, 0), c(4, -1)), list(diag(2), covariance))
  expect_identical(mixture$weights, c(0.25, 0.75))
  # The library keeps the Cholesky factor, which rounds.
  expect_equal(mixture$covariances[, , 2], covariance, tolerance = 1e-15)
  x <- rbind(c(1, 2), c(3, 0))
  normal <- function(x, mean, covariance) {
    exp(-sum((x - mean) * solve(covariance, x - mean)) / 2) / (2 * pi * sqrt(det(covariance)))
  }
  exact <- apply(x, 1, function(x) log(0.25 * normal(x, c(0, 0), diag(2)) + 0.75 * normal(x, c(4, -1), covariance)))
  expect_equal(jko_log_density(mixture, x), exact, tolerance = 1e-13)
  h <- 1e-6
  rise <- jko_log_density(mixture, x + cbind(c(h, h), 0)) - jko_log_density(mixture, x - cbind(c(h, h), 0))
  expect_equal(jko_score(mixture, x)[, 1], rise / (2 * h), tolerance = 1e-7)
  draws <- simulate(mixture, 20000, seed = 1)
  expect_lt(max(abs(colMeans(draws) - c(3, -0.75))), 4 * 2.3 / sqrt(20000))
  fitted <- jko_density(draws, jko_gaussian_mixture(2))
  expect_lt(max(abs(sort(fitted$weights) - c(0.25, 0.75))), 0.03)
  expect_output(print(fitted), "Gaussian mixture: 2 components in 2 coordinates, BIC")
  set.seed(5)
  one <- simulate(mixture, 3)
  set.seed(5)
  expect_identical(simulate(mixture, 3), one)
  expect_error(jko_mixture(1, cbind(0, 0), diag(3)), "covariances must be an array 2 x 2 x 1, got 3 x 3", fixed = TRUE)
  expect_error(jko_density(draws, "mixture"), "kind must be a jko_gaussian_mixture() or", fixed = TRUE)
  expect_warning(jko_density(draws, jko_gaussian_mixture(3, max_iter = 2)), class = "jko_convergence_warning")
})
