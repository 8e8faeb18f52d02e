test_that("JSON is read as the library writes it", {
  read <- jkonetstar:::read_json
  text <- "{\"a\":[1,2.5,-3e-2],\"b\":{\"c\":null,\"d\":true},\"e\":[],\"f\":[{\"g\":\"x, \\\"y\\\" {\\u00e9}\\n\"}],\"h\":[\"p\",\"q\"]}"
  found <- read(text)
  expect_identical(found$a, c(1, 2.5, -0.03))
  expect_true("c" %in% names(found$b) && is.null(found$b$c) && found$b$d)
  expect_identical(found$e, list())
  expect_identical(found$f[[1]]$g, "x, \"y\" {\u00e9}\n")
  expect_identical(found$h, c("p", "q"))
  expect_identical(read("{\"seed\":18446744073709551615}")$seed, "18446744073709551615")
})
