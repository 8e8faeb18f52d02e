test_that("messages begin with R's names of arguments and count from 1", {
  expect_message_of(jko_snapshots(cbind(c(1, 2), c(NA, 3)), c(0, 1)),
                    "x[1, 2] = NA is not finite; remove or fill in NA, NaN and Inf")
  expect_message_of(jko_snapshots(cbind(a = c(1, 2, NA), b = c(1, NaN, 3)), 0:2),
                    "x[2, 2] = NaN is not finite, in the column \"b\"; remove or fill in NA, NaN and Inf")
  expect_message_of(jko_snapshots(cbind(c(1, Inf), 3), c(0, 1)),
                    "x[2, 1] = Inf is not finite; remove or fill in NA, NaN and Inf")
  expect_message_of(jko_snapshots(cbind(1:2, "a"), c(0, 1)),
                    "x must be a numeric matrix, got a matrix of type character")
  expect_message_of(jko_snapshots(cbind(1:2, 1i), c(0, 1)), "x must be a numeric matrix, got a matrix of type complex")
  expect_message_of(jko_snapshots(cbind(1:2), c(0, Inf)),
                    "times[2] = Inf is not finite; remove or fill in NA, NaN and Inf")
  expect_message_of(jko_snapshots(cbind(1:2), c(0, 1), weights = c(1, -1)), "weights[2] = -1.0 is negative")
  expect_message_of(jko_plan(cbind(1:2), cbind(c(1, NaN))),
                    "y[2] = NaN is not finite; remove or fill in NA, NaN and Inf")
  model <- jko_fit(bowl(), potential = quadratic())
  expect_message_of(predict(model, cbind(1, 1), times = c(0, 0)),
                    "times[2] = 0.0 is not greater than the time before it, 0.0")
  expect_message_of(predict(model, cbind(1, 1), t0 = 3),
                    "t0 = 3.0 is not a fitted time (0.0 to 0.1); give the times of the rollout")
  expect_message_of(jko_fit(bowl(), hidden = c(8, 0), epochs = 5), "hidden[2] = 0 is not between 1 and 4096")
})

test_that("mistakes are refused in one line that names them", {
  series <- bowl()
  refused <- function(message, ...) expect_error(jko_fit(series, ...), message, fixed = TRUE, class = "jko_input_error")
  refused("epoch is not an argument of jko_fit()", epoch = 5)
  refused("potential = \"mpl\" is not known", potential = "mpl")
  refused("epochs has no effect: the energy has no network", potential = "linear", training = jko_closed_form(),
          epochs = 5)
  refused("hidden has no effect", potential = "linear", hidden = 5)
  refused("is for linear energies, and potential is a network", training = "closed_form")
  refused("error_bars = \"influence\" is for closed forms", error_bars = "influence")
  refused("interaction_samples has no effect", interaction_samples = 5)
  refused("seed = 1.5 is not a whole number", seed = 1.5)
  refused("scheme = \"euler\" is not known", scheme = "euler")
  refused("time_degree of potential has no effect", potential = jko_linear(time_degree = 2))
  expect_error(jko_fit(jko_without(series, 1)), "two or more", class = "jko_input_error")
  expect_error(jko_plan(cbind(1:2), cbind(1:3), epsilon = 1), "is for entropic plans")
  expect_error(jko_plan(cbind(1:2), cbind(1:3), method = "emd"),
               "method = \"emd\" is not known; it must be \"exact\" or \"sinkhorn\" or \"unbalanced\"", fixed = TRUE)
  expect_error(jko_mlp(activation = "relu"), "activation = \"relu\" is not known")
  expect_error(jko_emd(cbind(1:2), cbind(1:2, 1:2)), class = "jko_input_error")
  expect_error(jko_emd("a", cbind(1:2)), "x must be a numeric matrix, got \"a\"")
})

test_that("statuses and arguments are in the conditions", {
  error <- tryCatch(jko_load(file.path(tempdir(), "absent.safetensors")), jko_file_error = identity)
  expect_identical(error$status, "JKO_EIO")
  error <- tryCatch(jko_snapshots(cbind(1:2), 1), error = identity)
  expect_identical(error$status, "JKO_ESHAPE")
  expect_identical(error$argument, "times")
})

test_that("messages and conditions have R's names of arguments", {
  series <- bowl()
  model <- jko_fit(series, potential = quadratic(), report = FALSE)
  at <- cbind(1, 1)
  named <- function(code, argument, message) {
    error <- tryCatch(code, error = identity)
    expect_s3_class(error, "jko_error")
    expect_identical(error$argument, argument)
    expect_match(conditionMessage(error), message, fixed = TRUE)
  }
  named(jko_fit(series, learning_rate = -1), "learning_rate", "learning_rate = -1.0")
  named(jko_fit(series, training = jko_adam(validation = jko_validation(fraction = 2))), "validation$fraction",
        "validation$fraction = 2.0")
  named(jko_snapshots(cbind(1:2)[0, , drop = FALSE], numeric()), "x", "x has shape (0, 1)")
  named(jko_growth(series, total_mass = 1:3), "total_mass", "total_mass has 3 elements")
  named(jko_growth(series, ridge = -1), "ridge", "ridge = -1 is not")
  named(predict(model, at[0, , drop = FALSE]), "newdata", "newdata has shape")
  named(predict(model, at, masses = TRUE), "masses", "masses = TRUE needs a model with growth")
  named(predict(model, at, se.fit = TRUE), "se.fit", "se.fit = TRUE needs a fit of networks")
  named(vcov(model), "object", "object has no error bars; they come from jko_fit(error_bars = \"influence\")")
  named(jko_simulate(at, NULL, model), "interaction", "interaction is a model without this term")
  named(jko_simulate(at, model, beta = -1), "beta", "beta = -1")
  named(jko_snapshots(cbind(1:2), c("a\nb", "c")), "times", "times = \"a\\nb\" has no number")
  long <- tryCatch(jko_snapshots(cbind(1:2), strrep("a", 1e5)), error = conditionMessage)
  expect_lt(nchar(long), 250)
  steep <- jko_fit(list(cbind(1:9), cbind(2 * 1:9)), potential = jko_linear(polynomial_degree = 6, radial = NULL),
                   report = FALSE)
  named(predict(steep, 1e80), "", "predictions of step 1 left the range")
})

test_that("all that leaves the numbers is an error, and R goes on", {
  expect_error(jko_simulate(cbind(1, 2), "sphere", dt = 1e300, steps = 10), "particle 1 is no longer finite")
  sinkhorn <- jko_sinkhorn(epsilon = 1e-4, max_iterations = 1)
  expect_error(jko_fit(. ~ day, plateau_cells(), potential = quadratic(), coupling = sinkhorn),
               "plan from snapshot 1 to 2", class = "jko_convergence_error")
})
