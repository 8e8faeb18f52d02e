# Densities of populations: mixtures of Gaussians, and kernels around particles.

jko_density <- function(x, kind = jko_gaussian_mixture(), ..., weights = NULL, seed = 0) {
  no_more(..., where = "jko_density()")
  if (!inherits(kind, c("jko_gaussian_mixture", "jko_kernel_density"))) {
    stop_with(sprintf("kind must be a jko_gaussian_mixture() or a jko_kernel_density(), got %s", shown(kind)),
              argument = "kind")
  }
  options <- density_options(kind)
  if (inherits(kind, "jko_gaussian_mixture")) options$seed <- seed_of(seed)
  points <- matrix_of(x, "x")
  density <- kept_density(list("estimate", points, weights_of(weights), options), c(points = "x"))
  density["coordinates"] <- list(names_of_columns(points))
  if (!density$converged) {
    warn_with(sprintf(paste("the log-likelihood still changed by tol = %g or more in the last of %d iterations; allow",
                            "more by max_iter"), kind$tol, density$iterations), "jko_convergence_warning")
  }
  density
}

jko_mixture <- function(weights, means, covariances) {
  centres <- matrix_of(means, "means")
  k <- nrow(centres)
  d <- ncol(centres)
  given <- if (is.list(covariances)) simplify2array(lapply(covariances, as.matrix)) else covariances
  square <- is.null(dim(given)) || identical(dim(given)[1:2], c(d, d))
  if (!is.numeric(given) || length(given) != k * d * d || !square) {
    stop_with(sprintf("covariances must be an array %d x %d x %d, got %s", d, d, k,
                      if (is.null(dim(given))) shown(covariances) else paste(dim(given), collapse = " x ")),
              "JKO_ESHAPE", "covariances")
  }
  # The library takes one matrix below the other.
  stacked <- matrix(aperm(array(as.double(given), c(d, d, k)), c(1, 3, 2)), k * d, d)
  density <- kept_density(list("mixture", vector_of(weights, "weights"), centres, stacked))
  density["coordinates"] <- list(names_of_columns(centres))
  density
}

density_again <- function(kept) {
  switch(kept[[1]], estimate = .Call(C_density_create, kept[[2]], kept[[3]], kept[[4]]),
         mixture = .Call(C_density_from_mixture, kept[[2]], kept[[3]], kept[[4]], FALSE))
}

# A density with what it is made of, which makes it again, bit for bit, in another process.
kept_density <- function(kept, names = NULL) {
  handle <- answer(density_again(kept), names)
  .Call(C_keep, handle, kept)
  said <- .Call(C_density_describe, handle)
  density <- list(handle = handle, kind = c("mixture", "kernel")[said$kind + 1], dimension = said$dimension,
                  coordinates = NULL, components = said$components, log_likelihood = said$log_likelihood,
                  bic = said$bic, iterations = said$iterations, converged = said$converged != 0,
                  bandwidth = said$bandwidth)
  if (density$kind == "mixture") {
    found <- answer(.Call(C_density_parameters, handle))
    density$weights <- found$weights
    density$means <- found$means
    stacked <- array(found$covariances, c(said$dimension, said$components, said$dimension))
    density$covariances <- aperm(stacked, c(1, 3, 2))
  }
  structure(density, class = "jko_density")
}

print.jko_density <- function(x, ...) {
  owned(x, "jko_density", "x")
  if (x$kind == "kernel") {
    cat(sprintf("Kernel density: %s in %s, bandwidth %.4g\n", plural(x$components, "particle"),
                plural(x$dimension, "coordinate"), x$bandwidth))
  } else {
    cat(sprintf("Gaussian mixture: %s in %s%s\n", plural(x$components, "component"),
                plural(x$dimension, "coordinate"), if (is.nan(x$bic)) "" else sprintf(", BIC %.6g", x$bic)))
  }
  invisible(x)
}

jko_log_density <- function(object, x, ...) UseMethod("jko_log_density")

jko_score <- function(object, x, ...) UseMethod("jko_score")

jko_log_density.jko_density <- function(object, x, ...) {
  no_more(..., where = "jko_log_density() of a density")
  density_at(object, x, FALSE)
}

jko_score.jko_density <- function(object, x, ...) {
  no_more(..., where = "jko_score() of a density")
  density_at(object, x, TRUE)
}

density_at <- function(density, x, score) {
  handle <- owned(density, "jko_density", "object")
  points <- points_of(density, x, "x", "density")
  like_points(answer(.Call(C_density_at, handle, points, score)), points, density)
}

# Names of the rows, and of the coordinates of matrices.
like_points <- function(found, points, fitted) {
  if (is.matrix(found)) {
    if (!is.null(rownames(points)) || !is.null(fitted$coordinates)) {
      dimnames(found) <- list(rownames(points), fitted$coordinates)
    }
  } else names(found) <- rownames(points)
  found
}

simulate.jko_density <- function(object, nsim = 1, seed = NULL, ...) {
  no_more(..., where = "simulate() of a density")
  handle <- owned(object, "jko_density", "object")
  found <- answer(.Call(C_density_sample, handle, whole(nsim, "nsim", 1, 2^31 - 1), seed_of(seed)))
  like_points(found, found, object)
}
