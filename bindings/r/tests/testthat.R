# testthat is only suggested.
if (requireNamespace("testthat", quietly = TRUE)) {
  library(testthat)
  library(jkonetstar)

  test_check("jkonetstar")
}
