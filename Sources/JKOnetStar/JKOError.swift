import Numerics

/// Why a call failed: one line that names the argument, its value and the bound that it breaks, and a kind that tells
/// how a caller may react.
public struct JKOError: Error, Equatable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// An argument has a value that is not allowed.
    case invalidArgument
    /// Sizes or numbers of coordinates do not go together.
    case shape
    /// A number is NaN or infinite.
    case notFinite
    /// Masses or times do not make populations that can be compared.
    case population
    /// A file cannot be read or written.
    case file
    /// A file is not of the format that its name promises, or is damaged.
    case format
    /// There is not enough memory.
    case memory
    /// The progress handler ended the call, or a closure that was given threw an error.
    case cancelled
    /// An iteration did not reach its tolerance, or predictions left the range of numbers.
    case convergence
    /// A defect of this library; please report it.
    case internalDefect
  }

  public let kind: Kind
  public let message: String

  public var description: String { message }

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  init(_ error: EngineError) {
    self.init(Kind(error.kind), error.message)
  }
}

extension JKOError.Kind {
  fileprivate init(_ kind: EngineError.Kind) {
    switch kind {
    case .invalid: self = .invalidArgument
    case .shape: self = .shape
    case .nonfinite: self = .notFinite
    case .population: self = .population
    case .io: self = .file
    case .format: self = .format
    case .memory: self = .memory
    case .cancelled: self = .cancelled
    case .convergence: self = .convergence
    case .internalDefect: self = .internalDefect
    }
  }
}

/// Runs a part of the engine and turns its errors into those of this module. Every public function that can fail goes
/// through here, as every function of the C interface goes through its gate.
///
/// - Parameter names: what arguments of which errors tell an element are called here, by the engine's name
func engine<Result>(
  naming names: KeyValuePairs<String, String> = [:], _ body: () throws -> Result
) throws(JKOError) -> Result {
  do {
    return try body()
  } catch let error as EngineError {
    var message = error.message
    for (theirs, ours) in names { message = message.replacing("\(theirs)[", with: "\(ours)[") }
    throw JKOError(EngineError(error.kind, message))
  } catch {
    throw JKOError(.internalDefect, "\(error)")
  }
}
