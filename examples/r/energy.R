# Learn all three terms of an energy in closed form, with error bars: a potential V, an interaction U and a diffusion
# level beta.
#
#     Rscript energy.R [N]
#
# The population is simulated, so that the truth is known: N particles (default 400) on a line in a tilted double well
# V, repelling each other by a bell-shaped U, with noise. Each is seen at eleven times, by no name.
library(jkonetstar)

arguments <- as.numeric(commandArgs(trailingOnly = TRUE))
n <- if (length(arguments)) arguments[1] else 400
beta <- 0.2
gap <- 0.1
substeps <- 10

slope_v <- function(x) x^3 - x + 0.2 # V(x) = x^4 / 4 - x^2 / 2 + x / 5
slope_u <- function(z) -4 * z * exp(-z^2) # U(z) = 2 exp(-z^2)

set.seed(1)
x0 <- matrix(rnorm(n, 0.8, 0.8), ncol = 1)
paths <- jko_simulate(x0, slope_v, slope_u, beta = beta, dt = gap / substeps, steps = 10 * substeps)
seen <- lapply(0:10, function(k) paths[, , 1 + k * substeps])

# All but the last snapshot are learned from. V: polynomials up to x^4. U: a Gaussian of width 1 at 0. The density is a
# mixture of up to ten Gaussians.
series <- jko_snapshots(seen[1:10], times = gap * 0:9)
model <- jko_fit(
  series,
  potential = jko_linear(polynomial_degree = 4, radial = NULL),
  interaction = jko_linear(polynomial_degree = 0, radial = jko_radial(grid = 1, width = 1)),
  internal = TRUE, error_bars = jko_bootstrap(20)
)

cat(sprintf("beta = %.3f +- %.3f (true: %.3f)\n", jko_beta(model), jko_beta(model, se = TRUE), beta))
at <- c(-1, -0.5, 0.5, 1)
print(data.frame(
  x = at,
  V = jko_potential_gradient(model, at), error = jko_potential_gradient(model, at, se = TRUE), true = slope_v(at),
  U = jko_interaction_gradient(model, at), error = jko_interaction_gradient(model, at, se = TRUE), true = slope_u(at),
  check.names = FALSE
), digits = 2, row.names = FALSE)

# Could the data tell the terms apart?
cat(jko_observability(model)$sentence, "\n")

# The snapshot that was kept back, predicted from the first one, and by standing still.
later <- predict(model, x0, times = gap * 0:10)[, , 11]
cat(sprintf("W1 to the last snapshot: %.3f as predicted from the first, %.3f from the first itself\n",
            jko_emd(later, seen[[11]]), jko_emd(x0, seen[[11]])))
