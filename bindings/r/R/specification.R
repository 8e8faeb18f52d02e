# What the arguments of jko_fit() mean together; those that would have no effect where they stand are refused.

scheme_codes <- c(usual = -1, implicit = 0, explicit = 1, midpoint = 2)

# An energy and how it is fitted, every part an object, or NULL for what is not there.
specification <- function(given) {
  found <- list(
    potential = term_of(given$potential, "potential", given$hidden),
    interaction = term_of(given$interaction, "interaction", given$hidden),
    internal = internal_of(given$internal),
    coupling = coupling_of(given$coupling),
    error_bars = error_bars_of(given$error_bars),
    time_varying = if (!is.null(given$time_varying)) flag(given$time_varying, "time_varying"),
    scheme = if (is.null(given$scheme)) -1 else choice(given$scheme, "scheme", scheme_codes[-1]),
    rollout_weight = if (!is.null(given$rollout_weight)) not_negative(given$rollout_weight, "rollout_weight"),
    seed = seed_of(given$seed)
  )
  found$networks <- names(Filter(function(term) inherits(term, "jko_mlp"), found[c("potential", "interaction")]))
  if (!is.null(given$hidden) && !length(found$networks)) {
    stop_with("hidden has no effect: neither potential nor interaction is a network", argument = "hidden")
  }
  found$training <- training_of(given, found$networks)
  refuse_contradictions(found)
  found
}

term_of <- function(value, name, hidden) {
  if (is.null(value) || inherits(value, "jko_linear")) return(value)
  if (inherits(value, "jko_mlp")) {
    if (!is.null(hidden) && !identical(as.double(hidden), as.double(value$hidden))) {
      stop_with(sprintf("hidden contradicts %s = %s; set one of them", name, written(value)), argument = "hidden")
    }
    return(value)
  }
  if (identical(value, "mlp")) return(if (is.null(hidden)) jko_mlp() else jko_mlp(hidden))
  if (identical(value, "linear")) return(jko_linear())
  stop_with(sprintf("%s = %s is not known; it must be \"mlp\" or \"linear\", a jko_mlp(), a jko_linear() or NULL", name,
                    shown(value)), argument = name)
}

internal_of <- function(value) {
  if (inherits(value, c("jko_gaussian_mixture", "jko_kernel_density"))) return(value)
  if (!is.logical(value)) {
    stop_with("internal must be TRUE or FALSE, a jko_gaussian_mixture() or a jko_kernel_density()",
              argument = "internal")
  }
  if (flag(value, "internal")) jko_gaussian_mixture() else NULL
}

coupling_of <- function(value) {
  if (inherits(value, c("jko_sinkhorn", "jko_unbalanced"))) return(value)
  code <- choice(value, "coupling", c(exact = 0, sinkhorn = 1, unbalanced = 2))
  list(NULL, jko_sinkhorn(), jko_unbalanced())[[code + 1]]
}

error_bars_of <- function(value) {
  if (is.null(value) || inherits(value, "jko_bootstrap")) return(value)
  code <- choice(value, "error_bars", c(influence = 1, bootstrap = 2))
  if (code == 2) jko_bootstrap() else "influence"
}

training_of <- function(given, networks) {
  steps <- c("epochs", "batch_size", "learning_rate", "interaction_samples")
  steps <- steps[!vapply(given[steps], is.null, NA)]
  training <- given$training
  if (is.null(training)) training <- if (length(networks)) "adam" else "closed_form"
  if (identical(training, "closed_form")) training <- jko_closed_form()
  if (identical(training, "adam")) {
    training <- jko_adam()
    training[steps] <- given[steps]
    return(training)
  }
  if (!inherits(training, c("jko_adam", "jko_closed_form"))) {
    stop_with("training must be \"adam\", \"closed_form\", a jko_adam(), a jko_closed_form() or NULL",
              argument = "training")
  }
  if (length(steps)) {
    why <- if (inherits(training, "jko_adam")) "training is given; set it there" else "the energy has no network"
    stop_with(sprintf("%s has no effect: %s", steps[1], why), argument = steps[1])
  }
  training
}

refuse_contradictions <- function(found) {
  closed <- inherits(found$training, "jko_closed_form")
  if (length(found$networks) && closed) {
    stop_with(sprintf("training = %s is for linear energies, and %s is a network", written(found$training),
                      found$networks[1]), argument = "training")
  }
  if (!length(found$networks) && !closed) {
    stop_with(sprintf("training = %s is for networks, and the energy has none", written(found$training)),
              argument = "training")
  }
  if (!closed && !is.null(found$training$interaction_samples) && !"interaction" %in% found$networks) {
    stop_with("interaction_samples has no effect: interaction is not a network", argument = "interaction_samples")
  }
  if (identical(found$error_bars, "influence")) refuse_influence(found)
  if (!is.null(found$interaction$time_degree)) {
    stop_with("time_degree of interaction has no effect: U is constant in time", argument = "time_degree")
  }
  if (!is.null(found$potential$time_degree) && !isTRUE(found$time_varying)) {
    stop_with("time_degree of potential has no effect: time_varying is not TRUE", argument = "time_degree")
  }
}

# Error bars by the delta method are for few kinds of fits.
refuse_influence <- function(found) {
  why <- if (length(found$networks)) "is for closed forms, and %s is a network" else
    if (!is.null(found$coupling)) "is for exact plans, and coupling is not" else
      if (inherits(found$internal, "jko_kernel_density")) "is for Gaussian mixtures, and internal is not" else
        if (found$scheme < 0 && (!is.null(found$interaction) || !is.null(found$internal))) {
          "is not for the midpoint scheme, which an energy with U or beta has if scheme is NULL"
        }
  if (is.null(why)) return(invisible())
  if (length(found$networks)) why <- sprintf(why, found$networks[1])
  stop_with(sprintf("error_bars = \"influence\" %s; \"bootstrap\" takes any", why), argument = "error_bars")
}

parametrisation <- function(term) if (is.null(term)) 0 else if (inherits(term, "jko_mlp")) 1 else 2

# What a model is, as the library takes it.
model_options <- function(found) {
  options <- list(model = list(
    potential = parametrisation(found$potential), interaction = parametrisation(found$interaction),
    internal = as.double(!is.null(found$internal)), scheme = found$scheme,
    time_varying = if (is.null(found$time_varying)) -1 else as.double(found$time_varying)
  ))
  for (name in c("potential", "interaction")) {
    term <- found[[name]]
    said <- if (name == "potential") "hidden" else "interaction$hidden"
    if (inherits(term, "jko_mlp")) options[[paste0(name, "_network")]] <- network_options(term, said)
    if (inherits(term, "jko_linear")) options[[paste0(name, "_features")]] <- feature_options(term)
  }
  if (!is.null(found$internal)) options$density <- density_options(found$internal)
  options
}

# How it is fitted.
fit_options <- function(found) {
  fit <- list(seed = found$seed)
  options <- list()
  training <- found$training
  if (inherits(training, "jko_adam")) {
    options$training <- adam_options(training)
    layer <- training$last_layer
    if (inherits(layer, "jko_last_layer") && !is.null(layer$ridge)) {
      fit$ridge <- not_negative(layer$ridge, "last_layer$ridge")
    }
  } else {
    fit$bias_samples <- whole(training$bias_samples, "bias_samples", 0, 1e5)
    if (identical(training$ridge, "gcv")) fit$ridge_method <- 1
    else if (!is.null(training$ridge)) fit$ridge <- not_negative(training$ridge, "ridge")
  }
  if (inherits(found$error_bars, "jko_bootstrap")) {
    fit$error_bars <- 2
    samples <- found$error_bars$samples
    if (!is.null(samples)) fit$bootstrap_samples <- whole(samples, "error_bars$samples", 2, 1e5)
  } else if (!is.null(found$error_bars)) fit$error_bars <- 1
  if (!is.null(found$rollout_weight)) fit$rollout_weight <- found$rollout_weight
  options$transport <- coupling_options(found$coupling)
  options$fit <- fit
  options
}
