# Arguments as the library takes them; what cannot be used is refused in one line.

shown <- function(value) {
  if (is.character(value) && length(value) == 1) return(paste0("\"", short(value), "\""))
  if (is.atomic(value) && length(value) == 1) return(format(value, digits = 15))
  if (is.null(value)) return("NULL")
  sprintf("%s of length %d", class(value)[1], length(value))
}

one_number <- function(value, name) {
  if (!is.numeric(value) || is.factor(value) || length(value) != 1 || is.na(value)) {
    stop_with(sprintf("%s must be a number, got %s", name, shown(value)), argument = name)
  }
  as.double(value)
}

positive <- function(value, name) {
  number <- one_number(value, name)
  if (!(number > 0 && is.finite(number))) stop_with(sprintf("%s = %s is not a positive number", name, shown(value)))
  number
}

not_negative <- function(value, name) {
  number <- one_number(value, name)
  if (number < 0) stop_with(sprintf("%s = %s is not a number of at least 0", name, shown(value)), argument = name)
  number
}

# A whole number. Doubles hold those up to 2^53.
whole <- function(value, name, low = -2^53, high = 2^53) {
  number <- one_number(value, name)
  if (number != floor(number)) {
    stop_with(sprintf("%s = %s is not a whole number", name, shown(value)), argument = name)
  }
  if (number < low || number > high) {
    said <- sprintf("%s = %s is outside %s .. %s", name, shown(value), format(low, digits = 16),
                    format(high, digits = 16, scientific = FALSE))
    stop_with(said, argument = name)
  }
  number
}

flag <- function(value, name) {
  if (!is.logical(value) || length(value) != 1 || is.na(value)) {
    stop_with(sprintf("%s must be TRUE or FALSE, got %s", name, shown(value)), argument = name)
  }
  value
}

# The code of a word.
choice <- function(value, name, known) {
  if (is.character(value) && length(value) == 1 && value %in% names(known)) return(known[[value]])
  listed <- paste(encodeString(names(known), quote = "\""), collapse = " or ")
  stop_with(sprintf("%s = %s is not known; it must be %s", name, shown(value), listed), argument = name)
}

# One of the words that are the argument's default, as match.arg() finds them; the first one if none was given. The
# message names the argument.
one_of <- function(argument) {
  name <- as.character(substitute(argument))
  caller <- sys.parent()
  known <- eval(formals(sys.function(caller))[[name]], sys.frame(caller))
  if (identical(argument, known)) return(known[1])
  known[choice(argument, name, stats::setNames(seq_along(known), known))]
}

text <- function(value, name) {
  if (!is.character(value) || length(value) != 1 || is.na(value)) {
    stop_with(sprintf("%s must be a string, got %s", name, shown(value)), argument = name)
  }
  enc2utf8(value)
}

file_path <- function(value, name = "path") path.expand(text(value, name))

# A seed; NULL draws one from R's own random numbers, so that set.seed() decides.
seed_of <- function(seed) {
  if (is.null(seed)) return(as.double(sample.int(.Machine$integer.max, 1)))
  whole(seed, "seed", 0)
}

# Numbers as a vector of doubles. Doubles are not copied.
vector_of <- function(value, name) {
  if (is.matrix(value) && ncol(value) == 1) value <- drop(value)
  if (!(is.numeric(value) || is.logical(value)) || is.factor(value) || length(dim(value)) > 1) {
    stop_with(sprintf("%s must be numbers, got %s", name, shown(value)), argument = name)
  }
  if (is.double(value) && is.null(dim(value))) value else as.double(value)
}

# Points as a matrix of doubles, one row for each particle. A matrix of doubles is not copied.
matrix_of <- function(value, name) {
  if (is.data.frame(value)) {
    odd <- names(value)[!vapply(value, function(column) is.numeric(column) || is.logical(column), NA)]
    if (length(odd)) {
      stop_with(sprintf("%s has a column \"%s\" that is not numeric; name the coordinates", name, odd[1]),
                argument = name)
    }
    value <- as.matrix(value)
  }
  if (is_sparse(value)) value <- as.matrix(value)
  if (!(is.numeric(value) || is.logical(value)) || is.factor(value) || length(dim(value)) > 2) {
    got <- if (length(dim(value)) == 2) paste("a matrix of type", typeof(value)) else shown(value)
    stop_with(sprintf("%s must be a numeric matrix, got %s", name, got), argument = name)
  }
  if (is.null(dim(value))) value <- matrix(value, ncol = 1)
  if (!is.double(value)) storage.mode(value) <- "double"
  if (anyNA(value)) refuse_missing_points(value, name)
  value
}

# The first row that has a missing value, and its column by number and name.
refuse_missing_points <- function(points, name) {
  place <- which(is.na(points), arr.ind = TRUE)
  place <- place[order(place[, 1], place[, 2])[1], ]
  value <- points[place[1], place[2]]
  index <- if (ncol(points) > 1) paste(place, collapse = ", ") else place[1]
  column <- colnames(points)[place[2]]
  stop_with(sprintf("%s[%s] = %s is not finite%s; remove or fill in NA, NaN and Inf", name, index,
                    if (is.nan(value)) "NaN" else "NA",
                    if (length(column)) sprintf(", in the column \"%s\"", column) else ""),
            "JKO_ENONFINITE", name)
}

# Matrices of the package Matrix.
is_sparse <- function(value) isS4(value) && inherits(value, "Matrix")

# Strict names: what is given in dots is a mistake, which partial matching must not hide. Its value is not looked at.
no_more <- function(..., where) {
  given <- as.list(substitute(list(...)))[-1]
  if (!length(given)) return(invisible())
  names <- names(given)
  odd <- if (is.null(names)) "" else names[nzchar(names)]
  if (length(odd) && nzchar(odd[1])) stop_with(sprintf("%s is not an argument of %s", odd[1], where), argument = odd[1])
  stop_with(sprintf("%s has one argument too many, without a name", where))
}

plural <- function(count, noun) {
  number <- format(count, big.mark = ",", scientific = FALSE, trim = TRUE)
  sprintf("%s %s%s", number, noun, if (count == 1) "" else "s")
}
