test_that("pictures are drawn for one, two and more coordinates", {
  path <- file.path(new_folder(), "picture.pdf")
  grDevices::pdf(path)
  on.exit(grDevices::dev.off())
  cells <- plateau_cells()
  cells$z <- cells$x * 0.5
  for (series in list(jko_snapshots(x ~ day, cells), jko_snapshots(cbind(x, y) ~ day, cells),
                      jko_snapshots(cbind(x, y, z) ~ day, cells))) {
    model <- jko_fit(series, potential = quadratic(), report = FALSE)
    expect_silent(plot(series))
    expect_silent(plot(model))
    expect_silent(plot(model, "prediction"))
  }
  expect_silent(plot(model, coordinates = c(3, 2)))
  expect_error(plot(model, coordinates = c(1, 4)), "coordinates = 4 is outside 1 .. 3", fixed = TRUE)
  varying <- jko_fit(series, potential = quadratic(), time_varying = TRUE, report = FALSE)
  expect_silent(plot(varying, t = 1))
})

test_that("arguments of graphics are the user's, and others are checked", {
  path <- file.path(new_folder(), "picture.pdf")
  grDevices::pdf(path)
  on.exit(grDevices::dev.off())
  series <- jko_snapshots(cbind(x, y) ~ day, plateau_cells())
  model <- jko_fit(series, potential = quadratic(), report = FALSE)
  for (which in c("landscape", "prediction")) {
    expect_silent(plot(model, which, main = "a", xlab = "b", ylab = "c", col = 2:3, pch = 3, cex = 1))
    expect_silent(plot(model, which, coordinates = "y", main = "a", col = "blue"))
  }
  expect_silent(plot(series, main = "a", xlab = "b", col = 1:4, pch = 2, coordinates = c("y", "x")))
  refused <- function(code, message) expect_error(code, message, fixed = TRUE, class = "jko_input_error")
  refused(plot(series, coordinates = "z"), "coordinates = \"z\" is not there; there are \"x\", \"y\"")
  refused(plot(model, coordinates = integer(0)), "coordinates must be one or two numbers or names")
  refused(plot(model, max_particles = NULL), "max_particles must be a number, got NULL")
  refused(plot(series, max_particles = 0), "max_particles = 0 is outside")
  refused(plot(model, resolution = 1), "resolution = 1 is outside 2 .. 2000")
  refused(plot(model, "prediction", t = 5), "t = 5 is not an observed time after the first; there are 1, 2, 3")
})

test_that("a prediction fits into a page that the user has divided", {
  path <- file.path(new_folder(), "picture.pdf")
  grDevices::pdf(path)
  on.exit(grDevices::dev.off())
  series <- jko_snapshots(cbind(x, y) ~ day, plateau_cells())
  model <- jko_fit(series, potential = quadratic(), report = FALSE)
  graphics::par(mfrow = c(1, 2))
  plot(model, "prediction", t = 1)
  expect_identical(graphics::par("mfg")[1:4], c(1L, 1L, 1L, 2L))
  plot(model, "prediction")
  expect_identical(graphics::par("mfg")[1:4], c(1L, 2L, 1L, 2L))
})
