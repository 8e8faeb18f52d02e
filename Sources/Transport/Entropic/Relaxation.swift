/// The factor by which updates overshoot, from the rate at which errors fall (successive over-relaxation).
///
/// Sinkhorn's algorithm ascends a concave function of two blocks whose diagonal Hessians are diagonal, so near the solution its errors
/// fall by lambda in each iteration, and with updates overshot by omega = 2 / (1 + sqrt(1 - lambda)) by only omega - 1 (Young 1971; for
/// Sinkhorn: Thibault et al. 2021; Lehmann et al. 2022). lambda is measured: while omega is below its best value the rate theta that is
/// observed tells it by (theta + omega - 1)^2 = lambda omega^2 theta. Overshooting has no guarantee far from the solution: when errors
/// grow, plain updates resume, which always converge.
struct Relaxation {
  private(set) var omega = 1.0
  private var errors: [Double] = []
  private var best = Double.infinity
  /// Iterations until the next attempt after errors have grown, doubled each time.
  private var pause = 0
  private var nextPause = 16

  /// Rates closer to 1 than this are taken for this.
  private static let slowest = 1 - 1e-8
  private static let window = 4
  /// Iterations since errors were last less than half of what they had been then.
  private var idle = 0
  private var milestone = Double.infinity

  /// Whether errors have not halved for so long that rounding must be what remains.
  var hasStalled: Bool { idle > 64 && milestone < 1e-3 }

  /// Hears the error of each iteration, as long as it is above what rounding leaves.
  mutating func observe(_ error: Double) {
    best = min(best, error)
    idle += 1
    if error < 0.5 * milestone { (milestone, idle) = (error, 0) }
    if hasStalled {
      omega = 1
      return
    }
    if pause > 0 {
      pause -= 1
      return
    }
    if omega > 1, !(error <= 10 / (2 - omega) * best) {
      omega = 1
      (pause, nextPause) = (nextPause, 2 * nextPause)
      best = error
      errors = []
      return
    }
    errors.append(error)
    let count = errors.count
    guard count > 2 * Self.window, error > 0 else { return }
    // Rates over the last two windows: the first guess waits until they agree.
    let late = rate(from: count - 1 - Self.window, to: count - 1)
    let early = rate(from: count - 1 - 2 * Self.window, to: count - 1 - Self.window)
    guard late < 1, early < 1, abs(late - early) < 0.3 * (1 - late) || omega > 1 else { return }
    let over = omega - 1
    if omega > 1, late <= over + 0.05 * (1 - over) { return }
    let lambda = min(Self.slowest, (late + over) * (late + over) / (omega * omega * late))
    let better = 2 / (1 + (1 - lambda).squareRoot())
    if better > omega {
      omega = better
      errors = []
    }
  }

  /// Errors fell by this per iteration.
  private func rate(from first: Int, to last: Int) -> Double {
    let ratio = errors[last] / errors[first]
    return root(ratio, last - first)
  }

  private func root(_ value: Double, _ count: Int) -> Double {
    var root = value
    var left = count
    while left > 1 {
      root = root.squareRoot()
      left /= 2
    }
    return root
  }
}
