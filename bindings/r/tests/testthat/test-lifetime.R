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

saved_and_read <- function(object) {
  path <- file.path(new_folder(), "objects.rds")
  saveRDS(object, path)
  readRDS(path)
}

test_that("objects survive saveRDS and workspaces, bit for bit", {
  series <- bowl()
  at <- cbind(a = c(1, 2), b = c(0, -1))
  model <- jko_fit(series, potential = quadratic(), report = FALSE)
  growth <- jko_growth(series)
  old <- saved_and_read(list(series = series, model = model, growth = growth))
  expect_identical(predict(old$model, at), predict(model, at))
  expect_output(print(old$model), "Energy: V linear")
  expect_identical(old$model$series[[2]], series[[2]])
  expect_identical(coef(jko_fit(old$series, potential = quadratic(), report = FALSE)), coef(model))
  expect_identical(predict(old$growth, at, t = 0), predict(growth, at, t = 0))
  path <- file.path(new_folder(), "workspace.RData")
  save(model, file = path)
  rm(model)
  load(path)
  expect_identical(predict(model, at), predict(old$model, at))
  # An object that was read is saved again without having been used.
  expect_identical(predict(saved_and_read(saved_and_read(model)), at), predict(model, at))
})

test_that("series survive however they were made", {
  cells <- plateau_cells()
  series <- jko_snapshots(. ~ day, cells[order(sin(seq_len(nrow(cells)))), ], weights = rep(1:4, 60))
  table <- file.path(new_folder(), "cells.csv")
  write.csv(cells[nrow(cells):1, ], table, row.names = FALSE)
  made <- c(jko_split(series, seed = 3), list(jko_shuffle(series, 2), jko_without(jko_shuffle(series), 2),
            jko_interpolate(series, c(0.5, 1.5)), jko_snapshots(split(cells[1:2], cells$day)), jko_snapshots(table)))
  read <- saved_and_read(made)
  for (i in seq_along(made)) {
    expect_identical(time(read[[i]]), time(made[[i]]))
    for (k in seq_len(length(made[[i]]))) expect_identical(read[[i]][[k]], made[[i]][[k]])
  }
})

test_that("plans keep their fields, and a handle that is none is refused", {
  x <- cbind(c(1, 2, 4))
  old <- saved_and_read(list(jko_plan(x, x + 1), jko_plan(x, x + 1, method = "sinkhorn")))
  expect_identical(as.data.frame(old[[1]], threshold = 0.1)$mass, rep(1 / 3, 3))
  expect_error(as.data.frame(old[[2]]), "compute it again", class = "jko_input_error")
  model <- jko_fit(bowl(), potential = quadratic(), report = FALSE)
  for (forged in list(NULL, 5, bowl()$handle)) {
    model["handle"] <- list(forged)
    expect_error(predict(model), "object is a jko_model without its contents", class = "jko_input_error")
  }
  expect_error(jko_potential(structure(5, class = "jko_model"), 1), "model is a jko_model without its contents")
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
  models <- parallel::mclapply(1:2, function(seed) {
    jko_fit(series, hidden = 4, epochs = 2, seed = seed, report = FALSE, time_varying = FALSE)
  }, mc.cores = 2)
  again <- jko_fit(series, hidden = 4, epochs = 2, seed = 2, report = FALSE, time_varying = FALSE)
  expect_identical(jko_potential(models[[2]], cbind(1, 1)), jko_potential(again, cbind(1, 1)))
})

test_that("the library says what it is", {
  expect_match(jko_version(), "^[0-9]+\\.[0-9]+\\.[0-9]+$")
  expect_identical(jko_build_info()[["version"]], jko_version())
  expect_error(jko_threads(2000), "count = 2000 is outside 0 .. 1024", fixed = TRUE)
})
