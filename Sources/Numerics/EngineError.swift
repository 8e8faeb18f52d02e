/// Why the engine could not do what it was asked.
///
/// The message is one line that names the argument, its value and the bound that it breaks. The kind tells how a caller
/// may react.
package struct EngineError: Error, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    case invalid, shape, nonfinite, population
    case io, format
    case memory, cancelled, convergence, internalDefect
  }

  package let kind: Kind
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }
}
