# Where a population goes in a landscape of two wells, with its density, and draws from where it ends.
#
#     Rscript flow.R [STEPS]
#
# STEPS steps of 0.1; default 10. The picture is flow.png in the current folder.
library(jkonetstar)

arguments <- as.numeric(commandArgs(trailingOnly = TRUE))
steps <- if (length(arguments) > 0) arguments[1] else 10
beta <- 0.3

# V(x) = (x_1^2 - 1)^2 + x_2^2 - x_1 / 4, the right well a little deeper, and its gradient.
wells <- function(x) {
  a <- x[, 1]
  b <- x[, 2]
  list(value = (a^2 - 1)^2 + b^2 - a / 4, gradient = cbind(4 * a * (a^2 - 1) - 1 / 4, 2 * b))
}

# Gradients of your own are taken as they are. Compare them with differences first.
place <- cbind(0.3, -0.4)
h <- 1e-5
slope <- (wells(place + cbind(h, 0))$value - wells(place - cbind(h, 0))$value) / (2 * h)
stopifnot(abs(slope - wells(place)$gradient[1]) < 1e-8)

# Particles start on the barrier.
start <- jko_mixture(1, cbind(0, 1.2), diag(0.1, 2))
flow <- jko_flow(start, wells, beta = beta, step = 0.1, steps = steps, scheme = "sdirk2", bumps = 20, particles = 1000)
cat(sprintf("energy %.3f at t = 0, %.3f at t = %g\n", flow$energies[1], flow$energies[steps + 1],
            flow$times[steps + 1]))
x <- simulate(flow, 2000, seed = 1)
first <- jko_flow_inverse(flow, x)
cat(sprintf("there and back: %.1e\n", max(abs(predict(flow, first) - x))))

# The limit alone, by Langevin chains that start wider than it.
draws <- jko_sample(cbind(seq(-2, 2, length.out = 8), 0), wells, beta = beta, draws = 10000)
cat(sprintf("in the right well: %.2f at the end of the flow, %.2f in the limit (R-hat %.3f)\n", mean(x[, 1] > 0),
            mean(as.matrix(draws)[, 1] > 0), max(draws$r_hats)))

# Particles in the landscape, coloured by their density, which the maps know where particles are.
side <- seq(-2.2, 2.2, length.out = 80)
height <- matrix(wells(as.matrix(expand.grid(side, side)))$value, 80)
png("flow.png", width = 900, height = 330)
par(mfrow = c(1, 3), mar = c(2, 2, 2, 1))
for (step in c(0, steps %/% 3, steps)) {
  y <- simulate(flow, 1000, seed = 1, step = step)
  shade <- exp(jko_log_density(flow, y, step = step))
  plot(y[order(shade), ], col = hcl.colors(64, "viridis")[cut(sort(shade), 64, labels = FALSE)], pch = 16, cex = 0.6,
       xlim = range(side), ylim = range(side), asp = 1, xlab = "", ylab = "",
       main = sprintf("t = %g", flow$times[step + 1]))
  contour(side, side, height, levels = seq(-0.2, 3, by = 0.4), add = TRUE, col = "grey60", drawlabels = FALSE)
}
invisible(dev.off())
