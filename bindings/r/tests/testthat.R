library(testthat)
library(jkonetstar)

test_check("jkonetstar")
