# Times as people write them, as numbers: "Day 3", "Day 06-09", "E8.5", factors, dates and durations.

# Words around one number, or around two of which the middle is meant.
label_pattern <- paste0("^(.*?)([-+]?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)",
                        "(?:\\s*(?:-|to|_)\\s*([0-9]+(?:\\.[0-9]+)?))?([^0-9]*)$")

# Numbers, with a message of what was understood where they were something else.
times_of <- function(times, name = "times", time_map = NULL) {
  if (!is.null(time_map)) return(mapped_times(times, name, time_map))
  if (is.factor(times)) times <- as.character(times)
  if (inherits(times, c("Date", "POSIXt", "difftime"))) return(days_of(times, name))
  if (!is.character(times)) {
    if (is.logical(times)) stop_with(sprintf("%s holds truth values, which are no times", name), argument = name)
    return(vector_of(times, name))
  }
  refuse_missing(is.na(times) | !nzchar(trimws(times)), name)
  labels <- unique(times)
  if (all(grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", labels))) return(days_of(as.Date(times), name))
  numbers <- vapply(labels, label_time, 0, name = name)
  refuse_mixed_words(labels, name)
  plain <- all(vapply(labels, function(label) !any(nzchar(parts_of_label(label)[c(1, 3, 4)])), NA))
  order <- order(numbers)
  told <- paste(utils_head(sprintf("\"%s\" is %g", short(labels[order]), numbers[order]), 6), collapse = ", ")
  if (!plain) message(name, ": ", told, if (length(labels) > 6) ", ...")
  unname(numbers[match(times, labels)])
}

# Labels in messages: on one line, and not longer than that.
short <- function(labels) {
  labels <- encodeString(labels)
  ifelse(nchar(labels) > 60, paste0(substr(labels, 1, 57), "..."), labels)
}

refuse_missing <- function(missing, name) {
  if (any(missing)) stop_with(sprintf("%s[%d] is missing", name, which(missing)[1]), "JKO_ENONFINITE", name)
}

parts_of_label <- function(label) {
  found <- regmatches(trimws(label), regexec(label_pattern, trimws(label), perl = TRUE))[[1]]
  if (length(found)) found[-1] else NULL
}

label_time <- function(label, name) {
  if (grepl("(?<![0-9])[0-9]{1,4}([-./])[0-9]{1,2}\\1[0-9]{1,4}(?![0-9])", label, perl = TRUE)) {
    stop_with(sprintf("%s = \"%s\" looks like a date; write all as 2020-01-31, or say by time_map", name,
                      short(label)))
  }
  parts <- parts_of_label(label)
  if (is.null(parts)) {
    stop_with(sprintf("%s = \"%s\" has no number; say by time_map = c(\"%s\" = 0, ...)", name, short(label),
                      short(label)))
  }
  ends <- as.numeric(parts[2:3][nzchar(parts[2:3])])
  if (length(ends) == 2 && ends[2] < ends[1]) {
    stop_with(sprintf("%s = \"%s\" is no range of times; say by time_map = c(\"%s\" = 0, ...)", name, short(label),
                      short(label)))
  }
  mean(ends)
}

# Labels with other words may be in other units.
refuse_mixed_words <- function(labels, name) {
  words <- vapply(labels, function(label) paste(tolower(trimws(parts_of_label(label)[c(1, 4)])), collapse = "|"), "")
  other <- which(words != words[1])
  if (length(other)) {
    stop_with(sprintf("%s has \"%s\" and \"%s\", which may be in different units; say by time_map", name,
                      short(labels[1]), short(labels[other[1]])), argument = name)
  }
}

mapped_times <- function(times, name, time_map) {
  known <- unlist(time_map)
  if (!is.numeric(known) || is.null(names(known))) stop_with("time_map must be numbers with names, one for each label")
  labels <- as.character(times)
  missing <- which(!labels %in% names(known))
  if (length(missing)) {
    listed <- paste0("\"", short(utils_head(names(known), 8)), "\"", collapse = ", ")
    stop_with(sprintf("%s[%d] = \"%s\" is not in time_map, which has %s", name, missing[1],
                      short(labels[missing[1]]), listed))
  }
  as.double(unname(known[labels]))
}

utils_head <- function(x, n) x[seq_len(min(n, length(x)))]

# Durations in days, and dates in days since the first one.
days_of <- function(times, name) {
  refuse_missing(is.na(times), name)
  if (inherits(times, "difftime")) {
    message(name, " is in days")
    return(as.double(times, units = "days"))
  }
  first <- min(times)
  message(name, " is in days since ", format(first))
  as.double(difftime(times, first, units = "days"))
}
