# Models, growth rates, flows and snapshots as files, which other languages read too.

jko_save <- function(object, path) UseMethod("jko_save")

jko_save.jko_model <- function(object, path) {
  answer(.Call(C_model_save, owned(object, "jko_model", "object"), file_path(path)), c(path = "path"))
  invisible(object)
}

jko_save.jko_growth <- function(object, path) {
  answer(.Call(C_growth_save, owned(object, "jko_growth", "object"), file_path(path)), c(path = "path"))
  invisible(object)
}

jko_save.jko_flow <- function(object, path) {
  handle <- owned(object, "jko_flow", "object")
  if (is.function(.Call(C_kept, handle))) {
    stop_with("object has a log_density that is a function of R, which a file cannot hold", argument = "object")
  }
  answer(.Call(C_flow_save, handle, file_path(path)), c(path = "path"))
  invisible(object)
}

jko_save.jko_snapshots <- function(object, path) {
  if (grepl("\\.[A-Za-z]+$", path) && !dir.exists(path)) {
    stop_with(sprintf(paste("path = %s has the ending of a file, and snapshots are saved as a folder; as.data.frame()",
                            "makes a table"), shown(path)), argument = "path")
  }
  answer(.Call(C_snapshots_save, owned(object, "jko_snapshots", "object"), file_path(path)), c(path = "path"))
  invisible(object)
}

jko_load <- function(path) adopt_model(answer(.Call(C_model_load, file_path(path)), c(path = "path")))

jko_load_growth <- function(path) adopt_growth(answer(.Call(C_growth_load, file_path(path)), c(path = "path")))

jko_load_flow <- function(path) adopt_flow(answer(.Call(C_flow_load, file_path(path)), c(path = "path")))
