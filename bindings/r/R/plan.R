# Optimal transport plans between two populations, and between all snapshots of a time course.

method_codes <- c(exact = 0, sinkhorn = 1, unbalanced = 2)
metric_codes <- c(sqeuclidean = 0, euclidean = 1)

jko_plan <- function(x, y, a = NULL, b = NULL, metric = c("sqeuclidean", "euclidean"),
                     method = c("exact", "sinkhorn", "unbalanced"), epsilon = NULL, marginal_relaxation = NULL,
                     tolerance = NULL, max_iterations = NULL) {
  options <- plan_options(one_of(metric), one_of(method), epsilon, marginal_relaxation, tolerance, max_iterations)
  from <- matrix_of(x, "x")
  made <- .Call(C_plan, from, matrix_of(y, "y"), masses_of(a, "a"), masses_of(b, "b"), options)
  adopt_plan(answer(made), ncol(from), options)
}

jko_plans <- function(series, metric = c("sqeuclidean", "euclidean"), method = c("exact", "sinkhorn", "unbalanced"),
                      epsilon = NULL, marginal_relaxation = NULL, tolerance = NULL, max_iterations = NULL) {
  options <- plan_options(one_of(metric), one_of(method), epsilon, marginal_relaxation, tolerance, max_iterations)
  handle <- owned(series, "jko_snapshots", "series")
  if (length(series) < 2) stop_with("series has 1 snapshot; plans are between two or more", "JKO_ESHAPE", "series")
  lapply(answer(.Call(C_plans, handle, options)), adopt_plan, series$dimension, options)
}

# Those that have no effect on the method are refused.
plan_options <- function(metric, method, epsilon, relaxation, tolerance, max_iterations) {
  options <- list(method = method_codes[[method]], metric = metric_codes[[metric]])
  entropic <- list(epsilon = epsilon, tolerance = tolerance, max_iterations = max_iterations)
  odd <- names(entropic)[!vapply(entropic, is.null, NA)]
  if (method == "exact" && length(odd)) {
    stop_with(sprintf("%s is for entropic plans, and method = \"exact\"", odd[1]), argument = odd[1])
  }
  if (method != "unbalanced" && !is.null(relaxation)) {
    stop_with("marginal_relaxation is for unbalanced plans; the marginals of others hold",
              argument = "marginal_relaxation")
  }
  if (!is.null(tolerance)) options$tolerance <- one_number(tolerance, "tolerance")
  if (!is.null(max_iterations)) options$max_iterations <- whole(max_iterations, "max_iterations")
  c(options, epsilon_option(epsilon), relaxation_options(relaxation))
}

masses_of <- function(masses, name) if (is.null(masses)) NULL else vector_of(masses, name)

adopt_plan <- function(handle, dimension, options) {
  said <- answer(.Call(C_plan_describe, handle))
  method <- names(method_codes)[options$method + 1]
  converged <- said$converged != 0
  if (!converged) {
    warn_with(sprintf(paste("the marginal error is %.2e after %d iterations, more than the tolerance; allow more by",
                            "max_iterations, or a larger epsilon"), said$marginal_error, as.integer(said$iterations)),
              "jko_convergence_warning")
  }
  pairs <- if (method == "exact") as.data.frame(answer(.Call(C_plan_pairs, handle, 0)))
  structure(class = "jko_plan", c(
    list(handle = handle, method = method, metric = names(metric_codes)[options$metric + 1],
         shape = c(said$rows, said$columns), pairs = pairs, converged = converged),
    said[c("cost", "dual_cost", "gap", "marginal_error", "iterations", "epsilon", "objective", "mass")],
    answer(.Call(C_plan_contents, handle, dimension))
  ))
}

print.jko_plan <- function(x, ...) {
  shape <- paste(format(x$shape, big.mark = ",", trim = TRUE), collapse = " x ")
  if (x$method == "exact") {
    cat(sprintf("Transport plan: %s, %s, cost %.6g, gap %.1e\n", shape, plural(nrow(x$pairs), "pair"), x$cost, x$gap))
  } else {
    cat(sprintf("%s plan: %s, cost %.6g, epsilon %.3g, marginal error %.1e after %s%s\n",
                if (x$method == "sinkhorn") "Entropic" else "Unbalanced", shape, x$cost, x$epsilon, x$marginal_error,
                plural(x$iterations, "iteration"), if (x$converged) "" else " (not converged)"))
  }
  invisible(x)
}

# The pairs that carry more mass than a threshold.
as.data.frame.jko_plan <- function(x, row.names = NULL, optional = FALSE, threshold = 0, ...) {
  least <- not_negative(threshold, "threshold")
  if (!is.null(x$pairs)) {
    pairs <- x$pairs[x$pairs$mass > least, ]
    rownames(pairs) <- NULL
    return(pairs)
  }
  as.data.frame(answer(.Call(C_plan_pairs, owned(x, "jko_plan", "x"), least)))
}

as.matrix.jko_plan <- function(x, ...) {
  pairs <- if (is.null(x$pairs)) as.data.frame(x) else x$pairs
  dense <- matrix(0, x$shape[1], x$shape[2])
  dense[cbind(pairs$x, pairs$y)] <- pairs$mass
  dense
}
