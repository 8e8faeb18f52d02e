import JKOnetStar
import Testing

/// Expects an error of one line that contains some words.
func refused(
  _ kind: JKOError.Kind, _ words: String..., by body: () throws -> Void,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = #expect(throws: JKOError.self, sourceLocation: sourceLocation) { try body() }
  #expect(error?.kind == kind, "\(error?.message ?? "")", sourceLocation: sourceLocation)
  let message = error?.message ?? ""
  #expect(!message.contains("\n"), sourceLocation: sourceLocation)
  for word in words { #expect(message.contains(word), "\(message)", sourceLocation: sourceLocation) }
}
