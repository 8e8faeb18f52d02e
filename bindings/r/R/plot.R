# Pictures with base graphics: the learned landscape with the population, and predictions over observations.

plot.jko_model <- function(x, which = c("landscape", "prediction"), series = x$series, coordinates = 1:2, t = NULL,
                           resolution = 80, max_particles = 500, ...) {
  owned(x, "jko_model", "x")
  which <- one_of(which)
  if (is.null(series)) stop_with("series is missing, and a model from a file has no snapshots of its own")
  owned(series, "jko_snapshots", "series")
  refuse_other_coordinates(x, series, "series")
  shown <- vapply(utils_head(coordinates, min(2, x$dimension)), whole, 0, name = "coordinates", low = 1,
                  high = x$dimension)
  if (which == "prediction") plot_prediction(x, series, shown, max_particles, ...)
  else if (x$info$potential == 0) stop_with("which = \"landscape\" needs a potential, and the energy has none")
  else if (length(shown) == 1) plot_curve(x, series, t, ...)
  else plot_landscape(x, series, shown, t, resolution, max_particles, ...)
  invisible(x)
}

# Colours of times, early to late.
time_colours <- function(count) {
  # The last colours of the palette are too light to be seen on white.
  utils_head(grDevices::hcl.colors(ceiling(1.15 * count) + 1, "Plasma"), count)
}

# Particles for a picture: every so many.
some_points <- function(points, most) {
  if (nrow(points) <= most) return(points)
  points[round(seq(1, nrow(points), length.out = most)), , drop = FALSE]
}

padded_range <- function(values) range(values) + c(-0.05, 0.05) * diff(range(values))

# V over two coordinates, with the others at their means.
plot_landscape <- function(model, series, shown, t, resolution, most, main = NULL, ...) {
  parts <- lapply(seq_len(length(series)), function(k) some_points(series[[k]]$points, most))
  all <- do.call(rbind, parts)
  sides <- lapply(shown, function(j) {
    limits <- padded_range(all[, j])
    seq(limits[1], limits[2], length.out = resolution)
  })
  grid <- matrix(colMeans(all), resolution^2, ncol(all), byrow = TRUE, dimnames = list(NULL, model$coordinates))
  grid[, shown] <- as.matrix(expand.grid(sides))
  if (model$info$time_varying && is.null(t)) t <- mean(model$times)
  values <- matrix(jko_potential(model, grid, t), resolution)
  # The steep landscape around the population would hide that within it.
  values[] <- pmin(values, stats::quantile(jko_potential(model, all, t), 0.97))
  labels <- coordinate_labels(model)[shown]
  if (is.null(main)) main <- if (is.null(t)) "Potential V" else sprintf("Potential V at time %g", t)
  graphics::image(sides[[1]], sides[[2]], values, col = grDevices::grey(seq(0.5, 1, length.out = 64)), xlab = labels[1],
                  ylab = labels[2], main = main, useRaster = TRUE, ...)
  graphics::contour(sides[[1]], sides[[2]], values, add = TRUE, nlevels = 14, col = "grey35", drawlabels = FALSE,
                    lwd = 0.6)
  colours <- time_colours(length(parts))
  for (k in seq_along(parts)) graphics::points(parts[[k]][, shown], pch = 20, cex = 0.6, col = colours[k])
  time_legend(series$times, colours, "topright")
}

# V over a single coordinate, with the places of the particles below.
plot_curve <- function(model, series, t, main = NULL, ...) {
  parts <- lapply(seq_len(length(series)), function(k) series[[k]]$points[, 1])
  if (model$info$time_varying && is.null(t)) t <- mean(model$times)
  limits <- padded_range(unlist(parts))
  x <- seq(limits[1], limits[2], length.out = 400)
  places <- matrix(x, ncol = 1, dimnames = list(NULL, model$coordinates))
  if (is.null(main)) main <- if (is.null(t)) "Potential V" else sprintf("Potential V at time %g", t)
  graphics::plot(x, jko_potential(model, places, t), type = "l", xlab = coordinate_labels(model), ylab = "V",
                 main = main, ...)
  colours <- time_colours(length(parts))
  for (k in seq_along(parts)) {
    graphics::rug(parts[[k]], col = colours[k], ticksize = 0.02 + 0.01 * (k %% 2), quiet = TRUE)
  }
  time_legend(series$times, colours, "topright")
}

# At most eight panels, one for each time after the first: observed in grey, rolled out from the first in colour.
plot_prediction <- function(model, series, shown, most, ...) {
  # Times apart from the fitted ones are the user's to judge in predict().
  course <- predict(model, series[[1]]$points, times = series$times)
  panels <- seq_len(length(series))[-1]
  if (length(panels) > 8) panels <- unique(round(seq(2, length(series), length.out = 8)))
  old <- graphics::par(mfrow = grDevices::n2mfrow(length(panels)), mar = c(3, 3, 2, 1), mgp = c(1.8, 0.6, 0))
  on.exit(graphics::par(old))
  labels <- coordinate_labels(model)[shown]
  # All panels have the same limits, so that one sees the population move.
  limits <- apply(do.call(rbind, lapply(panels, function(k) {
    rbind(series[[k]]$points, matrix(course[, , k], ncol = model$dimension))
  })), 2, range)
  for (k in panels) {
    observed <- some_points(series[[k]]$points, most)
    predicted <- some_points(matrix(course[, , k], ncol = model$dimension), most)
    title <- sprintf("time %g", series$times[k])
    if (length(shown) == 1) plot_densities(observed[, 1], predicted[, 1], labels, title, k == panels[1], ...)
    else plot_clouds(observed[, shown], predicted[, shown], limits[, shown], labels, title, k == panels[1], ...)
  }
}

prediction_colours <- c(observed = "grey55", predicted = "#C0392B")

plot_clouds <- function(observed, predicted, limits, labels, title, first, ...) {
  graphics::plot(limits, type = "n", xlab = labels[1], ylab = labels[2], main = title, ...)
  graphics::points(observed, pch = 20, cex = 0.6, col = prediction_colours[1])
  graphics::points(predicted, pch = 1, cex = 0.8, col = prediction_colours[2])
  if (first) {
    graphics::legend("topleft", names(prediction_colours), col = prediction_colours, pch = c(20, 1), bg = "white")
  }
}

plot_densities <- function(observed, predicted, label, title, first, ...) {
  curves <- lapply(list(observed, predicted), stats::density)
  graphics::plot(range(curves[[1]]$x, curves[[2]]$x), c(0, max(curves[[1]]$y, curves[[2]]$y)), type = "n",
                 xlab = label, ylab = "density", main = title, ...)
  for (i in 1:2) graphics::lines(curves[[i]], col = prediction_colours[i], lwd = 2)
  if (first) graphics::legend("topleft", names(prediction_colours), col = prediction_colours, lwd = 2, bty = "n")
}

time_legend <- function(times, colours, place) {
  chosen <- if (length(times) > 6) unique(round(seq(1, length(times), length.out = 6))) else seq_along(times)
  graphics::legend(place, legend = format(times[chosen], digits = 3), col = colours[chosen], pch = 20, title = "time",
                   bg = "white", cex = 0.8)
}

plot.jko_snapshots <- function(x, coordinates = 1:2, max_particles = 500, ...) {
  owned(x, "jko_snapshots", "x")
  shown <- vapply(utils_head(coordinates, min(2, x$dimension)), whole, 0, name = "coordinates", low = 1,
                  high = x$dimension)
  parts <- lapply(seq_len(length(x)), function(k) some_points(x[[k]]$points, max_particles))
  if (length(shown) == 1) parts <- Map(function(points, time) cbind(time, points), parts, x$times)
  else parts <- lapply(parts, function(points) points[, shown])
  labels <- if (length(shown) == 1) c("time", coordinate_labels(x)) else coordinate_labels(x)[shown]
  colours <- time_colours(length(parts))
  graphics::plot(do.call(rbind, parts), type = "n", xlab = labels[1], ylab = labels[2], ...)
  for (k in seq_along(parts)) graphics::points(parts[[k]], pch = 20, cex = 0.6, col = colours[k])
  time_legend(x$times, colours, "topright")
  invisible(x)
}
