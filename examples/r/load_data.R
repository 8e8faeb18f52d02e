# Read snapshots of a population and say what is in them.
#
#     Rscript load_data.R [PATH]
#
# PATH is a csv, npz or npy file or a folder of npy files. Without one, the program makes a small series, saves it as
# the folder ./snapshots and reads that.
library(jkonetstar)

arguments <- commandArgs(trailingOnly = TRUE)
path <- if (length(arguments)) arguments[1] else "snapshots"
if (!length(arguments)) {
  # Seven observations of two coordinates at three times; in any order, in groups of different sizes.
  points <- rbind(c(0, 0), c(1, 0), c(1, 1), c(2, 1), c(2, 2), c(3, 2), c(0, 1))
  jko_save(jko_snapshots(points, times = c(0, 0, 0.5, 0.5, 2, 2, 0)), path)
}

series <- jko_snapshots(path)
cat(sprintf("%s: %d snapshots of %d coordinates\n", path, length(series), series$dimension))
for (k in seq_len(length(series))) {
  snapshot <- series[[k]]
  mean <- colMeans(snapshot$points)
  shown <- paste(sprintf("%.3g", mean[seq_len(min(3, length(mean)))]), collapse = ", ")
  cat(sprintf("  t = %-8g %6d particles, mean (%s%s)\n", snapshot$time, nrow(snapshot$points), shown,
              if (length(mean) > 3) ", .." else ""))
}
