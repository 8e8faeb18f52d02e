import Dynamics
import Files
import Numerics

/// Residuals in a model file: the time, the length and the number of couplings of each transition; then all couplings,
/// a row each, of where they began and of what they have left.
extension ResidualNoise {
  private static let (steps, rows) = ("residuals.time_duration_count", "residuals.points_residuals")

  var tensors: [Safetensors.Tensor] {
    let d = transitions.first?.points.columns ?? 0
    let numbers = transitions.flatMap { [$0.time, $0.duration, Double($0.points.rows)] }
    let all = transitions.flatMap { transition in
      (0..<transition.points.rows).flatMap { transition.points.row($0) + transition.residuals.row($0) }
    }
    return [
      Safetensors.Tensor(Self.steps, shape: [transitions.count, 3], doubles: numbers),
      Safetensors.Tensor(Self.rows, shape: [all.count / max(1, 2 * d), 2 * d], doubles: all),
    ]
  }

  /// Nil for a file that has none.
  init?(_ source: TensorSource, dimension d: Int) throws {
    guard source.has(Self.steps) else { return nil }
    let numbers = try source.doubles(Self.steps, shape: [nil, 3])
    let all = try source.doubles(Self.rows, shape: [nil, 2 * d])
    var (transitions, first) = ([Transition](), 0)
    for step in stride(from: 0, to: numbers.count, by: 3) {
      let left = all.count / (2 * d) - first
      guard numbers[step].isFinite, numbers[step + 1] > 0, let count = Int(exactly: numbers[step + 2]),
        (1...max(1, left)).contains(count), left > 0
      else { throw source.unusable("the residuals are not those of transitions") }
      let own = (first..<first + count).map { all[$0 * 2 * d..<($0 + 1) * 2 * d] }
      transitions.append(
        Transition(
          time: numbers[step], duration: numbers[step + 1],
          points: Matrix(rows: count, columns: d, elements: own.flatMap { $0.prefix(d) }),
          residuals: Matrix(rows: count, columns: d, elements: own.flatMap { $0.suffix(d) })))
      first += count
    }
    self.init(transitions)
  }
}
