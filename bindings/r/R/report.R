# What there is to warn of in snapshots and in a fit, and what a fitted model says of itself.

advise_on_data <- function(series) {
  said <- answer(.Call(C_snapshots_describe, series$handle))
  named <- function(j) {
    if (is.null(series$coordinates)) as.character(j) else encodeString(series$coordinates[j], quote = "\"")
  }
  if (said$scale_ratio > 1e3) {
    narrow <- named(said$narrowest)
    advise(sprintf(paste("the standard deviation of coordinate %s is %.3g times that of coordinate %s: distances,",
                         "plans and the energy see next to nothing of the narrow one"),
                   named(said$widest), said$scale_ratio, narrow),
           c("dividing each coordinate by its standard deviation (scale())", paste("leaving out coordinate", narrow)),
           "unequal-scales", "jko_data_warning")
  }
  if (said$single_particles > 0) {
    advise(sprintf("%d of %d snapshots have a single particle, which says little about where a population is",
                   said$single_particles, length(series)),
           c("time_tolerance = to merge particles seen at nearly the same time", "leaving these snapshots out"),
           "single-particles", "jko_data_warning")
  }
  if (isTRUE(said$shortest_gap < 1e-3 * said$median_gap)) {
    pair <- series$times[said$shortest_gap_index + 0:1]
    advise(sprintf(paste("times %.10g and %.10g are %.3g apart, and half of all gaps are %.3g or more: the speed",
                         "between them is sampling noise divided by next to nothing"),
                   pair[1], pair[2], said$shortest_gap, said$median_gap),
           c("time_tolerance = to merge them", "leaving one of them out"), "close-times", "jko_data_warning")
  }
}

# Warn of a negative beta and of terms that the data cannot tell apart. TRUE or FALSE says whether they can; NULL where
# there are not several terms of a linear energy.
advise_on_terms <- function(model) {
  info <- model$info
  if (info$internal) {
    beta <- jko_beta(model)
    if (beta < 0) {
      advise(sprintf(paste("beta = %.3g is negative, which no diffusion has; predictions take it for 0. The sampling",
                           "noise of snapshots can do that where they are small or close in time"), beta),
             c("internal = FALSE", "snapshots with more particles, or further apart in time"), "negative-beta")
    }
  }
  terms <- (info$potential > 0) + (info$interaction > 0) + (info$internal > 0)
  if (1 %in% c(info$potential, info$interaction) || terms < 2) return(NULL)
  identified <- answer(.Call(C_model_identified, model$handle))
  if (!identified) {
    drop <- if (info$internal && !(info$potential && info$interaction)) "internal = FALSE" else "interaction = NULL"
    advise(sub("\\.$", "", jko_observability(model)$sentence),
           c(drop, "snapshots in which the population changes its shape, not only its place or its width"),
           "terms-alike", "jko_identifiability_warning")
  }
  identified
}

fit_report <- function(model, series, identified) {
  found <- answer(.Call(C_check, model$handle, series$handle))
  losses <- answer(.Call(C_model_numbers, model$handle, "history"))
  tenth <- max(1, length(losses) %/% 10)
  final <- mean(utils_tail(losses, tenth))
  before <- utils_tail(losses, 2 * tenth)[seq_len(max(0, length(losses) - tenth))]
  before <- before[seq_len(min(tenth, length(before)))]
  found$unfinished <- length(losses) >= 2 * tenth && final < mean(before) - 0.05 * abs(mean(before))
  found$first_loss <- losses[1]
  found$final_loss <- final
  found$identified <- identified
  found$worse <- found$worse != 0
  found$diverged <- !isTRUE(final <= 1000 * found$nothing_moves^2) && !identical(losses[1], final)
  structure(found, class = "jko_report")
}

utils_tail <- function(x, n) x[seq.int(to = length(x), length.out = min(n, length(x)))]

format.jko_report <- function(x, ...) {
  row <- function(name, w1, energy, ratio) sub(" +$", "", sprintf("  %-16s  %-9s %-16s  %s", name, w1, energy, ratio))
  number <- function(value) sprintf("%.3g", value)
  lines <- c(
    sprintf("Report on %s", plural(x$transitions, "transition")),
    row("one step ahead", "W1", "energy distance", "variance ratio"),
    row("predictions", number(x$one_step), number(x$energy_distance), number(x$variance_ratio)),
    row("nothing moves", number(x$nothing_moves), number(x$nothing_moves_energy_distance),
        number(x$nothing_moves_variance_ratio)),
    row("floor", number(x$floor), number(x$floor_energy_distance), ""),
    sprintf("  %s, unconverged %s", if (is.nan(x$folded)) "folded unknown" else paste("folded", share(x$folded)),
            share(x$unconverged))
  )
  if (!identical(x$first_loss, x$final_loss)) {
    state <- if (x$diverged) ", diverged" else if (x$unfinished) ", still falling" else ""
    lines <- c(lines, sprintf("  loss %.3g -> %.3g%s", x$first_loss, x$final_loss, state))
  }
  if (!is.null(x$identified)) {
    can <- if (x$identified) "can" else "cannot"
    lines <- c(lines, sprintf("  terms %s be told apart: see jko_observability()", can))
  }
  lines
}

print.jko_report <- function(x, ...) {
  cat(format(x), sep = "\n")
  invisible(x)
}

share <- function(part) if (part >= 0.1 || part == 0) sprintf("%.0f %%", 100 * part) else sprintf("%.2g %%", 100 * part)

# Warn of an energy that predicts its own snapshots worse than "nothing moves", or whose training diverged.
advise_on_fit <- function(report, found, series) {
  adam <- inherits(found$training, "jko_adam")
  if (report$worse) {
    advise(sprintf(paste("the fitted model predicts its own training snapshots worse than if nothing moved: one step",
                         "ahead W1 is %.3g, and %.3g if nothing moves"), report$one_step, report$nothing_moves),
           remedies(report, found, series), "worse-than-nothing")
  }
  if (report$diverged) {
    helps <- if (adam) c(sprintf("a learning_rate below %g", found$training$learning_rate), "a smaller clip_norm") else
      c("a larger ridge", "a lower polynomial_degree")
    advise(sprintf("the objective ended at %.3g, and moving nothing would make it about %.3g: training has diverged",
                   report$final_loss, report$nothing_moves^2), helps, "diverged-training")
  }
}

# What helps against predictions that are worse than none, the most promising first.
remedies <- function(report, found, series) {
  training <- found$training
  adam <- inherits(training, "jko_adam")
  c(if (min(series$sizes) == 1) "time_tolerance = to merge snapshots of a single particle",
    if (adam && training$learning_rate > 0.02) sprintf("a learning_rate below %g", training$learning_rate)
    else if (adam && !is.null(training$epochs) && (training$epochs < 50 || report$unfinished))
      sprintf("more epochs than %g", training$epochs),
    if (found$scheme == 0) "scheme = \"explicit\""
    else if (isTRUE(report$folded > 0.5)) "snapshots closer in time, as one step goes too far",
    if (!is.null(found$potential) && !isTRUE(found$time_varying) && length(series) > 2) "time_varying = TRUE",
    if (!adam) c("a larger ridge (jko_closed_form)", "a lower polynomial_degree (jko_linear)"),
    if (adam && is.null(training$validation)) "training = jko_adam(validation = \"emd\")",
    "fewer epochs", "a smaller network (hidden)")
}
