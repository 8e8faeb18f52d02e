labelled <- function(labels) {
  cells <- plateau_cells()
  suppressMessages(jko_snapshots(as.matrix(cells[c("x", "y")]), labels[cells$day + 1]))
}

test_that("labels mean what they meant in the data, wherever times are asked for", {
  series <- labelled(c("Day 2", "Day 4", "Day 6", "Day 8"))
  expect_identical(time(jko_interpolate(series, c("Day 3", "Day 6"))), c(3, 6))
  model <- jko_fit(series, potential = quadratic(), time_varying = TRUE, report = FALSE)
  at <- cbind(1, 1)
  expect_identical(predict(model, at, times = c("Day 2", "day 5")), predict(model, at, times = c(2, 5)))
  expect_identical(predict(model, at, t0 = "Day 4"), predict(model, at, t0 = 4))
  expect_identical(jko_potential(model, at, t = "Day 3"), jko_potential(model, at, t = 3))
  growth <- jko_growth(jko_shuffle(series), total_mass = c(`Day 8` = 4, `Day 2` = 1, `Day 4` = 2, `Day 6` = 3))
  expect_equal(jko_total_mass(growth, c("Day 2", "Day 8")), c(1, 4))
  expect_identical(predict(growth, at, t = "Day 3"), predict(growth, at, t = 3))
  found <- jko_leave_one_time_out(jko_without(series, 4), times = factor("Day 4"))
  expect_identical(unique(found$time), 4)
  expect_error(jko_interpolate(series, "week 3"),
               "times[1] = \"week 3\" is no time of these data; its labels are \"Day 2\", \"Day 4\"", fixed = TRUE)
})

test_that("dates and durations are asked for as such", {
  first <- as.Date("2020-01-01")
  series <- labelled(first + c(0, 2, 4, 6))
  model <- jko_fit(series, potential = quadratic(), report = FALSE)
  at <- cbind(1, 1)
  expect_identical(predict(model, at, times = first + c(0, 3)), predict(model, at, times = c(0, 3)))
  expect_identical(predict(model, at, times = c("2020-01-01", "2020-01-04")), predict(model, at, times = c(0, 3)))
  expect_identical(time(jko_interpolate(series, as.POSIXct("2020-01-02 12:00", tz = "UTC"))), 1.5)
  expect_error(predict(model, at, times = "soon"), "they are dates, or numbers of days since 2020-01-01")
  hours <- labelled(as.difftime(c(0, 12, 24, 36), units = "hours"))
  expect_identical(time(jko_interpolate(hours, as.difftime(6, units = "hours"))), 0.25)
  numbers <- jko_snapshots(cbind(x, y) ~ day, plateau_cells())
  expect_error(jko_interpolate(numbers, first), "it is not known from which date days are counted")
  expect_message(expect_identical(time(jko_interpolate(numbers, "day 1.5")), 1.5), "\"day 1.5\" is 1.5")
})

test_that("times to leave out are there", {
  series <- labelled(0:3)
  expect_error(jko_leave_one_time_out(series, times = NA), "times[1] is missing", fixed = TRUE,
               class = "jko_input_error")
  expect_error(jko_leave_one_time_out(series, times = numeric()), "times is empty", class = "jko_input_error")
})
