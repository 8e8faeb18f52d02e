# Draws from the density proportional to exp(-V / beta).

jko_sample <- function(x0, potential, beta = 1, ..., draws = 1000, warmup = 1000, step = NULL, adjusted = TRUE,
                       seed = 0) {
  no_more(..., where = "jko_sample()")
  start <- matrix_of(x0, "x0")
  options <- list(beta = positive(beta, "beta"), draws = whole(draws, "draws", 1, 1e8),
                  warmup = whole(warmup, "warmup", 0, 1e8), adjusted = as.double(flag(adjusted, "adjusted")),
                  seed = seed_of(seed))
  if (!is.null(step)) options$step <- positive(step, "step")
  if (is.null(potential)) stop_with("potential must be a name, a jko_model or a function, got NULL")
  found <- answer(.Call(C_sample, start, energy_of(potential, "potential"), options),
                  c(potential_callback = "potential"))
  names <- names_of_columns(start)
  dim(found$draws) <- c(options$draws, dim(start))
  if (!is.null(names)) {
    dimnames(found$draws) <- list(NULL, rownames(start), names)
    names(found$effective_sizes) <- names(found$r_hats) <- names
  }
  if (nrow(start) > 1 && options$draws > 3) warn_of_disagreement(found$r_hats)
  structure(found, class = "jko_sample")
}

# R-hat above which chains do not agree.
agreed <- 1.05

warn_of_disagreement <- function(r_hats) {
  if (!anyNA(r_hats) && max(r_hats) <= agreed) return(invisible())
  odd <- which.max(ifelse(is.na(r_hats), Inf, r_hats))
  advise(sprintf("the chains do not agree: R-hat of coordinate %d is %.3g, not 1", odd, r_hats[odd]),
         c("more draws and a longer warmup", "a density that has a finite mass, and fewer barriers"),
         "chains-disagree", "jko_convergence_warning")
}

print.jko_sample <- function(x, ...) {
  shape <- dim(x$draws)
  cat(sprintf("%s of %s in %s, acceptance %.2f, step %.3g\n", plural(shape[1], "draw"), plural(shape[2], "chain"),
              plural(shape[3], "coordinate"), x$acceptance, x$step))
  draws <- as.matrix(x)
  print(data.frame(mean = colMeans(draws), sd = apply(draws, 2, stats::sd), effective_size = x$effective_sizes,
                   r_hat = x$r_hats, row.names = colnames(draws)), digits = 3)
  invisible(x)
}

# All draws, one chain below the other.
as.matrix.jko_sample <- function(x, ...) {
  names <- dimnames(x$draws)[[3]]
  matrix(x$draws, ncol = dim(x$draws)[3], dimnames = if (!is.null(names)) list(NULL, names))
}
