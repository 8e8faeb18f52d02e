test_that("a quadratic potential is found exactly", {
  model <- jko_fit(bowl(), potential = quadratic(), training = jko_closed_form(ridge = 1e-9))
  at <- rbind(c(1, -0.5), c(0.2, 0.3))
  # One explicit step is what the fit inverts; only the ridge is in the way.
  expect_equal(unname(jko_potential_gradient(model, at)), at, tolerance = 1e-6)
  expect_equal(diff(jko_potential(model, at)), diff(rowSums(at^2) / 2), tolerance = 1e-6)
  expect_equal(unname(predict(model, at, t0 = 0)[, , 2]), 0.9 * at, tolerance = 1e-6)
  expect_length(coef(model), model$info$parameter_count)
})

test_that("the same seed gives the same bits, and another one others", {
  series <- jko_snapshots(. ~ day, plateau_cells())
  fit <- function(seed) jko_potential(jko_fit(series, epochs = 5, seed = seed, report = FALSE, hidden = 8), cbind(1, 1))
  expect_identical(fit(1), fit(1))
  expect_false(identical(fit(1), fit(2)))
  set.seed(7)
  first <- fit(NULL)
  set.seed(7)
  expect_identical(fit(NULL), first)
})

test_that("verbose and rollout_weight are checked where R sees them", {
  expect_message_of(jko_fit(bowl(), rollout_weight = -1), "rollout_weight = -1 is not a number of at least 0")
  expect_message_of(jko_fit(bowl(), verbose = "yes"), "verbose must be a number, got \"yes\"")
  said <- capture.output(jko_fit(bowl(), potential = quadratic(), verbose = TRUE), type = "message")
  expect_gt(length(said), 0)
})

test_that("threads do not change results", {
  before <- jko_threads(1)
  on.exit(jko_threads(before))
  series <- jko_snapshots(. ~ day, plateau_cells())
  one <- coef(jko_fit(series, potential = "linear"))
  jko_threads(2)
  expect_identical(coef(jko_fit(series, potential = "linear")), one)
})

test_that("all terms are fitted, with error bars, and printed", {
  x0 <- matrix(qnorm(ppoints(80)), ncol = 1)
  paths <- jko_simulate(x0, function(x) x, beta = 0.3, dt = 0.02, steps = 30)
  series <- jko_snapshots(lapply(seq(1, 31, 5), function(k) paths[, , k]), times = 0.1 * 0:6)
  model <- suppressWarnings(jko_fit(series, potential = quadratic(), internal = TRUE, error_bars = jko_bootstrap(8)))
  expect_gt(jko_beta(model, se = TRUE), 0)
  expect_lt(abs(jko_beta(model) - 0.3), 4 * jko_beta(model, se = TRUE))
  expect_length(jko_potential(model, x0, se = TRUE), 80)
  expect_identical(names(coef(model)), c("V1", "V2", "beta"))
  expect_identical(dimnames(vcov(model)), list(names(coef(model)), names(coef(model))))
  expect_output(print(model), "beta = ")
  expect_output(print(summary(model)), "closed form with ridge")
  expect_output(print(jko_observability(model)), "internal")
})

test_that("networks have interactions, validation, checkpoints and exact last layers", {
  folder <- new_folder()
  path <- file.path(folder, "training.safetensors")
  series <- jko_snapshots(. ~ day, plateau_cells())
  adam <- jko_adam(epochs = 4, schedule = "constant", checkpoint = jko_checkpoint(path, resume = TRUE))
  jko_fit(series, hidden = 6, training = adam, report = FALSE, time_varying = FALSE)
  adam$epochs <- 8
  resumed <- jko_fit(series, hidden = 6, training = adam, report = FALSE, time_varying = FALSE)
  whole <- jko_fit(series, hidden = 6, training = jko_adam(epochs = 8, schedule = "constant"), report = FALSE,
                   time_varying = FALSE)
  expect_identical(jko_history(resumed), jko_history(whole))
  terms <- suppressWarnings(jko_fit(series, potential = quadratic(), interaction = quadratic(), report = FALSE))
  expect_identical(names(coef(terms))[c(1, 16)], c("theta1", "theta16"))
  both <- jko_fit(series, interaction = "mlp", hidden = c(6, 4), epochs = 3, interaction_samples = 10, report = FALSE)
  expect_equal(dim(jko_interaction_gradient(both, cbind(1, 1))), c(1, 2))
  adam <- jko_adam(epochs = 6, validation = jko_validation("emd", every = 1), last_layer = "exact")
  judged <- jko_fit(series, hidden = 6, report = FALSE, time_varying = FALSE, training = adam)
  expect_lte(length(jko_history(judged)), 6)
})

test_that("time-varying potentials need times", {
  series <- jko_snapshots(. ~ day, plateau_cells())
  model <- jko_fit(series, potential = quadratic(), time_varying = TRUE, report = FALSE)
  expect_error(jko_potential(model, cbind(1, 1)), "t is missing")
  expect_length(jko_potential(model, cbind(1:2, 1:2), t = c(0, 1)), 2)
  constant <- jko_fit(series, potential = quadratic(), report = FALSE)
  expect_error(jko_potential(constant, cbind(1, 1), t = 1), "t has no effect")
})

test_that("all couplings and densities can be asked for", {
  series <- jko_snapshots(. ~ day, plateau_cells())
  fit <- function(...) coef(suppressWarnings(jko_fit(series, potential = quadratic(), report = FALSE, ...)))
  exact <- fit()
  expect_false(identical(fit(coupling = "sinkhorn"), exact))
  expect_false(identical(fit(coupling = jko_unbalanced(marginal_relaxation = c(1, 2))), exact))
  kernel <- fit(internal = jko_kernel_density(bandwidth = 0.5))
  expect_false(identical(fit(internal = jko_gaussian_mixture(2)), kernel))
  expect_length(fit(training = jko_closed_form("gcv")), length(exact))
})

test_that("progress is heard, and what it raises comes through", {
  series <- jko_snapshots(. ~ day, plateau_cells())
  heard <- character()
  listen <- function(stage, done, total, loss, seconds) heard <<- c(heard, stage)
  jko_fit(series, hidden = 4, epochs = 3, report = FALSE, progress = listen)
  expect_true(all(c("plans", "training") %in% heard))
  stop_it <- function(...) stop("enough")
  expect_error(jko_fit(series, hidden = 4, epochs = 3, report = FALSE, progress = stop_it), "^enough$")
})

test_that("warnings say what was found, with remedies and a section", {
  scales <- jko_snapshots(list(cbind(1:9, 1e-6 * (1:9)), cbind(2:10, 1e-6 * (2:10))))
  expect_warning(jko_fit(scales, potential = quadratic()), "unequal-scales", class = "jko_data_warning")
  expect_warning(jko_fit(list(matrix(1), matrix(2:9)), potential = quadratic()), "single-particles",
                 class = "jko_data_warning")
  cells <- plateau_cells()
  expect_warning(jko_fit(. ~ day, cells, hidden = 4, epochs = 2, learning_rate = 0.5), "worse-than-nothing",
                 class = "jko_fit_warning")
})

test_that("models are alike by formula, matrix and series", {
  cells <- plateau_cells()
  series <- jko_snapshots(. ~ day, cells)
  models <- list(jko_fit(cbind(x, y) ~ day, data = cells, potential = quadratic()),
                 jko_fit(as.matrix(cells[c("x", "y")]), cells$day, potential = quadratic()),
                 jko_fit(cells, "day", potential = quadratic()))
  for (model in models) expect_identical(coef(model), coef(jko_fit(series, potential = quadratic())))
  expect_identical(deparse1(models[[1]]$call),
                   "jko_fit(formula = cbind(x, y) ~ day, data = cells, potential = quadratic())")
})
