test_that("models are read bit for bit as they were saved", {
  path <- file.path(new_folder(), "model.safetensors")
  model <- jko_fit(. ~ day, plateau_cells(), hidden = 8, epochs = 3, time_varying = FALSE, report = FALSE)
  jko_save(model, path)
  again <- jko_load(path)
  at <- cbind(x = c(1, 2), y = c(0, -1))
  expect_identical(jko_potential(again, at), jko_potential(model, at))
  expect_identical(again$coordinates, c("x", "y"))
  expect_identical(predict(again, at, steps = 3), predict(model, at, steps = 3))
  expect_error(predict(again), "newdata is missing")
  writeLines("no model", path)
  expect_error(jko_load(path), class = "jko_format_error")
})

test_that("objects of a saved workspace say that they are empty", {
  path <- file.path(new_folder(), "objects.rds")
  series <- bowl()
  model <- jko_fit(series, potential = quadratic(), report = FALSE)
  saveRDS(list(series = series, model = model, plan = jko_plan(cbind(1), cbind(2)), growth = jko_growth(series)), path)
  old <- readRDS(path)
  expect_error(predict(old$model), "of another R session", class = "jko_input_error")
  expect_error(jko_fit(old$series), "make it again from the data")
  expect_error(old$series[[1]], "of another R session")
  expect_error(as.data.frame(old$plan), "compute it again")
  expect_error(predict(old$growth, cbind(1, 1), t = 0), "jko_save")
  expect_error(jko_save(old$model, path), "of another R session")
})

test_that("what was collected is destroyed, and what is left works", {
  model <- jko_fit(bowl(), potential = quadratic(), report = FALSE)
  for (i in 1:20) jko_fit(bowl(), potential = quadratic(), report = FALSE)
  rm(i)
  invisible(gc())
  expect_length(jko_potential(model, cbind(1, 1)), 1)
})

test_that("an interrupt stops a fit, which keeps what it has learned", {
  skip_on_os("windows")
  series <- jko_snapshots(. ~ day, plateau_cells())
  interrupted <- FALSE
  listen <- function(stage, done, total, loss, seconds) {
    # The signal waits until the next callback asks for it.
    if (stage == "training" && done == 3 && !interrupted) {
      interrupted <<- TRUE
      suspendInterrupts(tools::pskill(Sys.getpid(), tools::SIGINT))
    }
  }
  model <- tryCatch(jko_fit(series, hidden = 4, epochs = 100000, time_varying = FALSE, rollout_weight = 0,
                            progress = listen),
                    interrupt = function(interrupt) interrupt$model)
  expect_true(interrupted)
  expect_s3_class(model, "jko_model")
  expect_lt(length(jko_history(model)), 100000)
  expect_length(jko_potential(model, cbind(1, 1)), 1)
})

test_that("an interrupt within the user's progress function keeps the fit too", {
  skip_on_os("windows")
  series <- jko_snapshots(. ~ day, plateau_cells())
  listen <- function(stage, done, ...) {
    if (stage == "training" && done == 3) {
      tools::pskill(Sys.getpid(), tools::SIGINT)
      Sys.sleep(5)
    }
  }
  model <- tryCatch(jko_fit(series, hidden = 4, epochs = 100000, time_varying = FALSE, rollout_weight = 0,
                            progress = listen),
                    interrupt = function(interrupt) interrupt$model)
  expect_s3_class(model, "jko_model")
})

test_that("the error of a time limit is R's own", {
  series <- jko_snapshots(. ~ day, plateau_cells())
  limited <- function(code) {
    setTimeLimit(elapsed = 0.5, transient = TRUE)
    on.exit(setTimeLimit())
    tryCatch(code, error = conditionMessage)
  }
  expect_match(limited(jko_fit(series, hidden = 4, epochs = 1e7, time_varying = FALSE)), "^reached elapsed time limit")
  cloud <- function(shift) matrix(shift + sin(1:1000), ncol = 2)
  for (method in c("sinkhorn", "unbalanced")) {
    expect_match(limited(jko_plan(cloud(0), cloud(1), method = method, epsilon = 1e-3, tolerance = 1e-300,
                                  max_iterations = 1e9)), "^reached elapsed time limit")
  }
  expect_match(limited(jko_sinkhorn_divergence(cloud(0), cloud(1), epsilon = 1e-3, tolerance = 1e-300,
                                               max_iterations = 1e9)), "^reached elapsed time limit")
})

test_that("forked children fit and predict", {
  skip_on_os("windows")
  series <- jko_snapshots(. ~ day, plateau_cells())
  here <- coef(jko_fit(series, potential = "linear", report = FALSE))
  fit <- function(i) coef(jko_fit(series, potential = "linear", report = FALSE))
  there <- parallel::mclapply(1:3, fit, mc.cores = 2)
  for (found in there) expect_identical(found, here)
})

test_that("the library says what it is", {
  expect_match(jko_version(), "^[0-9]+\\.[0-9]+\\.[0-9]+$")
  expect_identical(jko_build_info()[["version"]], jko_version())
  expect_error(jko_threads(2000), "count = 2000 is outside 0 .. 1024", fixed = TRUE)
})
