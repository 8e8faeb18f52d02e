# Parts as options of the library: named lists of numbers. Ranges that the library checks are left to it.

radial_codes <- c(gaussian = 0, linear = 1, thin_plate = 2, cubic = 3, quintic = 4, multiquadric = 5,
                  inverse_multiquadric = 6, inverse_quadratic = 7)

network_options <- function(network, name) {
  hidden <- network$hidden
  if (!is.numeric(hidden) || !length(hidden)) stop_with(sprintf("%s must be widths of layers", name), argument = name)
  if (length(hidden) > 8) {
    stop_with(sprintf("%s has %d layers; it must have 1 to 8", name, length(hidden)), argument = name)
  }
  widths <- vapply(hidden, whole, 0, name = name, low = -2^31 + 1, high = 2^31 - 1)
  list(hidden = widths, activation = choice(network$activation, "activation", c(softplus = 0, silu = 1, tanh = 2)))
}

feature_options <- function(linear) {
  options <- list(trigonometric = as.double(flag(linear$trigonometric, "trigonometric")))
  if (!is.null(linear$polynomial_degree)) {
    options$polynomial_degree <- whole(linear$polynomial_degree, "polynomial_degree", 0, 8)
  }
  if (!is.null(linear$polynomial_total)) {
    options$polynomial_total <- as.double(flag(linear$polynomial_total, "polynomial_total"))
  }
  if (identical(options$polynomial_degree, 0) && (options$trigonometric || !is.null(linear$polynomial_total))) {
    odd <- if (options$trigonometric) "trigonometric" else "polynomial_total"
    stop_with(sprintf("%s has no effect: polynomial_degree = 0 has no monomials", odd), argument = odd)
  }
  if (!is.null(linear$time_degree)) options$time_degree <- whole(linear$time_degree, "time_degree", 1, 8)
  c(options, radial_options(linear$radial), fourier_options(linear$fourier))
}

radial_options <- function(radial) {
  if (is.null(radial)) return(list(radial_grid = 0))
  if (!inherits(radial, "jko_radial")) return(list(radial = choice(radial, "radial", radial_codes)))
  options <- list(radial = choice(radial$`function`, "radial", radial_codes),
                  radial_grid = whole(radial$grid, "radial$grid", 1, 100))
  if (!is.null(radial$centres)) options$radial_centres <- whole(radial$centres, "radial$centres", 1, 3000)
  if (!is.null(radial$width)) options$radial_width <- positive(radial$width, "radial$width")
  options
}

fourier_options <- function(fourier) {
  if (is.null(fourier)) return(list())
  if (!inherits(fourier, "jko_fourier")) stop_with("fourier must be a jko_fourier() or NULL", argument = "fourier")
  options <- list(fourier_features = whole(fourier$features, "fourier$features", 1, 20000))
  if (!is.null(fourier$scale)) options$fourier_scale <- positive(fourier$scale, "fourier$scale")
  if (!is.null(fourier$coordinates)) {
    options$fourier_coordinates <- whole(fourier$coordinates, "fourier$coordinates", 1, 1e6)
  }
  options
}

density_options <- function(density) {
  if (inherits(density, "jko_kernel_density")) return(kernel_options(density))
  options <- list(kind = 0, covariance = choice(density$covariance_type, "covariance_type", c(full = 0, diag = 1)),
                  restarts = whole(density$n_init, "n_init"), max_iterations = whole(density$max_iter, "max_iter"),
                  tolerance = one_number(density$tol, "tol"), components = 0)
  if (!identical(density$n_components, "bic")) {
    options$components <- whole(density$n_components, "n_components", 1, 10000)
  }
  if (!is.null(density$max_components)) {
    if (options$components > 0) {
      stop_with("max_components has no effect: it is for n_components = \"bic\"", argument = "max_components")
    }
    options$max_components <- whole(density$max_components, "max_components")
  }
  options
}

kernel_options <- function(density) {
  shape <- choice(density$covariance_type, "covariance_type", c(full = 0, spherical = 2))
  if (is.character(density$bandwidth)) {
    rule <- choice(density$bandwidth, "bandwidth", c(scott = 0, silverman = 1))
    return(list(kind = 1, covariance = shape, bandwidth_rule = rule))
  }
  if (shape != 0) stop_with("covariance_type has no effect: bandwidth is given", argument = "covariance_type")
  list(kind = 1, bandwidth = positive(density$bandwidth, "bandwidth"))
}

# Plans of a fit, or of jko_plan(); NULL for exact ones.
coupling_options <- function(coupling) {
  if (is.null(coupling)) return(NULL)
  unbalanced <- inherits(coupling, "jko_unbalanced")
  options <- list(method = if (unbalanced) 2 else 1, tolerance = one_number(coupling$tolerance, "coupling$tolerance"),
                  max_iterations = whole(coupling$max_iterations, "coupling$max_iterations"))
  c(options, epsilon_option(coupling$epsilon), if (unbalanced) relaxation_options(coupling$marginal_relaxation))
}

# The library takes 0 for "choose it".
epsilon_option <- function(epsilon) {
  if (is.null(epsilon)) return(list())
  number <- one_number(epsilon, "epsilon")
  if (number == 0) stop_with("epsilon = 0 is not positive; NULL chooses it, and exact plans do without")
  list(epsilon = number)
}

relaxation_options <- function(relaxation) {
  if (is.null(relaxation)) return(list())
  if (!is.numeric(relaxation) || !length(relaxation) %in% 1:2) {
    stop_with("marginal_relaxation must be one number, or two for x and y", argument = "marginal_relaxation")
  }
  both <- vapply(rep_len(relaxation, 2), one_number, 0, name = "marginal_relaxation")
  if (any(both == 0)) stop_with("marginal_relaxation = 0 is not greater than 0; NULL chooses it")
  list(relaxation_x = both[1], relaxation_y = both[2])
}

adam_options <- function(adam) {
  options <- list(
    epochs = if (is.null(adam$epochs)) 0 else whole(adam$epochs, "epochs", 1),
    batch_size = whole(adam$batch_size, "batch_size"),
    learning_rate = one_number(adam$learning_rate, "learning_rate"),
    clip_norm = one_number(adam$clip_norm, "clip_norm"),
    precision = choice(adam$dtype, "dtype", c(float64 = 0, float32 = 1)),
    schedule = choice(adam$schedule, "schedule", c(constant = 0, cosine = 1, exponential = 2))
  )
  if (!is.null(adam$final_rate)) {
    if (options$schedule == 0) stop_with("final_rate has no effect: schedule is \"constant\"", argument = "final_rate")
    options$final_rate <- one_number(adam$final_rate, "final_rate")
  }
  if (!is.null(adam$interaction_samples)) {
    options$interaction_samples <- whole(adam$interaction_samples, "interaction_samples", 2)
  }
  c(options, last_layer_options(adam$last_layer), validation_options(adam$validation),
    checkpoint_options(adam$checkpoint))
}

last_layer_options <- function(layer) {
  if (identical(layer, "exact")) layer <- jko_last_layer()
  if (!inherits(layer, "jko_last_layer")) return(list(last_layer = choice(layer, "last_layer", c(trained = 0))))
  list(last_layer = 1, last_layer_every = whole(layer$every, "last_layer$every"))
}

validation_options <- function(validation) {
  if (is.null(validation)) return(list())
  if (is.character(validation)) validation <- jko_validation(text(validation, "validation"))
  if (!inherits(validation, "jko_validation")) stop_with("validation must be \"loss\", \"emd\" or a jko_validation()")
  list(validation = choice(validation$by, "validation", c(loss = 1, emd = 2)),
       validation_fraction = one_number(validation$fraction, "validation$fraction"),
       validation_every = whole(validation$every, "validation$every"),
       patience = whole(validation$patience, "validation$patience"))
}

checkpoint_options <- function(checkpoint) {
  if (is.null(checkpoint)) return(list())
  if (is.character(checkpoint)) checkpoint <- jko_checkpoint(checkpoint)
  if (!inherits(checkpoint, "jko_checkpoint")) stop_with("checkpoint must be a path or a jko_checkpoint()")
  list(checkpoint = file_path(checkpoint$path, "checkpoint"),
       checkpoint_every = whole(checkpoint$every, "checkpoint$every"),
       resume = as.double(flag(checkpoint$resume, "checkpoint$resume")))
}
