# Refuse a library with another binary interface than that of the headers the package was compiled with.
.onLoad <- function(libname, pkgname) {
  found <- .Call(C_abi_version)
  if (found[1] != found[2]) {
    stop(sprintf(paste("libjkonetstar has binary interface %d, but this package needs %d;",
                       "install the two from the same release"), found[1], found[2]), call. = FALSE)
  }
}

jko_version <- function() .Call(C_version)

jko_build_info <- function() {
  lines <- strsplit(strsplit(.Call(C_build_info), "\n", fixed = TRUE)[[1]], "=", fixed = TRUE)
  stats::setNames(vapply(lines, `[`, "", 2), vapply(lines, `[`, "", 1))
}

jko_threads <- function(count = NULL) {
  before <- .Call(C_num_threads)
  if (is.null(count)) return(before)
  answer(.Call(C_set_num_threads, whole(count, "count", 0, 1024)))
  invisible(before)
}
