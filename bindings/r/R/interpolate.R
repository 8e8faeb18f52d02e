# Populations at times between observed ones.

jko_interpolate <- function(series, times, method = c("auto", "straight", "flow"), ..., model = NULL, gradient = NULL,
                            ridge = NULL, rounds = NULL, relaxation = 2, length_scale = 2, time_scale = 3,
                            max_particles = 400, seed = 0, growth = NULL) {
  no_more(..., where = "jko_interpolate()")
  handle <- owned(series, "jko_snapshots", "series")
  method <- one_of(method)
  asked <- asked_times(times, "times", series$labels)
  options <- list(relaxation = one_number(relaxation, "relaxation"), seed = seed_of(seed))
  if (is.null(model)) {
    options$method <- c(auto = 0, straight = 1, flow = 2)[[method]]
    options$length_scale <- positive(length_scale, "length_scale")
    options$time_scale <- positive(time_scale, "time_scale")
    options$particles <- whole(max_particles, "max_particles", 2, 1e6)
    if (!is.null(gradient)) options$gradient <- as.double(flag(gradient, "gradient"))
    if (!is.null(ridge)) options$ridge <- positive(ridge, "ridge")
    if (!is.null(rounds)) options$rounds <- whole(rounds, "rounds", 1, 100)
  } else {
    owned(model, "jko_model", "model")
    refuse_other_coordinates(model, series, "series")
    if (method == "straight") stop_with("method = \"straight\" has no use for model", argument = "method")
    options$method <- 2
  }
  if (!is.null(growth)) owned(growth, "jko_growth", "growth")
  found <- answer(.Call(C_interpolate, handle, asked, options, model$handle, growth$handle))
  if (length(series) == 2 && method == "auto" && is.null(model)) {
    advise("two snapshots do not say how particles move between them: straight lines are taken",
           c("a series with more times", "model = a fitted model"), "two-snapshots", "jko_identifiability_warning")
  }
  between <- unclass(adopt_snapshots(found$snapshots, series$labels))
  between["coordinates"] <- list(series$coordinates)
  between$report <- data.frame(time = between$times, found[-1])
  keep_contents(structure(between, class = "jko_snapshots"))
}
