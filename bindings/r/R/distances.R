# How far two populations are apart.

jko_emd <- function(x, y, order = 1, a = NULL, b = NULL) {
  answer(.Call(C_emd, matrix_of(x, "x"), matrix_of(y, "y"), masses_of(a, "a"), masses_of(b, "b"),
               whole(order, "order", 1, 2)))
}

jko_energy_distance <- function(x, y, a = NULL, b = NULL) {
  answer(.Call(C_energy_distance, matrix_of(x, "x"), matrix_of(y, "y"), masses_of(a, "a"), masses_of(b, "b")))
}

jko_sinkhorn_divergence <- function(x, y, a = NULL, b = NULL, metric = c("sqeuclidean", "euclidean"), epsilon = NULL,
                                    tolerance = NULL, max_iterations = NULL) {
  options <- plan_options(one_of(metric), "sinkhorn", epsilon, NULL, tolerance, max_iterations)
  found <- answer(.Call(C_sinkhorn_divergence, matrix_of(x, "x"), matrix_of(y, "y"), masses_of(a, "a"),
                        masses_of(b, "b"), options))
  if (found$converged == 0) {
    warn_with(sprintf("the marginal error is %.2e after %d iterations, more than the tolerance", found$marginal_error,
                      as.integer(found$iterations)), "jko_convergence_warning")
  }
  found$divergence
}
