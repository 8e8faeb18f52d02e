/// Why the engine could not do what it was asked.
///
/// One line that names the argument, its value and the bound it breaks; the kind says how a caller may react.
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
