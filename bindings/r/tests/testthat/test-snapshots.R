test_that("formulas, matrices, data frames and lists make the same series", {
  cells <- plateau_cells()
  by_formula <- jko_snapshots(cbind(x, y) ~ day, cells)
  by_dot <- jko_snapshots(. ~ day, cells)
  by_matrix <- jko_snapshots(as.matrix(cells[c("x", "y")]), cells$day)
  by_frame <- jko_snapshots(cells, "day")
  by_list <- jko_snapshots(lapply(split(cells[c("x", "y")], cells$day), as.matrix))
  for (series in list(by_dot, by_matrix, by_frame, by_list)) {
    expect_identical(series$times, by_formula$times)
    expect_identical(series[[2]]$points, by_formula[[2]]$points)
  }
  expect_identical(by_formula$coordinates, c("x", "y"))
  expect_identical(by_formula$times, c(0, 1, 2, 3))
})

test_that("rows count from 1 and find the user's data, also after a split and a shuffle", {
  cells <- plateau_cells()
  cells <- cells[order(cells$x), ]
  series <- jko_shuffle(jko_split(jko_snapshots(. ~ day, cells), 0.5)$test, seed = 3)
  snapshot <- series[[2]]
  expect_equal(cells$x[snapshot$rows], unname(snapshot$points[, "x"]))
  expect_true(all(cells$day[snapshot$rows] == 1))
  expect_gte(min(unlist(lapply(1:4, function(k) series[[k]]$rows))), 1)
})

test_that("weights are found in the data and are those of the snapshot", {
  cells <- cbind(plateau_cells(), w = c(3, rep(1, 239)))
  series <- jko_snapshots(. ~ day, cells, weights = w)
  expect_equal(series$dimension, 2)
  expect_equal(series[[1]]$weights[1], 3 / 62)
  expect_error(jko_snapshots(. ~ day, cells, weights = -w), class = "jko_input_error")
})

test_that("labels, factors and dates are times", {
  x <- matrix(1:4, ncol = 1)
  expect_message(series <- jko_snapshots(x, c("Day 0", "Day 2-4", "Day 0", "Day 10")), "\"Day 2-4\" is 3")
  expect_equal(series$times, c(0, 3, 10))
  expect_message(dates <- jko_snapshots(x, as.Date("2020-01-31") + c(0, 0, 2, 5)), "days since 2020-01-31")
  expect_equal(dates$times, c(0, 2, 5))
  mapped <- jko_snapshots(x, factor(c("early", "late", "late", "early")), time_map = c(early = 1, late = 2.5))
  expect_equal(mapped$times, c(1, 2.5))
  expect_error(suppressMessages(jko_snapshots(x, c("Day 0", "Hour 3", "Day 1", "Day 1"))), "different units")
  expect_error(jko_snapshots(x, c("1/2/20", "3/2/20", "1", "2")), "looks like a date")
  expect_error(jko_snapshots(x, c("early", "late", "late", "late")), "has no number")
})

test_that("names are those of the columns, and are not mixed up", {
  cells <- plateau_cells()
  expect_identical(jko_snapshots(cbind(x, 2 * y) ~ day, cells)$coordinates, c("x", "V2"))
  expect_identical(jko_snapshots(x ~ day, cells)$coordinates, "x")
  expect_null(jko_snapshots(unname(as.matrix(cells[1:2])), cells$day)$coordinates)
  one <- cbind(a = 1:3, b = 3:1)
  expect_error(jko_snapshots(list(one, one[, 2:1])), "x[[2]] has other names of columns than x[[1]]", fixed = TRUE)
})

test_that("columns without numbers are left out with a warning", {
  cells <- cbind(plateau_cells(), type = "a")
  expect_warning(series <- jko_snapshots(. ~ day, cells), "\"type\"", class = "jko_omitted_columns_warning")
  expect_equal(series$dimension, 2)
})

test_that("tables and folders are read, and folders written", {
  folder <- new_folder()
  cells <- plateau_cells()
  table <- file.path(folder, "cells.csv")
  write.csv(cells, table, row.names = FALSE)
  series <- jko_snapshots(table)
  expect_identical(series$coordinates, c("x", "y"))
  # write.csv() writes 15 digits.
  expect_equal(series[[3]]$points, jko_snapshots(. ~ day, cells)[[3]]$points, tolerance = 1e-14)
  jko_save(series, file.path(folder, "series"))
  expect_identical(unname(jko_snapshots(file.path(folder, "series"))[[3]]$points), unname(series[[3]]$points))
  expect_error(jko_save(series, file.path(folder, "x.csv")),
               "has the ending of a file, and snapshots are saved as a folder")
  expect_error(as.data.frame(series, foo = 1), "foo is not an argument of as.data.frame() of snapshots", fixed = TRUE)
  expect_error(jko_snapshots(file.path(folder, "absent.csv")), class = "jko_file_error")
  expect_equal(jko_snapshots(table, points = "y")$dimension, 1)
})

test_that("matrices go in whatever their layout, and are not changed", {
  cells <- plateau_cells()
  x <- as.matrix(cells[c("x", "y")])
  before <- x + 0
  expect_identical(jko_snapshots(t(t(x)), cells$day)[[1]]$points, jko_snapshots(x, cells$day)[[1]]$points)
  expect_identical(x, before)
  whole <- matrix(1:6, ncol = 2)
  expect_identical(jko_snapshots(whole, c(1, 1, 2))[[1]]$points, matrix(c(1, 2, 4, 5), ncol = 2))
})

test_that("series print and become data frames", {
  series <- jko_snapshots(. ~ day, plateau_cells())
  expect_output(print(series), "Snapshots: 4 snapshots of 60 particles in 2 dimensions, times 0 to 3", fixed = TRUE)
  frame <- as.data.frame(series)
  expect_identical(names(frame), c("x", "y", "time", "weight", "row"))
  expect_equal(summary(series)$particles, rep(60, 4))
  expect_length(jko_without(series, 2), 3)
  expect_error(jko_without(series, 5), "k = 5 is outside 1 .. 4", fixed = TRUE)
})

test_that("lists may be in any order of time, and have columns to choose from", {
  cells <- plateau_cells()
  cells$label <- paste("day", c(9, 10, 11, 8)[cells$day + 1])
  parts <- split(cells[c("x", "y", "label")], cells$label)
  expect_error(suppressMessages(jko_snapshots(parts)),
               "x[[1]] has a column \"label\" that is not numeric; choose the coordinates by points =", fixed = TRUE)
  series <- suppressMessages(jko_snapshots(parts, points = c("x", "y")))
  expect_identical(time(series), c(8, 9, 10, 11))
  expect_identical(series[[1]]$points, as.matrix(cells[cells$day == 3, c("x", "y")], rownames.force = FALSE))
  expect_error(jko_snapshots(list(cbind(a = 1:2)), points = "b"), "points = \"b\" is not among the columns of x[[1]]",
               fixed = TRUE)
  expect_message_of(jko_snapshots(list(cbind(1:2), cbind(c(1, NA))), times = c(2, 1)),
                    "x[[2]][2] = NA is not finite; remove or fill in NA, NaN and Inf")
})

test_that("formulas that mean something else are refused, and a dot says what it takes", {
  cells <- plateau_cells()
  expect_message(jko_snapshots(. ~ day, cells), "coordinates: x, y")
  expect_error(jko_snapshots(x + y ~ day, cells), "write cbind(x, y), or I(x + y) for the sum", fixed = TRUE)
  expect_equal(jko_snapshots(I(x + y) ~ day, cells)$dimension, 1)
  expect_error(jko_snapshots(cbind(x, y) ~ day + x, cells), "day + x is on the right of the formula, where one time",
               fixed = TRUE)
  expect_error(jko_snapshots(day ~ x + y, cells), "coordinates are on the left")
  expect_error(jko_snapshots(day ~ cbind(x, y), cells), "coordinates are on the left")
  cells$z <- seq_len(nrow(cells))
  expect_warning(jko_snapshots(day ~ z, cells), "every row has a time of its own", class = "jko_data_warning")
  expect_identical(time(jko_snapshots(x ~ day + 1, cells)), c(1, 2, 3, 4))
})

test_that("what a formula cannot use is refused in one line", {
  cells <- plateau_cells()
  expect_message_of(jko_snapshots(x ~ day, cells, weights = foo), "weights: object 'foo' not found")
  expect_message_of(jko_fit(x ~ day, cells, subset = day > 0), "subset is not an argument of jko_fit()")
  expect_message_of(jko_fit(x ~ day, "cells.csv"),
                    "data must be a data frame, got \"cells.csv\"; read a file by read.csv(), or pass it as x")
  expect_message_of(jko_snapshots(x ~ day, sum), "data must be a data frame, got function of length 1")
  expect_identical(jko_snapshots(x ~ day, as.matrix(cells))[[1]]$points, jko_snapshots(x ~ day, cells)[[1]]$points)
  expect_identical(jko_snapshots(x ~ day, cells, weights = y^2)[[1]]$weights,
                   jko_snapshots(x ~ day, as.matrix(cells), weights = y^2)[[1]]$weights)
})

test_that("series are looked through like lists, and not changed", {
  series <- jko_snapshots(cbind(x, y) ~ day, plateau_cells())
  expect_identical(lapply(series, function(snapshot) snapshot$time), list(`0` = 0, `1` = 1, `2` = 2, `3` = 3))
  expect_identical(as.list(series)[[2]], series[[2]])
  expect_identical(Map(function(snapshot, k) snapshot$time + k, series, 1:4)[["2"]], 5)
  expect_true(isTRUE(all.equal(series, jko_snapshots(cbind(x, y) ~ day, plateau_cells()))))
  expect_false(isTRUE(all.equal(series, jko_shuffle(series))))
  expect_error(names(series) <- 1:4, "cannot be changed", class = "jko_input_error")
  expect_identical(time(series[c(1, 3)]), c(0, 2))
  expect_identical(time(series[-1]), c(1, 2, 3))
  expect_identical(time(series[time(series) > 1]), c(2, 3))
  expect_identical(head(series, 2)[[2]], series[[2]])
  for (i in list(5, c(2, 1), "a", integer(0), NA)) expect_error(series[i], "i must choose", class = "jko_input_error")
  expect_error(series$times <- 1:4, "cannot be changed", class = "jko_input_error")
  expect_error(series[[1]] <- 1, "cannot be changed", class = "jko_input_error")
  expect_error(series[1] <- 1, "cannot be changed", class = "jko_input_error")
  expect_error(jko_without(series[2], 1), "none would be left")
})

test_that("fits, growth and evaluation take what snapshots take", {
  cells <- cbind(plateau_cells(), batch = 1)
  cells$day <- cells$day + 1e-3 * (seq_len(nrow(cells)) %% 2)
  table <- file.path(new_folder(), "cells.csv")
  write.csv(cells, table, row.names = FALSE)
  given <- list(table, times = "day", points = c("x", "y"), time_tolerance = 0.01)
  series <- do.call(jko_snapshots, given)
  expect_equal(length(series), 4)
  model <- do.call(jko_fit, c(given, list(potential = quadratic(), report = FALSE)))
  expect_identical(coef(model), coef(jko_fit(series, potential = quadratic(), report = FALSE)))
  expect_identical(predict(do.call(jko_growth, given), series[[1]]$points, t = 0),
                   predict(jko_growth(series), series[[1]]$points, t = 0))
  expect_identical(do.call(jko_evaluate, c(list(model), given)), jko_evaluate(model, series))
  expect_identical(jko_evaluate(model, cbind(x, y) ~ day, cells, time_tolerance = 0.01)$from, c(0, 1, 2))
  expect_error(jko_evaluate(model, series, foo = 1), "foo is not an argument of snapshots that are made")
})
