# Particles that descend a known energy, of which only unpaired snapshots are kept. Small, so that fits take moments.

plateau <- function(n = 60, steps = 3) {
  x0 <- as.matrix(expand.grid(x = seq(-3, 3, length.out = 10), y = seq(-3, 3, length.out = n / 10)))
  jko_simulate(x0, "wavy_plateau", dt = 0.01, steps = steps)
}

plateau_cells <- function() {
  paths <- plateau()
  data.frame(x = c(paths[, 1, ]), y = c(paths[, 2, ]), day = rep(0:3, each = dim(paths)[1]))
}

# V(x) = |x|^2 / 2, one explicit step with tau = 0.1.
bowl <- function() {
  x0 <- cbind(a = seq(-1, 1, length.out = 40), b = cos(seq(0, 6, length.out = 40)))
  jko_snapshots(list(x0, 0.9 * x0), times = c(0, 0.1))
}

quadratic <- function() jko_linear(polynomial_degree = 2, radial = NULL)

expect_message_of <- function(code, message) {
  expect_identical(conditionMessage(tryCatch(code, error = function(error) error)), message)
}
