test_that("exact plans have their marginals, a certificate and indices from 1", {
  x <- cbind(c(0, 1), c(0, 0))
  y <- cbind(c(1.5, 0.5, 9), c(0, 0, 0))
  a <- c(0.5, 0.5)
  b <- c(0.3, 0.3, 0.4)
  plan <- jko_plan(x, y, a, b)
  dense <- as.matrix(plan)
  expect_equal(rowSums(dense), a)
  expect_equal(colSums(dense), b)
  cost <- outer(1:2, 1:3, Vectorize(function(i, j) sum((x[i, ] - y[j, ])^2)))
  expect_equal(sum(dense * cost), plan$cost)
  # Dual feasibility, and the same value: the plan is optimal.
  expect_true(all(outer(plan$dual_x, plan$dual_y, `+`) <= cost + 1e-9))
  expect_equal(sum(a * plan$dual_x) + sum(b * plan$dual_y), plan$cost)
  expect_equal(plan$barycentres_x[1, ], as.vector(dense[1, ] %*% y) / 0.5)
  expect_true(all(plan$pairs$x %in% 1:2) && all(plan$pairs$y %in% 1:3))
  expect_output(print(plan), "Transport plan: 2 x 3")
})

test_that("entropic plans spread, and say so where they have not converged", {
  plan <- jko_plan(cbind(0:1), cbind(c(1.5, 0.5)), method = "sinkhorn", epsilon = 0.5)
  expect_equal(as.matrix(plan), rbind(c(0.06, 0.44), c(0.44, 0.06)), tolerance = 0.01)
  expect_equal(nrow(as.data.frame(plan, threshold = 0.1)), 2)
  far <- jko_plan(cbind(c(0, 9)), cbind(0), method = "unbalanced", epsilon = 0.1, marginal_relaxation = 1)
  expect_lt(far$mass_x[2], 1e-6)
  x <- cbind(1:30)
  expect_warning(jko_plan(x, x + 0.3, method = "sinkhorn", epsilon = 0.01, max_iterations = 2),
                 class = "jko_convergence_warning")
  expect_gt(jko_sinkhorn_divergence(x, x + 0.3), 0)
})

test_that("distances of shifted populations are the shift", {
  x <- cbind(sin(1:20), cos(1:20))
  y <- sweep(x, 2, c(3, 4), `+`)
  expect_equal(jko_emd(x, y), 5)
  expect_equal(jko_emd(x, y, order = 2), 5)
  expect_gt(jko_energy_distance(x, y), 0)
  expect_equal(jko_emd(x, x[20:1, ]), 0)
})

test_that("plans of a series are those of its pairs", {
  series <- jko_snapshots(. ~ day, plateau_cells())
  plans <- jko_plans(series)
  expect_length(plans, 3)
  expect_identical(plans[[2]]$pairs, jko_plan(series[[2]]$points, series[[3]]$points)$pairs)
})
