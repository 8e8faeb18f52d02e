# Pictures with base graphics: the learned landscape with the population, and predictions over observations.

plot.jko_model <- function(x, which = c("landscape", "prediction"), series = x$series, coordinates = 1:2, t = NULL,
                           resolution = 80, max_particles = 500, ...) {
  owned(x, "jko_model", "x")
  which <- one_of(which)
  if (is.null(series)) stop_with("series is missing, and a model from a file has no snapshots of its own")
  owned(series, "jko_snapshots", "series")
  refuse_other_coordinates(x, series, "series")
  shown <- shown_coordinates(coordinates, x)
  whole(max_particles, "max_particles", 1)
  whole(resolution, "resolution", 2, 2000)
  if (which == "prediction") plot_prediction(x, series, shown, t, max_particles, ...)
  else if (x$info$potential == 0) stop_with("which = \"landscape\" needs a potential, and the energy has none")
  else if (length(shown) == 1) plot_curve(x, series, shown, t, ...)
  else plot_landscape(x, series, shown, t, resolution, max_particles, ...)
  invisible(x)
}

# One or two coordinates, by number or by name.
shown_coordinates <- function(coordinates, object) {
  chosen <- utils_head(coordinates, min(2, object$dimension))
  if (is.character(chosen)) {
    known <- coordinate_labels(object)
    for (name in chosen) refuse_unknown(name, known, "coordinates")
    return(match(chosen, known))
  }
  if (!length(chosen)) stop_with("coordinates must be one or two numbers or names, got none", argument = "coordinates")
  vapply(chosen, whole, 0, name = "coordinates", low = 1, high = object$dimension)
}

# Call a function of graphics with arguments of ours, in place of which the user's are taken.
draw <- function(function_of_graphics, ..., given = list()) {
  arguments <- list(...)
  arguments[names(given)] <- given
  do.call(function_of_graphics, arguments)
}

# Arguments for the particles, and those for the axes around them.
of_particles <- c("col", "pch", "cex")

draw_particles <- function(parts, colours, given) {
  for (k in seq_along(parts)) {
    own <- lapply(given[intersect(names(given), of_particles)], function(values) values[(k - 1) %% length(values) + 1])
    draw(graphics::points, parts[[k]], pch = 20, cex = 0.6, col = colours[k], given = own)
  }
}

is_dark <- function(colour) colour != "transparent" && mean(grDevices::col2rgb(colour)) < 128

# What is behind a legend.
background <- function() if (graphics::par("bg") == "transparent") "white" else graphics::par("bg")

# Colours of times, early to late: the user's, or those of a palette without its end that is hard to see.
time_colours <- function(count, given = list(), dark = is_dark(graphics::par("bg"))) {
  if (!is.null(given$col)) return(rep_len(given$col, count))
  colours <- grDevices::hcl.colors(ceiling(1.15 * count) + 1, "Plasma")
  if (dark) utils_tail(colours, count) else utils_head(colours, count)
}

# Particles for a picture: every so many.
some_points <- function(points, most) {
  if (nrow(points) <= most) return(points)
  points[round(seq(1, nrow(points), length.out = most)), , drop = FALSE]
}

padded_range <- function(values) range(values) + c(-0.05, 0.05) * diff(range(values))

# V over two coordinates, with the others at their means.
plot_landscape <- function(model, series, shown, t, resolution, most, ...) {
  given <- list(...)
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
  draw(graphics::image, sides[[1]], sides[[2]], values, col = grDevices::grey(seq(0.5, 1, length.out = 64)),
       xlab = labels[1], ylab = labels[2], main = potential_title(t), useRaster = TRUE,
       given = given[setdiff(names(given), of_particles)])
  graphics::contour(sides[[1]], sides[[2]], values, add = TRUE, nlevels = 14, col = "grey35", drawlabels = FALSE,
                    lwd = 0.6)
  colours <- time_colours(length(parts), given, dark = FALSE)
  draw_particles(lapply(parts, function(points) points[, shown, drop = FALSE]), colours, given)
  time_legend(series$times, colours, "topright")
}

potential_title <- function(t) if (is.null(t)) "Potential V" else sprintf("Potential V at time %g", t)

# V over a single coordinate, with the places of the particles below; the other coordinates are at their means.
plot_curve <- function(model, series, shown, t, ...) {
  given <- list(...)
  parts <- lapply(seq_len(length(series)), function(k) series[[k]]$points[, shown])
  if (model$info$time_varying && is.null(t)) t <- mean(model$times)
  limits <- padded_range(unlist(parts))
  x <- seq(limits[1], limits[2], length.out = 400)
  means <- colMeans(do.call(rbind, lapply(seq_len(length(series)), function(k) series[[k]]$points)))
  places <- matrix(means, 400, model$dimension, byrow = TRUE, dimnames = list(NULL, model$coordinates))
  places[, shown] <- x
  draw(graphics::plot, x, jko_potential(model, places, t), type = "l", xlab = coordinate_labels(model)[shown],
       ylab = "V", main = potential_title(t), given = given[setdiff(names(given), "col")])
  colours <- time_colours(length(parts), given)
  for (k in seq_along(parts)) {
    graphics::rug(parts[[k]], col = colours[k], ticksize = 0.02 + 0.01 * (k %% 2), quiet = TRUE)
  }
  time_legend(series$times, colours, "topright")
}

# At most eight panels, one for each time after the first: observed in grey, rolled out from the first in colour. On a
# page that the user has divided, or at a time that is given, there is one.
plot_prediction <- function(model, series, shown, t, most, ...) {
  # Times apart from the fitted ones are the user's to judge in predict().
  course <- predict(model, series[[1]]$points, times = series$times)
  panels <- prediction_panels(series, t)
  if (length(panels) > 1) {
    old <- graphics::par(mfrow = grDevices::n2mfrow(length(panels)), mar = c(3, 3, 2, 1), mgp = c(1.8, 0.6, 0))
    on.exit(graphics::par(old))
  }
  labels <- coordinate_labels(model)[shown]
  # All panels have the same limits, so that one sees the population move.
  limits <- apply(do.call(rbind, lapply(seq_len(length(series))[-1], function(k) {
    rbind(series[[k]]$points, matrix(course[, , k], ncol = model$dimension))
  })), 2, range)
  for (k in panels) {
    both <- list(some_points(series[[k]]$points, most),
                 some_points(matrix(course[, , k], ncol = model$dimension), most))
    both <- lapply(both, function(points) points[, shown, drop = FALSE])
    title <- sprintf("time %g", series$times[k])
    if (length(shown) == 1) plot_densities(both, labels, title, k == panels[1], list(...))
    else plot_clouds(both, limits[, shown], labels, title, k == panels[1], list(...))
  }
}

prediction_panels <- function(series, t) {
  later <- seq_len(length(series))[-1]
  if (!is.null(t)) {
    time <- asked_time(t, "t", series$labels)
    found <- later[abs(series$times[later] - time) <= 1e-9 * diff(range(series$times))]
    if (length(found) == 1) return(found)
    stop_with(sprintf("t = %s is not an observed time after the first; there are %s", shown(t),
                      paste(format(utils_head(series$times[later], 8), digits = 6, trim = TRUE), collapse = ", ")),
              argument = "t")
  }
  if (!identical(graphics::par("mfrow"), c(1L, 1L))) return(utils_tail(later, 1))
  if (length(later) > 8) unique(round(seq(2, length(series), length.out = 8))) else later
}

# Arguments of the observed and of the predicted population.
prediction_style <- function(given, name, usual) if (is.null(given[[name]])) usual else rep_len(given[[name]], 2)

prediction_colours <- c("grey55", "#C0392B")

plot_clouds <- function(both, limits, labels, title, first, given) {
  colours <- prediction_style(given, "col", prediction_colours)
  marks <- prediction_style(given, "pch", c(20, 1))
  sizes <- prediction_style(given, "cex", c(0.6, 0.8))
  draw(graphics::plot, limits, type = "n", xlab = labels[1], ylab = labels[2], main = title,
       given = given[setdiff(names(given), of_particles)])
  for (i in 1:2) graphics::points(both[[i]], pch = marks[i], cex = sizes[i], col = colours[i])
  if (first) {
    graphics::legend("topleft", c("observed", "predicted"), col = colours, pch = marks, bg = background())
  }
}

plot_densities <- function(both, label, title, first, given) {
  colours <- prediction_style(given, "col", prediction_colours)
  curves <- lapply(both, stats::density)
  draw(graphics::plot, range(curves[[1]]$x, curves[[2]]$x), c(0, max(curves[[1]]$y, curves[[2]]$y)), type = "n",
       xlab = label, ylab = "density", main = title, given = given[setdiff(names(given), of_particles)])
  for (i in 1:2) graphics::lines(curves[[i]], col = colours[i], lwd = 2)
  if (first) graphics::legend("topleft", c("observed", "predicted"), col = colours, lwd = 2, bty = "n")
}

time_legend <- function(times, colours, place) {
  chosen <- if (length(times) > 6) unique(round(seq(1, length(times), length.out = 6))) else seq_along(times)
  graphics::legend(place, legend = format(times[chosen], digits = 3), col = colours[chosen], pch = 20, title = "time",
                   bg = background(), cex = 0.8)
}

plot.jko_snapshots <- function(x, coordinates = 1:2, max_particles = 500, ...) {
  owned(x, "jko_snapshots", "x")
  given <- list(...)
  shown <- shown_coordinates(coordinates, x)
  whole(max_particles, "max_particles", 1)
  parts <- lapply(seq_len(length(x)), function(k) some_points(x[[k]]$points, max_particles)[, shown, drop = FALSE])
  if (length(shown) == 1) parts <- Map(cbind, x$times, parts)
  labels <- if (length(shown) == 1) c("time", coordinate_labels(x)[shown]) else coordinate_labels(x)[shown]
  colours <- time_colours(length(parts), given)
  draw(graphics::plot, unname(do.call(rbind, parts)), type = "n", xlab = labels[1], ylab = labels[2],
       given = given[setdiff(names(given), of_particles)])
  draw_particles(parts, colours, given)
  time_legend(x$times, colours, "topright")
  invisible(x)
}
