# Learning the energy from snapshots.

jko_fit <- function(x, ...) UseMethod("jko_fit")

jko_fit.formula <- function(formula, data = NULL, ..., weights = NULL, time_map = NULL, time_tolerance = NULL) {
  fit_to(from_formula(formula, data, substitute(weights), time_map, time_tolerance), match.call(), ...)
}

jko_fit.default <- function(x, times, ..., weights = NULL, time_map = NULL, time_tolerance = NULL) {
  series <- jko_snapshots(x, times, weights = weights, time_map = time_map, time_tolerance = time_tolerance)
  fit_to(series, match.call(), ...)
}

jko_fit.data.frame <- function(x, times, ..., points = NULL, weights = NULL, time_map = NULL, time_tolerance = NULL) {
  series <- jko_snapshots(x, times, points = points, weights = weights, time_map = time_map,
                          time_tolerance = time_tolerance)
  fit_to(series, match.call(), ...)
}

jko_fit.list <- function(x, times = NULL, ..., points = NULL, weights = NULL, time_map = NULL) {
  fit_to(jko_snapshots(x, times, points = points, weights = weights, time_map = time_map), match.call(), ...)
}

jko_fit.character <- function(x, times = NULL, ..., points = NULL, weights = NULL, time_tolerance = NULL) {
  series <- jko_snapshots(x, times, points = points, weights = weights, time_tolerance = time_tolerance)
  fit_to(series, match.call(), ...)
}

jko_fit.jko_snapshots <- function(x, ..., potential = "mlp", interaction = NULL, internal = FALSE, time_varying = NULL,
                                  scheme = NULL, coupling = "exact", training = NULL, error_bars = NULL, seed = 0,
                                  verbose = 0, hidden = NULL, epochs = NULL, batch_size = NULL, learning_rate = NULL,
                                  interaction_samples = NULL, rollout_weight = NULL, growth = NULL, report = TRUE,
                                  progress = NULL) {
  no_more(..., where = "jko_fit()")
  if (is.logical(verbose) && !is.na(verbose[1])) verbose <- as.double(verbose)
  whole(verbose, "verbose", 0, 1)
  handle <- owned(x, "jko_snapshots", "x")
  if (length(x) < 2) {
    stop_with(sprintf("x has %s; fitting needs two or more", plural(length(x), "snapshot")), "JKO_ESHAPE", "x")
  }
  given <- mget(c("potential", "interaction", "internal", "time_varying", "scheme", "coupling", "training",
                  "error_bars", "seed", "hidden", "epochs", "batch_size", "learning_rate", "interaction_samples",
                  "rollout_weight"))
  found <- specification(given)
  judged <- flag(report, "report")
  if (judged) advise_on_data(x)
  rates <- growth_of(growth, x)
  told <- listener(progress, verbose)
  options <- model_options(found)
  made <- .Call(C_model_fit, options, handle, fit_options(found), rates$handle, told)
  told_end(verbose)
  answer(made$failure, model = reached_model(made, x, found, match.call()))
  model <- adopt_model(made$model, x, found, match.call())
  identified <- advise_on_terms(model)
  if (judged) {
    model$report <- fit_report(model, x, identified)
    if (verbose > 0) message(paste(format(model$report), collapse = "\n"))
    advise_on_fit(model$report, found, x)
  }
  model
}

# Fit to a series that a method has made; the call is the user's.
fit_to <- function(series, call, ...) {
  call[[1]] <- quote(jko_fit)
  model <- jko_fit.jko_snapshots(series, ...)
  model$call <- call
  model
}

# What a fit that was interrupted has learned; NULL where it has learned nothing.
reached_model <- function(made, series, found, call) {
  stopped <- inherits(made$failure, "jko_failure") && made$failure$interrupted
  if (!stopped || !.Call(C_is_alive, made$model, "jko_model")) return(NULL)
  if (answer(.Call(C_model_describe, made$model))$fitted != 0) adopt_model(made$model, series, found, call)
}

# A model around a handle. `series` and `found` are NULL for models from files.
adopt_model <- function(handle, series = NULL, found = NULL, call = NULL) {
  if (!is.null(call)) call[[1]] <- quote(jko_fit)
  said <- read_json(answer(.Call(C_model_text, handle, "description")))
  info <- lapply(answer(.Call(C_model_describe, handle)), as.integer)
  names <- unlist(said$coordinates)
  keep_bytes(handle, C_model_save)
  structure(class = "jko_model",
            list(handle = handle, info = info, description = said,
                 times = answer(.Call(C_model_numbers, handle, "times")),
                 coordinates = if (length(names)) names, dimension = info$dimension, series = series,
                 specification = found, call = call, report = NULL))
}

# The function that hears how far a fit is: the user's, or one that writes a line, in place on a terminal, and a new one
# now and then elsewhere.
listener <- function(progress, verbose) {
  if (!is.null(progress)) {
    if (!is.function(progress)) stop_with("progress must be a function of stage, done, total, loss and seconds")
    return(progress)
  }
  if (verbose == 0) return(NULL)
  in_place <- isatty(stderr())
  due <- if (in_place) -Inf else proc.time()[["elapsed"]] + 2
  function(stage, done, total, loss, seconds) {
    # An interrupt in here would be one of this function, and the fit would be lost.
    suspendInterrupts({
      now <- proc.time()[["elapsed"]]
      if (now < due && done < total) return(invisible())
      due <<- now + if (in_place) 0.2 else 2
      said <- sprintf("%s %s/%s%s, %.1f s", stage, format(done, big.mark = ","),
                      format(total, big.mark = ",", scientific = FALSE),
                      if (is.nan(loss)) "" else sprintf(", loss %.4g", loss), seconds)
      cat(if (in_place) sprintf("\r%-60s", said) else paste0(said, "\n"), file = stderr())
    })
  }
}

told_end <- function(verbose) if (verbose > 0 && isatty(stderr())) cat("\n", file = stderr())
