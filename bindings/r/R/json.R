# JSON as the library writes it: objects and arrays, strings, numbers, true, false and null.

json_tokens <- paste0("\"(?:[^\"\\\\]|\\\\.)*\"|[-+]?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null|",
                      "[][{}:,]")

# Objects become lists with names, arrays of numbers vectors, other arrays lists. Whole numbers with more digits than a
# double holds stay text.
read_json <- function(text) {
  tokens <- regmatches(text, gregexpr(json_tokens, text, perl = TRUE))[[1]]
  place <- 0
  following <- function() {
    place <<- place + 1
    tokens[place]
  }
  value <- function(token) {
    switch(token, `{` = object(), `[` = array(), true = TRUE, false = FALSE, null = NULL,
           if (startsWith(token, "\"")) json_string(token)
           else if (grepl("^[0-9]{16,}$", token)) token
           else as.numeric(token))
  }
  object <- function() {
    found <- list()
    while ((token <- following()) != "}") {
      if (token == ",") token <- following()
      following() # the colon
      found[json_string(token)] <- list(value(following()))
    }
    found
  }
  array <- function() {
    found <- list()
    while ((token <- following()) != "]") {
      if (token == ",") token <- following()
      found[length(found) + 1] <- list(value(token))
    }
    simple <- length(found) && all(vapply(found, function(one) is.atomic(one) && length(one) == 1, NA))
    if (simple) unlist(found) else found
  }
  value(following())
}

json_string <- function(token) {
  inner <- substring(token, 2, nchar(token) - 1)
  found <- gregexpr("\\\\(?:u[0-9a-fA-F]{4}|.)", inner)
  regmatches(inner, found) <- lapply(regmatches(inner, found), vapply, FUN.VALUE = "", function(escape) {
    kind <- substring(escape, 2, 2)
    switch(kind, n = "\n", t = "\t", r = "\r", b = "\b", f = "\f",
           u = intToUtf8(strtoi(substring(escape, 3), 16L)), kind)
  })
  inner
}
