# Call every function of the shim while R collects garbage at every allocation. What it forgot to protect is then gone,
# and the call crashes or returns something else than without this.
#
# Usage: Rscript memory.R
library(jkonetstar)

shim <- asNamespace("jkonetstar")
x <- cbind(a = seq(-1, 1, length.out = 12), b = cos(1:12))
quadratic <- jko_linear(polynomial_degree = 2, radial = NULL)
series <- jko_snapshots(x, rep(0:2, each = 4))
handle <- series$handle

# Options as jko_fit() makes them.
said <- function(...) {
  found <- list(interaction = NULL, internal = FALSE, coupling = "exact", seed = 0, time_varying = FALSE)
  found[names(list(...))] <- list(...)
  shim$specification(found)
}
linear <- said(potential = quadratic)
network <- said(potential = "mlp", interaction = "linear", hidden = 4, epochs = 3, internal = TRUE,
                coupling = jko_unbalanced())

# Garbage is collected at every allocation of this number.
every <- 1
count <- 0
tried <- character()
# The value of a call to the shim; errors of R code that it calls are values, too.
collecting <- function(name, ...) {
  call <- function() {
    tryCatch(do.call(.Call, list(shim[[paste0("C_", name)]], ...)), error = function(error) conditionMessage(error))
  }
  quiet <- call()
  gctorture2(every)
  on.exit(gctorture2(0))
  loud <- call()
  gctorture2(0)
  if (!identical(rapply(list(quiet), comparable, how = "replace"), rapply(list(loud), comparable, how = "replace"))) {
    stop(name, " returns something else while garbage is collected")
  }
  count <<- count + 1
  tried <<- union(tried, name)
  invisible(loud)
}
# Handles of two calls differ.
comparable <- function(value) if (typeof(value) == "externalptr") "handle" else value

times <- as.double(rep(0:2, each = 4))
collecting("snapshots_create", x, times, rep(1, 12), NULL, c("a", "b"))
collecting("snapshots_create", x, -times[1:3], NULL, 0.5, NULL)
collecting("snapshots_append", NULL, 2, x, 0, NULL, c("a", "b"))
collecting("snapshots_load", file.path(tempdir(), "absent.csv"), list(time = "t"))
folder <- tempfile()
collecting("snapshots_save", handle, folder)
collecting("snapshots_load", folder, list())
collecting("snapshots_describe", handle)
collecting("snapshots_get", handle, 2)
collecting("snapshots_split", handle, 1, 0.5, 0)
collecting("snapshots_shuffle", handle, 0)
collecting("snapshots_without", handle, 2)

model <- collecting("model_fit", shim$model_options(linear), handle, shim$fit_options(linear), NULL, NULL)$model
made <- list(shim$model_options(network), handle, shim$fit_options(network), NULL)
trained <- do.call(collecting, c("model_fit", made, function(...) NULL))$model
do.call(collecting, c("model_fit", made, function(...) stop("enough")))
for (what in c("times", "history", "coefficients", "covariance", "ridge")) collecting("model_numbers", model, what)
for (what in c("description", "observability")) collecting("model_text", model, what)
collecting("model_text", trained, "observability")
collecting("model_describe", model)
collecting("model_identified", model)
file <- tempfile()
collecting("model_save", model, file)
collecting("model_load", file)
collecting("model_growth", model)
collecting("model_term", model, "potential", x, NULL, TRUE, FALSE)
collecting("model_term", model, "potential", x, NULL, FALSE, TRUE)
collecting("model_term", trained, "interaction", x, NULL, FALSE, FALSE)
collecting("model_beta", trained, FALSE)
collecting("model_energy", trained, x, rep(1, 12), NULL)

collecting("rollout_times", model, NULL, 3)
collecting("rollout", trained, x, c(0, 1, 2), list(seed = 3), FALSE)
collecting("rollout", trained, x, c(0, 0), list(seed = 3), FALSE)
collecting("simulate", x, list(steps = 2), function(x) x, function(x) 2 * x)
collecting("simulate", x, list(steps = 2), function(x) stop("enough"), NULL)
collecting("simulate", x, list(steps = 2), model, "sphere")
collecting("functional", "sphere", x, TRUE)
collecting("functional_names")
collecting("compare", trained, handle, handle, 0)
collecting("check", trained, handle)

plan <- collecting("plan", x, x[12:1, ], NULL, rep(1 / 12, 12), list(method = 0))
collecting("plan", x, x[, 1, drop = FALSE], NULL, NULL, list())
collecting("plans", handle, list(method = 1))
collecting("plan_describe", plan)
collecting("plan_pairs", plan, 0)
collecting("plan_contents", plan, 2L)
collecting("emd", x, x + 1, NULL, NULL, 1)
collecting("energy_distance", x, x + 1, NULL, NULL)
collecting("sinkhorn_divergence", x, x + 1, NULL, NULL, list(method = 1))

collecting("interpolate", handle, 0.5, list(), NULL, NULL)
growth <- collecting("growth_fit", handle, list(bootstrap = 2), c(1, 2, 3), NULL)
collecting("growth_rates", growth, x, 0.5, TRUE)
collecting("growth_masses", growth, rbind(x, x), c(0, 1), NULL)
collecting("growth_total_mass", growth, c(0, 1))
collecting("growth_describe", growth)
collecting("growth_save", growth, file)
collecting("growth_load", file)
collecting("model_fit", shim$model_options(linear), handle, shim$fit_options(linear), growth, NULL)

density <- collecting("density_create", x, rep(1, 12), shim$density_options(jko_gaussian_mixture(2)))
collecting("density_create", x, NULL, shim$density_options(jko_kernel_density()))
mixture <- collecting("density_from_mixture", c(1, 2), x[1:2, ], rbind(diag(2), diag(2)), FALSE)
collecting("density_from_mixture", c(1, -2), x[1:2, ], rbind(diag(2), diag(2)), TRUE)
collecting("density_describe", density)
collecting("density_parameters", mixture)
collecting("density_at", mixture, x, FALSE)
collecting("density_at", mixture, x, TRUE)
collecting("density_sample", mixture, 5, 1)
well <- shim$energy_of(function(x) list(value = rowSums(x^2) / 2, gradient = x), "potential")
failing <- function(points, time) stop("enough")
few <- list(steps = 2, components = 0, particles = 100)
# The library calls these functions so often that a collection at each allocation would take minutes; a prime number
# comes to all places in turn.
every <- 499
flow <- collecting("flow_compute", mixture, NULL, NULL, few, 4, well, NULL)
collecting("flow_compute", mixture, NULL, NULL, few, 4, "sphere", "sphere")
collecting("flow_compute", mixture, NULL, NULL, few, 4, failing, NULL)
particles <- .Call(shim$C_density_sample, mixture, 120, 2)
standard <- shim$log_density_of(function(x) -rowSums(x^2) / 2)
given <- collecting("flow_compute", NULL, particles, standard, few, 4, well, NULL)
collecting("flow_compute", NULL, particles, failing, few, 4, well, NULL)
every <- 1
collecting("flow_describe", flow)
collecting("flow_sample", flow, 4, 2, 1)
collecting("flow_transport", flow, x, 0, 2)
for (what in c("inverse", "log_density", "score")) collecting("flow_at", flow, x, 2, what)
collecting("flow_at", given, x, 1, "log_density")
collecting("flow_mass", flow, 1)
collecting("flow_save", flow, file)
collecting("flow_load", file)
collecting("sample", x[1:2, ], well, list(draws = 2, warmup = 1))
collecting("sample", x[1:2, ], failing, list(draws = 20))

collecting("snapshots_get", unserialize(serialize(handle, NULL)), 1)
collecting("snapshots_get", model, 1)
for (name in c("version", "abi_version", "build_info", "num_threads")) collecting(name)
collecting("set_num_threads", 2000)
collecting("is_alive", handle, "jko_snapshots")
collecting("is_alive", handle, "jko_model")
collecting("keep", handle, list(1, "a"))
collecting("kept", handle)
collecting("revive", handle, handle)
invisible(gctorture2(1))
revived <- .Call(shim$C_revive, unserialize(serialize(handle, NULL)), .Call(shim$C_snapshots_without, handle, 1))
invisible(gctorture2(0))
first <- .Call(shim$C_snapshots_get, revived, 1)
stopifnot(identical(first$points, .Call(shim$C_snapshots_get, handle, 2)$points))

untried <- setdiff(sub("^C_", "", grep("^C_", ls(shim), value = TRUE)), tried)
if (length(untried)) stop("these functions of the shim were not tried: ", paste(untried, collapse = ", "))
cat(sprintf("%d calls of all %d functions of the shim return the same while garbage is collected\n", count,
            length(tried)))
