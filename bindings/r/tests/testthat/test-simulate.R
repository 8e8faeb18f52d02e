test_that("simulation follows names, functions and models", {
  x0 <- rbind(c(1, 2), c(-1, 0.5))
  steps <- jko_simulate(x0, function(x) x, dt = 0.5, steps = 2)
  expect_identical(steps[, , 3], 0.25 * x0)
  # Rows and columns are not mixed up between R's layout and that of the library.
  swapped <- jko_simulate(x0, function(x) x[, 2:1], dt = 1, steps = 1)[, , 2]
  expect_identical(swapped, x0 - x0[, 2:1])
  named <- jko_simulate(x0, "styblinski_tang", steps = 1)[, , 2]
  expect_equal(named, x0 - 0.01 * jko_functional_gradient("styblinski_tang", x0), tolerance = 1e-14)
  model <- jko_fit(bowl(), potential = quadratic(), report = FALSE)
  expect_equal(jko_simulate(x0, model, steps = 1)[, , 2], x0 - 0.01 * unname(jko_potential_gradient(model, x0)),
               tolerance = 1e-14)
  pull <- jko_simulate(x0, interaction = function(z) z, dt = 0.1, steps = 1)[, , 2]
  expect_equal(pull, x0 - 0.1 * sweep(x0, 2, colMeans(x0)))
})

test_that("functions of the user may raise, jump away and call the library", {
  x0 <- cbind(1, 2)
  expect_error(jko_simulate(x0, function(x) stop("mine")), "^mine$")
  expect_identical(withRestarts(jko_simulate(x0, function(x) invokeRestart("away", 5)), away = identity), 5)
  nested <- jko_simulate(x0, function(x) jko_simulate(x, function(y) y, steps = 1)[, , 2], steps = 1)
  expect_equal(nested[, , 2], c(1, 2) - 0.01 * 0.99 * c(1, 2))
  inner <- function(x) jko_simulate(x, function(y) stop("inner"))
  expect_error(jko_simulate(x0, inner), "^inner$")
  expect_error(jko_simulate(x0, function(x) 1), "the gradient must be a matrix 1 x 2", fixed = TRUE)
  expect_equal(jko_simulate(x0, function(x) x, steps = 1)[, , 2], 0.99 * c(1, 2))
})

test_that("gradients have the shape of the points", {
  x0 <- matrix(1:10 / 10, 5)
  said <- function(returned) sprintf("potential returned %s; the gradient must be a matrix 5 x 2", returned)
  expect_message_of(jko_simulate(x0, function(x) t(x)), said("a matrix 2 x 5"))
  expect_message_of(jko_simulate(x0, function(x) 1:10), said("a vector of length 10"))
  expect_message_of(jko_simulate(x0, function(x) "a"), said("\"a\""))
  expect_message_of(jko_simulate(x0, interaction = function(z) t(z)),
                    "interaction returned a matrix 2 x 5; the gradient must be a matrix 5 x 2")
  expect_message_of(jko_simulate(x0, function(x) replace(x, 7, NaN)),
                    "potential returned NaN for particle 2; the gradient must be finite")
  expect_equal(jko_simulate(1:3, function(x) x[, 1], dt = 0.5, steps = 1)[, 1, 2], 1:3 / 2)
})

test_that("functionals have values and gradients", {
  expect_length(jko_functionals(), 15)
  x <- cbind(0.3, -0.7)
  h <- 1e-6
  value <- function(x) jko_functional("wavy_plateau", x)
  difference <- (value(x + cbind(h, 0)) - value(x - cbind(h, 0))) / (2 * h)
  # Central differences: the error is about h^2 and the rounding eps / h.
  expect_equal(jko_functional_gradient("wavy_plateau", x)[1], difference, tolerance = 1e-7)
  expect_error(jko_functional("foo", x), "name = \"foo\" is not one of", fixed = TRUE)
})
