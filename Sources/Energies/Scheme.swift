/// Where the first-order condition is evaluated, in fitting and in prediction alike.
package enum Scheme: String, Sendable, CaseIterable {
  /// At the end of a step, (y, t_{k+1}): the JKO step.
  case implicit
  /// At its beginning, (x, t_k): forward Euler.
  case explicit
  /// At the middle of each coupling, ((x + y) / 2, (t_k + t_{k+1}) / 2), of second order in the step.
  case midpoint
}
