# A new folder that goes with the test that asked for it.
new_folder <- function(frame = parent.frame()) {
  folder <- tempfile("jko")
  dir.create(folder)
  do.call(on.exit, list(substitute(unlink(folder, recursive = TRUE), list(folder = folder)), add = TRUE), envir = frame)
  folder
}
