# Learn the potential behind a population and save it.
#
#     Rscript train.R [MODEL] [EPOCHS]
#
# The population is simulated, so that the truth is known: 400 particles in the wavy_plateau potential, of which each
# snapshot shows a different 200, so that nobody is ever seen twice in a row. Default: model.safetensors, 100 epochs.
library(jkonetstar)

arguments <- commandArgs(trailingOnly = TRUE)
path <- if (length(arguments) > 0) arguments[1] else "model.safetensors"
epochs <- if (length(arguments) > 1) as.numeric(arguments[2]) else 100

set.seed(1)
x0 <- matrix(runif(800, -4, 4), ncol = 2)
paths <- jko_simulate(x0, "wavy_plateau", dt = 0.01, steps = 5)

# Every other particle: the odd ones, then the even ones, then the odd ones again.
seen <- lapply(0:5, function(k) paths[seq(1 + k %% 2, 400, 2), , k + 1])
series <- jko_snapshots(seen, times = 0.01 * 0:5)

tell <- function(stage, done, total, loss, seconds) {
  if (done %% 20 != 0 && done != total) return(invisible())
  cat(sprintf("%-9s %5d of %d, %.2f s%s\n", stage, done, total, seconds,
              if (is.nan(loss)) "" else sprintf(", objective %g", loss)))
}
model <- jko_fit(series, epochs = epochs, time_varying = FALSE, progress = tell)
print(model$report)
jko_save(model, path)
cat("saved", path, "\n")
