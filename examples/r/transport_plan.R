# The optimal transport plan between two populations, with the proof that it is optimal; and an entropic one.
#
#     Rscript transport_plan.R [N] [M]
#
# N particles uniform in the unit square and M in a square of half the side, shifted by (2, 0). Default 200 and 300.
library(jkonetstar)

arguments <- as.numeric(commandArgs(trailingOnly = TRUE))
n <- if (length(arguments) > 0) arguments[1] else 200
m <- if (length(arguments) > 1) arguments[2] else 300

set.seed(1)
x <- matrix(runif(2 * n), ncol = 2)
y <- cbind(2 + 0.5 * runif(m), 0.5 * runif(m))
plan <- jko_plan(x, y)
cat(sprintf("%d of %d pairs carry mass\n", nrow(plan$pairs), n * m))
cat(sprintf("cost %.12g, at least %.12g by the dual: relative gap %.1e\n", plan$cost, plan$dual_cost, plan$gap))
cat(sprintf("first pair: x[%d, ] -> y[%d, ], mass %g\n", plan$pairs$x[1], plan$pairs$y[1], plan$pairs$mass[1]))
w2 <- jko_emd(x, y, order = 2)
cat(sprintf("W1 = %.6f, W2 = %.6f\n", jko_emd(x, y), w2))

# Entropic: every particle goes a little everywhere, most of all to places within a distance of about sqrt(epsilon).
blurred <- jko_plan(x, y, method = "sinkhorn", epsilon = 0.01)
cat(sprintf("entropic plan: cost %.12g after %d iterations, marginals to %.1e\n", blurred$cost, blurred$iterations,
            blurred$marginal_error))
cat(sprintf("Sinkhorn divergence %.6f, W2 squared %.6f\n", jko_sinkhorn_divergence(x, y, epsilon = 0.01), w2^2))
