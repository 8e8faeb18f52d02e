# Times as people write them, as numbers: "Day 3", "Day 06-09", "E8.5", factors, dates and durations.

# Words around one number, or around two of which the middle is meant.
label_pattern <- paste0("^(.*?)([-+]?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)",
                        "(?:\\s*(?:-|to|_)\\s*([0-9]+(?:\\.[0-9]+)?))?([^0-9]*)$")

# Numbers, with a message of what was understood where they were something else. The attribute `labels` is then what
# they meant: `known`, the number of each label, the `words` around all of them, the `first` date, or `durations`.
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
  if (all(is_date(labels))) return(days_of(as.Date(times), name))
  numbers <- vapply(labels, label_time, 0, name = name)
  refuse_mixed_words(labels, name)
  plain <- all(vapply(labels, function(label) !any(nzchar(parts_of_label(label)[c(1, 3, 4)])), NA))
  order <- order(numbers)
  told <- paste(utils_head(sprintf("\"%s\" is %g", short(labels[order]), numbers[order]), 6), collapse = ", ")
  if (!plain) message(name, ": ", told, if (length(labels) > 6) ", ...")
  structure(unname(numbers[match(times, labels)]),
            labels = list(known = stats::setNames(numbers, labels), words = words_of(labels[1])))
}

is_date <- function(labels) grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", labels)

# What stands before and after the number of a label.
words_of <- function(label) {
  parts <- parts_of_label(label)
  if (!is.null(parts)) paste(tolower(trimws(parts[c(1, 4)])), collapse = "|")
}

# Times that a caller asks for, as numbers. Labels, dates and durations mean what they meant in the data; where the data
# had numbers, or nobody remembers, they are understood as in data.
asked_times <- function(times, name, labels) {
  if (is.factor(times)) times <- as.character(times)
  if (inherits(times, "POSIXlt")) times <- as.POSIXct(times)
  if (is.numeric(times) && !is.object(times)) return(vector_of(times, name))
  if (!is.character(times) && !inherits(times, c("Date", "POSIXct", "difftime"))) return(vector_of(times, name))
  refuse_missing(is.na(times), name)
  if (!is.null(labels)) {
    return(vapply(seq_along(times), function(k) {
      number <- asked_number(times[k], labels)
      if (is.null(number)) {
        stop_with(sprintf("%s[%d] = \"%s\" is no time of these data; %s", name, k, short(format(times[k])),
                          how_written(labels)),
                  argument = name)
      }
      number
    }, 0))
  }
  if (inherits(times, c("Date", "POSIXct")) || (is.character(times) && all(is_date(times)))) {
    stop_with(sprintf(paste("%s[1] = \"%s\" is a date, and it is not known from which date days are counted; give the",
                            "number of days"), name, format(times[1])), argument = name)
  }
  as.double(times_of(times, name))
}

how_written <- function(labels) {
  if (length(labels$known)) {
    return(paste("its labels are", paste0("\"", short(utils_head(names(labels$known), 6)), "\"", collapse = ", ")))
  }
  if (isTRUE(labels$durations)) return("they are durations, or numbers of days")
  sprintf("they are dates, or numbers of days since %s", format(labels$first))
}

asked_time <- function(time, name, labels) {
  if (length(time) != 1) return(one_number(time, name))
  one_number(asked_times(time, name, labels), name)
}

# The number of one label, date or duration; NULL where it is none of these data.
asked_number <- function(time, labels) {
  if (is.character(time)) {
    if (time %in% names(labels$known)) return(labels$known[[time]])
    if (!is.null(labels$words) && identical(words_of(time), labels$words)) return(label_time(time, "times"))
    if (!is_date(time)) return(NULL)
    time <- as.Date(time)
  }
  if (inherits(time, "difftime")) return(if (isTRUE(labels$durations)) as.double(time, units = "days"))
  if (!is.null(labels$first)) days_between(labels$first, time)
}

days_between <- function(first, times) {
  if (inherits(first, "POSIXct") != inherits(times, "POSIXct")) {
    first <- as.POSIXct(first)
    times <- as.POSIXct(times)
  }
  as.double(difftime(times, first, units = "days"))
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
  words <- vapply(labels, words_of, "")
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
  structure(as.double(unname(known[labels])), labels = list(known = known))
}

utils_head <- function(x, n) x[seq_len(min(n, length(x)))]

# Durations in days, and dates in days since the first one.
days_of <- function(times, name) {
  refuse_missing(is.na(times), name)
  if (inherits(times, "difftime")) {
    message(name, " is in days")
    return(structure(as.double(times, units = "days"), labels = list(durations = TRUE)))
  }
  if (inherits(times, "POSIXlt")) times <- as.POSIXct(times)
  first <- min(times)
  message(name, " is in days since ", format(first))
  structure(days_between(first, times), labels = list(first = first))
}
