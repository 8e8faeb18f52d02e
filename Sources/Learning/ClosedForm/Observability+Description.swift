import Files

extension Observability {
  /// The report as the header describes it.
  package var description: JSON {
    .object([
      ("sentence", .string(sentence)), ("identified", .bool(isIdentified)),
      ("rank", .number(rank)), ("features", .number(count)),
      ("spectrum", .array(spectrum.map { .number($0) })),
      (
        "separations",
        .array(
          separations.map { separation in
            .object([
              ("term", .string(separation.term.rawValue)), ("smallest", .number(separation.smallest)),
              ("largest", .number(separation.largest)), ("fitted", .number(separation.fitted)),
              ("confounded", .number(separation.confounded)), ("rank", .number(separation.rank)),
              ("identified", .bool(separation.isIdentified)),
            ])
          })
      ),
      (
        "angles",
        .array(
          angles.map { pair in
            .object([
              ("first", .string(pair.first.rawValue)), ("second", .string(pair.second.rawValue)),
              ("angles", .array(pair.angles.map { .number($0) })),
            ])
          })
      ),
      (
        "weakest",
        .array(weakest.map { .object([("name", .string($0.name)), ("weight", .number($0.weight))]) })
      ),
    ])
  }
}
