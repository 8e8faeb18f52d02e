import Files

extension FittedModel {
  /// Options, fit and data in words.
  package var description: JSON {
    .object([
      ("fitted", .bool(true)), ("model", options.description), ("fit", fitOptions.description),
      ("dimension", .number(dimension)), ("parameters", .number(parameterCount)),
      ("coordinates", .array(names.map { .string($0) })),
      ("times", .array(times.map { .number($0) })), ("length_scale", .number(standardization.length)),
      ("time_scale", .number(standardization.duration)), ("losses", .number(history.count)),
      ("growth", .bool(growth != nil)), ("final_loss", history.last.map { .number($0) } ?? .null),
    ])
  }
}
