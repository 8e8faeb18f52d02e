# A fitted model: what it is, and its numbers.

scheme_name <- function(model) names(scheme_codes)[match(model$info$scheme, scheme_codes)]

described_terms <- function(model) {
  info <- model$info
  kinds <- c("none", "network", "linear")
  said <- model$description$model
  widths <- function(hidden) if (is.null(hidden)) "" else paste0(" (", paste(hidden, collapse = ", "), ")")
  c(if (info$potential) paste0("V ", kinds[info$potential + 1], widths(said$hidden),
                               if (info$time_varying) ", varies in time"),
    if (info$interaction) paste0("U ", kinds[info$interaction + 1], widths(said$interaction_hidden)),
    if (info$internal) "internal energy")
}

print.jko_model <- function(x, ...) {
  owned(x, "jko_model", "x")
  if (!is.null(x$call)) cat("Call: ", deparse1(x$call), "\n", sep = "")
  cat("Energy: ", paste(described_terms(x), collapse = "; "), "\n", sep = "")
  cat(sprintf("%s scheme, %s, %s, fitted to %s from %g to %g\n", scheme_name(x), plural(x$dimension, "coordinate"),
              plural(x$info$parameter_count, "parameter"), plural(length(x$times), "time"), min(x$times), max(x$times)))
  if (x$info$internal) cat(sprintf("beta = %.4g%s\n", jko_beta(x), beta_error_text(x)))
  if (x$info$growth) cat("with growth\n")
  invisible(x)
}

beta_error_text <- function(model) {
  error <- tryCatch(jko_beta(model, se = TRUE), jko_input_error = function(error) NULL)
  if (is.null(error)) "" else sprintf(" +- %.2g", error)
}

summary.jko_model <- function(object, ...) {
  handle <- owned(object, "jko_model", "object")
  history <- answer(.Call(C_model_numbers, handle, "history"))
  linear <- !1 %in% c(object$info$potential, object$info$interaction)
  structure(class = "summary.jko_model",
            list(model = object, history = history, ridge = if (linear) answer(.Call(C_model_numbers, handle, "ridge")),
                 scales = c(length = object$description$length_scale, time = object$description$time_scale)))
}

print.summary.jko_model <- function(x, ...) {
  print(x$model)
  cat(sprintf("length scale %.4g, time scale %.4g\n", x$scales[["length"]], x$scales[["time"]]))
  if (is.null(x$ridge)) {
    # The report has losses, too.
    if (!is.null(x$model$report)) cat(plural(length(x$history), "epoch"), "\n", sep = "")
    else if (length(x$history)) {
      cat(sprintf("loss %.4g after the first epoch, %.4g after the last of %d\n", x$history[1],
                  utils_tail(x$history, 1), length(x$history)))
    }
  } else cat(sprintf("closed form with ridge %.3g, objective %.4g\n", x$ridge[1], x$history[1]))
  if (!is.null(x$model$report)) print(x$model$report)
  invisible(x)
}

coef.jko_model <- function(object, ...) {
  found <- answer(.Call(C_model_numbers, owned(object, "jko_model", "object"), "coefficients"), c(model = "object"))
  stats::setNames(found, coefficient_names(object))
}

vcov.jko_model <- function(object, ...) {
  found <- answer(.Call(C_model_numbers, owned(object, "jko_model", "object"), "covariance"), c(model = "object"))
  names <- coefficient_names(object)
  dimnames(found) <- list(names, names)
  found
}

# The coefficients of V's features, those of U's, and beta. Where V and U are both there, the library does not say how
# many belong to which.
coefficient_names <- function(model) {
  info <- model$info
  features <- info$parameter_count - (info$internal != 0)
  term <- if (info$potential && info$interaction) "theta" else if (info$potential) "V" else "U"
  c(if (features > 0) paste0(term, seq_len(features)), if (info$internal) "beta")
}

time.jko_model <- function(x, ...) x$times

jko_history <- function(model) answer(.Call(C_model_numbers, owned(model, "jko_model", "model"), "history"))

jko_observability <- function(model) {
  structure(read_json(answer(.Call(C_model_text, owned(model, "jko_model", "model"), "observability"))),
            class = "jko_observability")
}

print.jko_observability <- function(x, ...) {
  cat(x$sentence, "\n", sep = "")
  angles <- vapply(x$separations, function(one) {
    sprintf("  %-12s angle to the other terms: %.3g to %.3g, as fitted %.3g", one$term, one$smallest, one$largest,
            one$fitted)
  }, "")
  cat(angles, sep = "\n")
  invisible(x)
}
