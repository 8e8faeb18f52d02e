test_that("rollouts are arrays with the names of what they were given", {
  model <- jko_fit(. ~ day, plateau_cells(), potential = quadratic())
  start <- matrix(c(0.5, 1, -1, 2), 2, dimnames = list(c("p", "q"), c("x", "y")))
  course <- predict(model, start, steps = 2)
  expect_identical(dim(course), c(2L, 2L, 3L))
  expect_identical(dimnames(course), list(c("p", "q"), c("x", "y"), c("0", "1", "2")))
  expect_identical(course[, , 1], start)
  # Explicit steps of length 1, one after the other.
  step <- start - jko_potential_gradient(model, start)
  expect_equal(course[, , 2], step, tolerance = 1e-12)
  expect_equal(course[, , 3], step - jko_potential_gradient(model, step), tolerance = 1e-12)
  expect_identical(predict(model, as.data.frame(start), steps = 2), course)
  expect_identical(dim(predict(model)), c(60L, 2L, 4L))
  expect_error(predict(model, start[, 2:1]), "was fitted to \"x\", \"y\"")
  expect_error(predict(model, c(1, 2)), "One point is a matrix with one row")
})

test_that("predictions far from the data are warned of", {
  model <- jko_fit(. ~ day, plateau_cells(), potential = quadratic())
  expect_warning(predict(model, cbind(0, 0), times = c(0, 9)), "far-steps", class = "jko_extrapolation_warning")
  expect_warning(predict(model, cbind(0, 0), times = c(3, 4, 5)), "outside-fitted-times")
  expect_warning(predict(model, cbind(500, 0)), "beyond-the-region")
})

test_that("networks with a bootstrap have errors of predictions", {
  model <- jko_fit(bowl(), hidden = 4, epochs = 4, error_bars = jko_bootstrap(2), report = FALSE)
  found <- predict(model, cbind(0.5, 0.5), se.fit = TRUE)
  expect_identical(dim(found$se.fit), dim(found$fit))
  expect_true(all(found$se.fit[, , 2] > 0))
})

test_that("noise is that of the seed", {
  x0 <- cbind(qnorm(ppoints(60)))
  series <- jko_snapshots(list(x0, 1.1 * x0, 1.2 * x0), times = c(0, 1, 2))
  model <- suppressWarnings(jko_fit(series, potential = NULL, internal = TRUE, report = FALSE))
  expect_gt(jko_beta(model), 0)
  expect_identical(predict(model), predict(model))
  expect_false(identical(predict(model, seed = 1), predict(model, seed = 2)))
  quiet <- predict(model, noise = "none")
  expect_identical(quiet[, , 1], quiet[, , 2])
})

test_that("implicit models take implicit steps", {
  model <- jko_fit(bowl(), potential = quadratic(), scheme = "implicit", report = FALSE)
  y <- predict(model, cbind(1, 1), tolerance = 1e-12)[, , 2]
  back <- y + 0.1 * jko_potential_gradient(model, matrix(y, 1))
  expect_equal(as.vector(back), c(1, 1), tolerance = 1e-9)
  explicit <- jko_fit(bowl(), potential = quadratic(), report = FALSE)
  expect_error(predict(explicit, cbind(1, 1), tolerance = 1e-9), "is for implicit steps")
})

test_that("evaluations have one row for each step", {
  series <- jko_snapshots(. ~ day, plateau_cells())
  parts <- jko_split(series, 0.5)
  model <- jko_fit(parts$train, potential = "linear", report = FALSE)
  found <- jko_evaluate(model, parts$test, train = parts$train)
  expect_s3_class(found, "data.frame")
  expect_identical(nrow(found), 3L)
  moved <- predict(model, parts$test[[1]]$points, times = c(0, 1))[, , 2]
  expect_equal(found$one_step[1], jko_emd(moved, parts$test[[2]]$points), tolerance = 1e-12)
  expect_equal(found$nothing_moves[1], jko_emd(parts$test[[1]]$points, parts$test[[2]]$points), tolerance = 1e-12)
  expect_true(all(found$floor > 0))
  expect_null(jko_evaluate(model, series)$floor)
  expect_output(print(found), "nothing_moves")
  expect_error(jko_evaluate(model, bowl()), "coordinates \"a\", \"b\"")
})

test_that("energies are means of V", {
  model <- jko_fit(bowl(), potential = quadratic(), report = FALSE)
  at <- rbind(c(1, 0), c(0, 2))
  expect_equal(jko_energy(model, at), mean(jko_potential(model, at)))
  expect_equal(jko_energy(model, at, weights = c(3, 1)), weighted.mean(jko_potential(model, at), c(3, 1)))
})
