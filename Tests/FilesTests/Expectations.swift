import Numerics
import TestSupport
import Testing

/// Expects an error of this kind whose one-line message contains `part`.
func expectError(
  _ kind: EngineError.Kind, _ part: String = "", sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  guard let error = engineError(body) else {
    Issue.record("no error of the engine; expected \(kind): \(part)", sourceLocation: sourceLocation)
    return
  }
  #expect(error.kind == kind, "\(error.message)", sourceLocation: sourceLocation)
  #expect(part.isEmpty || error.message.contains(part), "\(error.message)", sourceLocation: sourceLocation)
  #expect(!error.message.contains("\n"), sourceLocation: sourceLocation)
}
