# Errors and warnings: each is one line, and a condition with a class of its own, so that tryCatch() can tell them
# apart.

error_classes <- c(
  JKO_EIO = "jko_file_error", JKO_EFORMAT = "jko_format_error", JKO_ENOMEM = "jko_memory_error",
  JKO_ECANCELLED = "jko_cancelled_error", JKO_ENOTFITTED = "jko_not_fitted_error",
  JKO_ECONVERGENCE = "jko_convergence_error", JKO_EINTERNAL = "jko_internal_error"
)

# What R calls the arguments of the C functions, by their path there, or by their last name.
argument_names <- c(
  precision = "dtype", path = "checkpoint", `training->validation_fraction` = "validation$fraction",
  `training->validation_every` = "validation$every", `training->patience` = "validation$patience",
  `training->checkpoint_every` = "checkpoint$every", `training->last_layer_every` = "last_layer$every",
  `transport->tolerance` = "coupling$tolerance", `transport->max_iterations` = "coupling$max_iterations",
  `interaction_network->hidden` = "interaction$hidden", `interaction_network->hidden_count` = "interaction$hidden",
  `potential_network->hidden_count` = "hidden", hidden_count = "hidden", radial_grid = "radial$grid",
  radial_centres = "radial$centres",
  radial_width = "radial$width", fourier_features = "fourier$features", fourier_scale = "fourier$scale",
  fourier_coordinates = "fourier$coordinates", bootstrap_samples = "error_bars$samples",
  relaxation_x = "marginal_relaxation", relaxation_y = "marginal_relaxation", potential_model = "potential",
  interaction_model = "interaction", components = "n_components", restarts = "n_init",
  `density->max_iterations` = "max_iter", `density->tolerance` = "tol", training = "train", particles = "max_particles"
)

# The answer of the library, or the condition that it failed with; `names` says what R calls arguments of this call.
answer <- function(value, names = NULL, model = NULL) {
  if (!inherits(value, "jko_failure")) return(value)
  if (value$interrupted) interrupt(model)
  said <- in_words_of_r(value$message, value$argument, names)
  stop_with(said$message, value$status, said$argument)
}

# Messages begin with the argument that they are about; `argument` is for those that do not.
stop_with <- function(message, status = "JKO_EINVALID", argument = first_argument(message)) {
  kind <- if (status %in% names(error_classes)) error_classes[[status]] else "jko_input_error"
  stop(structure(class = c(kind, "jko_error", "error", "condition"),
                 list(message = message, call = NULL, status = status, argument = argument)))
}

first_argument <- function(message) {
  found <- regmatches(message, regexec(paste0("^([A-Za-z][A-Za-z0-9_.$]*)(?:\\[[^]]*\\]+)*",
                                              " (?:= |must |is |has |have |holds |belongs |returned |contradicts )"),
                                       message, perl = TRUE))[[1]]
  if (length(found)) found[2] else ""
}

# Put what R calls the argument in the place of what C calls it, count from 1, and write numbers as R does. The answer
# is the message and the name of the argument without indices.
in_words_of_r <- function(message, argument, names = NULL) {
  own <- name <- ""
  said <- message
  if (nzchar(argument) && startsWith(message, argument)) {
    said <- substring(message, nchar(argument) + 1)
    index <- regmatches(said, regexpr("^\\[[0-9]+(, [0-9]+)?\\]", said))
    said <- substring(said, sum(nchar(index)) + 1)
    path <- sub("^options->", "", argument)
    last <- sub("^.*->", "", path)
    known <- c(names, argument_names)
    found <- if (path %in% names(known)) path else last
    name <- if (found %in% names(known)) known[[found]] else last
    own <- paste0(name, from_one(index, "[0-9]+"))
  }
  counted <- paste0("\\b(?:particle|snapshot|coordinate|component|predictions of step|point|chain) \\d+(?: to \\d+)?|",
                    "(?<=\\btimes\\[|\\bx\\[|\\bx0\\[)\\d+")
  said <- from_one(said, counted)
  said <- sub("; they come from a fit to all particles at once .*$", paste0("; they come from jko_fit(error_bars = ",
              "\"influence\") of closed forms, or error_bars = \"bootstrap\" of all"), said)
  said <- gsub("\\bs?nan\\(0x7a2\\)", "NA", said, perl = TRUE)
  said <- gsub("\\bs?nan\\b(\\(0x[0-9a-f]+\\))?", "NaN", said, perl = TRUE)
  said <- gsub("(= |\\bis )(-?)inf\\b", "\\1\\2Inf", said, perl = TRUE)
  if (grepl("is not finite$", said)) said <- paste0(said, "; remove or fill in NA, NaN and Inf")
  list(message = paste0(own, said), argument = sub("\\[.*$", "", name))
}

# Add 1 to the numbers in what matches.
from_one <- function(text, pattern) {
  if (!length(text)) return("")
  found <- gregexpr(pattern, text, perl = TRUE)
  following <- function(match) {
    numbers <- gregexpr("\\d+", match)
    regmatches(match, numbers) <- lapply(regmatches(match, numbers), function(n) {
      format(as.numeric(n) + 1, scientific = FALSE, trim = TRUE)
    })
    match
  }
  regmatches(text, found) <- lapply(regmatches(text, found), function(matches) {
    vapply(matches, following, "", USE.NAMES = FALSE)
  })
  text
}

# The user has asked to stop. Handlers of interrupts find in the condition what a fit has reached.
interrupt <- function(model = NULL) {
  signalCondition(structure(class = c("interrupt", "condition"), list(message = "", call = NULL, model = model)))
  invokeRestart("abort")
}

# Warn of something found, with the first two of some remedies and the section of docs/warnings.md that explains it.
advise <- function(found, remedies, section, kind = "jko_fit_warning") {
  warn_with(sprintf("%s. Try %s, or %s. See docs/warnings.md#%s", found, remedies[1], remedies[2], section), kind)
}

warn_with <- function(message, kind) {
  warning(structure(class = c(kind, "jko_warning", "warning", "condition"), list(message = message, call = NULL)))
}
