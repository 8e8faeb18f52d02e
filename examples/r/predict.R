# Load a model and predict where a population goes.
#
#     Rscript predict.R [MODEL] [PICTURE]
#
# Moves a 12 x 12 grid of particles over the square [-4, 4]^2 through the fitted times of a two-dimensional model, such
# as train.R saves, and draws where they go. Default: model.safetensors and prediction.pdf.
library(jkonetstar)

arguments <- commandArgs(trailingOnly = TRUE)
path <- if (length(arguments) > 0) arguments[1] else "model.safetensors"
picture <- if (length(arguments) > 1) arguments[2] else "prediction.pdf"

model <- jko_load(path)
if (model$dimension != 2) stop(sprintf("%s has %d coordinates, this program needs 2", path, model$dimension))
start <- as.matrix(expand.grid(x = seq(-4, 4, length.out = 12), y = seq(-4, 4, length.out = 12)))
course <- predict(model, unname(start), times = time(model))
cat(sprintf("%d particles from t = %g to t = %g\n", nrow(start), min(time(model)), max(time(model))))

pdf(picture, width = 6, height = 6)
plot(start, pch = 20, col = "grey60", xlab = "x", ylab = "y", main = "Where the model moves a grid of particles")
last <- dim(course)[3]
for (k in seq_len(last - 1)) segments(course[, 1, k], course[, 2, k], course[, 1, k + 1], course[, 2, k + 1])
points(course[, , last], pch = 20, col = "#C0392B")
invisible(dev.off())
cat("drew", picture, "\n")
