circle <- function() {
  t <- rep(0:3, each = 60)
  jitter <- 0.1 * cbind(qnorm(ppoints(60)), rev(sin(1:60)))[rep(1:60, 4), ]
  jko_snapshots(cbind(cos(t / 2), sin(t / 2)) + jitter, t)
}

test_that("flows bend where straight lines do not, and observed times are kept", {
  series <- circle()
  between <- jko_interpolate(series, c(1.5, 2))
  radius <- sqrt(sum(colSums(between[[1]]$points * between[[1]]$weights)^2))
  straight <- jko_interpolate(series, 1.5, "straight")[[1]]
  shorter <- sqrt(sum(colSums(straight$points * straight$weights)^2))
  expect_gt(radius, shorter)
  expect_identical(between[[2]]$points, series[[3]]$points)
  expect_identical(between$report$time, c(1.5, 2))
  expect_error(jko_interpolate(series, 9), "times[1] = 9.0 is not between", fixed = TRUE)
  expect_warning(jko_interpolate(jko_snapshots(list(cbind(1:3), cbind(2:4))), 0.5), "two-snapshots")
  model <- jko_fit(series, potential = quadratic(), time_varying = TRUE, report = FALSE)
  expect_equal(jko_interpolate(series, 0.5, model = model)$times, 0.5)
})

test_that("times are left out in turn", {
  series <- circle()
  set.seed(5)
  before <- .Random.seed
  found <- jko_leave_one_time_out(series, fit = function(s) jko_fit(s, potential = quadratic(), report = FALSE))
  expect_identical(.Random.seed, before)
  expect_identical(unique(found$way),
                   c("nothing moves", "floor", "straight", "interpolate", "predict", "model between"))
  expect_identical(unique(found$time), c(1, 2))
  others <- jko_without(series, 2)
  straight <- jko_interpolate(others, 1, "straight")[[1]]
  expect_equal(found$w1[found$way == "straight"][1],
               jko_emd(straight$points, series[[2]]$points, a = straight$weights))
  expect_output(print(found), "left out: 2 times")
  expect_error(jko_leave_one_time_out(series, times = 0), "times[1] = 0 is not an observed time", fixed = TRUE)
})

test_that("growth is found where there are more and more particles", {
  cells <- data.frame(x = c(rep(-5, 20), rep(5, 20), rep(-5, 20), rep(5, 40)) + 0.3 * sin(1:100),
                      day = rep(0:1, c(40, 60)))
  growth <- jko_growth(x ~ day, cells, total_mass = "sizes", bootstrap = 3)
  rates <- predict(growth, cbind(x = c(-5, 5)), t = 0.5, se.fit = TRUE)
  # Cells at 5 double per unit of time, and those at -5 rest; the regression is ridged and smooth.
  expect_equal(rates$fit, c(0, log(2)), tolerance = 0.2)
  expect_true(all(rates$se.fit >= 0))
  expect_equal(jko_total_mass(growth, c(0, 1)), c(40, 60))
  expect_equal(summary(growth), data.frame(time = c(0, 1), total_mass = c(40, 60)))
  expect_warning(predict(growth, cbind(x = 5), t = 4), "time 4 lies outside the observed times, 0 to 1, by 3",
                 class = "jko_extrapolation_warning")
  expect_silent(predict(growth, cbind(x = 5), t = 2))
  model <- jko_fit(x ~ day, cells, potential = quadratic(), growth = growth, report = FALSE)
  moved <- predict(model, cbind(x = c(-5, 5)), masses = TRUE)
  expect_gt(moved$masses[2, 2], 1.5 * moved$masses[1, 2])
  expect_identical(predict(jko_growth(model), cbind(0), t = 0), predict(growth, cbind(0), t = 0))
  named <- jko_growth(x ~ day, cells, total_mass = c(`1` = 60, `0` = 40), bootstrap = 3)
  expect_identical(predict(named, cbind(0), t = 0), predict(growth, cbind(0), t = 0))
  path <- file.path(new_folder(), "growth.safetensors")
  jko_save(growth, path)
  expect_identical(predict(jko_load_growth(path), cbind(0), t = 0), predict(growth, cbind(0), t = 0))
})
