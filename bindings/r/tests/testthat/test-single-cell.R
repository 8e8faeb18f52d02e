test_that("SingleCellExperiment objects are fitted by a reduced dimension", {
  skip_if_not_installed("SingleCellExperiment")
  cells <- plateau_cells()
  pca <- as.matrix(cells[c("x", "y")])
  colnames(pca) <- c("PC1", "PC2")
  sce <- SingleCellExperiment::SingleCellExperiment(
    assays = list(counts = matrix(0, 3, nrow(cells))), reducedDims = list(PCA = pca),
    colData = S4Vectors::DataFrame(day = paste("Day", cells$day))
  )
  expect_message(model <- jko_fit(sce, time = "day", potential = quadratic()), "Day 3")
  expect_identical(coef(model), coef(jko_fit(cbind(x, y) ~ day, cells, potential = quadratic())))
  expect_identical(model$coordinates, c("PC1", "PC2"))
  expect_error(jko_fit(sce, time = "hour"), "time = \"hour\" is not there; there are \"day\"")
  expect_error(jko_fit(sce, time = "day", reduction = "UMAP"), "there are \"PCA\"")
  expect_error(jko_fit(PC1 ~ day, sce), "data is a SingleCellExperiment, which has no use for a formula")
  series <- suppressMessages(jko_snapshots(sce, "day"))
  expect_identical(suppressMessages(jko_evaluate(model, sce, time = "day")), jko_evaluate(model, series))
  expect_identical(predict(suppressMessages(jko_growth(sce, time = "day")), pca, t = 1),
                   predict(jko_growth(series), pca, t = 1))
  one <- suppressMessages(jko_snapshots(sce, "day", dims = 2))
  expect_identical(one$coordinates, "PC2")
})

test_that("Seurat objects are fitted by a reduction", {
  skip_if_not_installed("SeuratObject")
  cells <- plateau_cells()
  names <- paste0("cell", seq_len(nrow(cells)))
  counts <- matrix(1, 3, nrow(cells), dimnames = list(paste0("gene", 1:3), names))
  seurat <- suppressWarnings(SeuratObject::CreateSeuratObject(counts))
  seurat$day <- cells$day
  pca <- matrix(c(cells$x, cells$y), ncol = 2, dimnames = list(names, c("PC_1", "PC_2")))
  seurat[["pca"]] <- suppressWarnings(SeuratObject::CreateDimReducObject(pca, key = "PC_", assay = "RNA"))
  model <- jko_fit(seurat, time = "day", potential = quadratic())
  expect_identical(coef(model), coef(jko_fit(cbind(x, y) ~ day, cells, potential = quadratic())))
  expect_error(jko_fit(seurat, time = "day", reduction = "umap"), "there are \"pca\"")
})
