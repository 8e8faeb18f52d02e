import Numerics

/// How often the host of some work was asked, what came of the work, and how.
package struct Questions {
  /// Up to its refusal, this one included, or up to the end.
  package let asked: Int
  /// What the work threw.
  package let error: EngineError?

  /// Whether the work ended by the refusal, which was the last question.
  package func ended(at question: Int) -> Bool { error?.kind == .cancelled && asked == question }
}

/// Runs work on one thread, with a host who is asked wherever he can be, whatever the clock says, and refuses at one of
/// the questions.
///
/// - Parameter refusal: the number of the question, from 1; nil for none
package func questions(refusal: Int? = nil, of work: () throws -> Void) -> Questions {
  var asked = 0
  let interruption = Interruption("the test", interval: 0) {
    asked += 1
    return asked != refusal
  }
  let error = withThreads(1) { engineError { try Interruption.with(interruption, work) } }
  return Questions(asked: asked, error: error)
}
