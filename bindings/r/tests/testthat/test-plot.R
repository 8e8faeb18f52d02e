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
