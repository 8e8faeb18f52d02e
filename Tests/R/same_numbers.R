# Compute in R what same_numbers.py has computed, by the same library, and compare every number to the last bit.
#
# Usage: Rscript same_numbers.R TABLE MODEL EXPECTED, where MODEL is the network that Python has saved and EXPECTED is
# what Python has printed.
library(jkonetstar)

arguments <- commandArgs(trailingOnly = TRUE)
lines <- strsplit(readLines(arguments[3]), " ")
expected <- lapply(lines, function(line) as.numeric(line[-1]))
names(expected) <- vapply(lines, `[`, "", 1)

table <- read.csv(arguments[1])
X <- as.matrix(table[c("x", "y")])
at <- rbind(c(0.5, -0.25), c(-1, 0.75), c(1.5, 1.25))
series <- jko_snapshots(cbind(x, y) ~ time, table, weights = weight)
found <- list()

linear <- jko_fit(series, potential = "linear", seed = 3, report = FALSE)
found$coefficients <- coef(linear)
found$gradient <- jko_potential_gradient(linear, at)

network <- jko_fit(series, hidden = c(8, 5), epochs = 30, time_varying = FALSE, seed = 7, report = FALSE)
found$network <- jko_potential(network, at)
found$history <- jko_history(network)
found$rollout <- predict(network, at, steps = 3)
stopifnot(identical(jko_potential(jko_load(arguments[2]), at), jko_potential(network, at)))

terms <- jko_linear(polynomial_degree = 2, radial = NULL)
energy <- suppressWarnings(jko_fit(series, potential = terms, internal = jko_gaussian_mixture(1), seed = 2,
                                   report = FALSE))
found$beta <- jko_beta(energy)
found$noise <- predict(energy, at, steps = 2, seed = 5)
found$seeded <- predict(jko_load(paste0(arguments[2], ".seeded")), at, steps = 2)
evaluation <- jko_evaluate(network, series)
found$one_step <- evaluation$one_step
found$energy_distance <- evaluation$energy_distance

plan <- jko_plan(series[[1]]$points, series[[2]]$points, series[[1]]$weights, series[[2]]$weights)
found$plan <- plan$pairs$mass
found$pairs <- c(plan$pairs$x, plan$pairs$y)
found$duals <- c(plan$dual_x, plan$dual_y)
found$sinkhorn <- as.matrix(jko_plan(X[1:6, ], X[7:13, ], method = "sinkhorn", epsilon = 0.125))
found$emd <- c(jko_emd(X[1:6, ], X[7:13, ]), jko_emd(X[1:6, ], X[7:13, ], 2), jko_energy_distance(X[1:6, ], X[7:13, ]))

found$between <- jko_interpolate(series, 0.5, seed = 4)[[1]]$points
growth <- jko_growth(series, total_mass = c(1, 2, 3), seed = 6)
found$growth <- predict(growth, at, t = 0.5)
found$simulated <- jko_simulate(at, "wavy_plateau", beta = 0.5, steps = 3, seed = 9)
found$functional <- jko_simulate(at, function(x) x[, 2:1] * 2, steps = 2)
parts <- jko_split(series, 0.5, seed = 8)
found$split <- unlist(lapply(1:3, function(k) parts$test[[k]]$rows))
found$train <- unlist(lapply(1:3, function(k) parts$train[[k]]$points[, 1]))

stopifnot(setequal(names(found), names(expected)))
for (name in names(expected)) {
  if (!identical(as.double(found[[name]]), expected[[name]])) {
    cat(name, "differs between R and Python:\n")
    print(rbind(R = as.double(found[[name]]), Python = expected[[name]]), digits = 17)
    quit(status = 1)
  }
}
cat(sprintf("R and Python agree to the last bit in %d calls, %d numbers\n", length(found), length(unlist(expected))))
