# What a string in jko_fit() stands for, with parameters of its own: networks, features, densities, plans, training.

part <- function(class, ...) structure(class = c(class, "jko_part"), list(...))

print.jko_part <- function(x, ...) {
  cat(written(x), "\n", sep = "")
  invisible(x)
}

# A part as the call that makes it, without what is NULL.
written <- function(part) {
  if (is.null(part)) return("NULL")
  if (!inherits(part, "jko_part")) return(deparse1(part))
  given <- Filter(Negate(is.null), unclass(part))
  sprintf("%s(%s)", class(part)[1], paste(names(given), "=", vapply(given, written, ""), collapse = ", "))
}

jko_mlp <- function(hidden = c(64, 64), activation = c("silu", "softplus", "tanh")) {
  part("jko_mlp", hidden = hidden, activation = one_of(activation))
}

jko_radial <- function(`function` = "gaussian", grid = 10, centres = NULL, width = NULL) {
  part("jko_radial", `function` = `function`, grid = grid, centres = centres, width = width)
}

jko_fourier <- function(features, scale = NULL, coordinates = NULL) {
  part("jko_fourier", features = features, scale = scale, coordinates = coordinates)
}

jko_linear <- function(polynomial_degree = NULL, polynomial_total = NULL, trigonometric = FALSE, radial = "gaussian",
                       fourier = NULL, time_degree = NULL) {
  part("jko_linear", polynomial_degree = polynomial_degree, polynomial_total = polynomial_total,
       trigonometric = trigonometric, radial = radial, fourier = fourier, time_degree = time_degree)
}

jko_gaussian_mixture <- function(n_components = "bic", covariance_type = c("full", "diag"), max_components = NULL,
                                 n_init = 3, max_iter = 1000, tol = 1e-5) {
  part("jko_gaussian_mixture", n_components = n_components, covariance_type = one_of(covariance_type),
       max_components = max_components, n_init = n_init, max_iter = max_iter, tol = tol)
}

jko_kernel_density <- function(bandwidth = "scott", covariance_type = c("full", "spherical")) {
  part("jko_kernel_density", bandwidth = bandwidth, covariance_type = one_of(covariance_type))
}

jko_sinkhorn <- function(epsilon = NULL, tolerance = 1e-6, max_iterations = 10000) {
  part("jko_sinkhorn", epsilon = epsilon, tolerance = tolerance, max_iterations = max_iterations)
}

jko_unbalanced <- function(marginal_relaxation = NULL, epsilon = NULL, tolerance = 1e-6, max_iterations = 10000) {
  part("jko_unbalanced", marginal_relaxation = marginal_relaxation, epsilon = epsilon, tolerance = tolerance,
       max_iterations = max_iterations)
}

jko_adam <- function(epochs = NULL, batch_size = 100, learning_rate = 5e-3,
                     schedule = c("cosine", "exponential", "constant"), final_rate = NULL, clip_norm = 10,
                     dtype = c("float32", "float64"), interaction_samples = NULL, last_layer = "trained",
                     validation = NULL, checkpoint = NULL) {
  part("jko_adam", epochs = epochs, batch_size = batch_size, learning_rate = learning_rate,
       schedule = one_of(schedule), final_rate = final_rate, clip_norm = clip_norm, dtype = one_of(dtype),
       interaction_samples = interaction_samples, last_layer = last_layer, validation = validation,
       checkpoint = checkpoint)
}

jko_closed_form <- function(ridge = NULL, bias_samples = 0) {
  part("jko_closed_form", ridge = ridge, bias_samples = bias_samples)
}

jko_last_layer <- function(every = 10, ridge = NULL) part("jko_last_layer", every = every, ridge = ridge)

jko_validation <- function(by = c("loss", "emd"), fraction = 0.2, every = 10, patience = 10) {
  part("jko_validation", by = one_of(by), fraction = fraction, every = every, patience = patience)
}

jko_checkpoint <- function(path, every = 100, resume = FALSE) {
  part("jko_checkpoint", path = path, every = every, resume = resume)
}

jko_bootstrap <- function(samples = NULL) part("jko_bootstrap", samples = samples)
