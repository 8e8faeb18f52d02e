import CSystem

/// The factor by which updates overshoot, from the rate at which errors fall (successive over-relaxation).
///
/// Sinkhorn's algorithm ascends a concave function of two blocks whose diagonal Hessians are diagonal, so near the solution its errors
/// fall by lambda in each iteration, and with updates overshot by omega = 2 / (1 + sqrt(1 - lambda)) by only omega - 1 (Young 1971; for
/// Sinkhorn: Thibault et al. 2021; Lehmann et al. 2022). lambda is measured: while omega is below its best value the rate theta that is
/// observed tells it by (theta + omega - 1)^2 = lambda omega^2 theta. Overshooting has no guarantee far from the solution: when errors
/// grow, plain updates resume, which always converge.
struct Relaxation {
  private(set) var omega = 1.0
  /// Errors since omega was last changed or judged.
  private var errors: [Double] = []
  /// The first of them, which the change itself disturbs.
  private var skipped = 2
  /// What was tried before the last increase, and how errors fell then.
  private var previous: (omega: Double, rate: Double)?
  /// Values from here on have failed.
  private var ceiling = 2.0
  private var best = Double.infinity
  /// Iterations since errors were last less than half of what they had been then.
  private var idle = 0
  private var milestone = Double.infinity

  /// Rates closer to 1 than this are taken for this.
  private static let slowest = 1 - 1e-9

  /// Whether small errors have not halved for so long that rounding may be what remains.
  var hasStalled: Bool { idle > 128 && milestone < 1e-5 }

  /// Iterations over which errors are compared: overshot ones oscillate, the longer the nearer omega is to 2.
  private var window: Int { max(4, Int(1 / (2 - omega))) }

  /// Hears the error of each iteration.
  mutating func observe(_ error: Double) {
    idle += 1
    if error < 0.5 * milestone { (milestone, idle) = (error, 0) }
    if omega > 1, !(error <= 10 / (2 - omega) * best) {
      ceiling = omega
      change(to: max(1, 2 - 4 * (2 - omega)))
      (previous, best) = (nil, error)
      return
    }
    best = min(best, error)
    errors.append(error)
    let count = window
    guard errors.count == skipped + 2 * count else { return }
    let early = errors[skipped..<skipped + count].reduce(0, max)
    let late = errors[(skipped + count)...].reduce(0, max)
    judge(pow(late / early, 1 / Double(count)))
  }

  /// - Parameter rate: by which errors fell in each iteration
  private mutating func judge(_ rate: Double) {
    let over = omega - 1
    ceiling = 2 - 0.8 * (2 - ceiling)
    if let previous, !(1 - rate >= 0.8 * (1 - previous.rate)) {
      ceiling = omega
      change(to: previous.omega)
      self.previous = nil
    } else if !(rate < 1) {
      change(to: max(1, 2 - 2 * (2 - omega)))
    } else if rate > over + 0.05 * (1 - over) {
      let lambda = min(Self.slowest, (rate + over) * (rate + over) / (omega * omega * rate))
      let better = min(2 / (1 + (1 - lambda).squareRoot()), 2 - (2 - omega) / 8, (omega + 3 * ceiling) / 4)
      guard better > omega else { return change(to: omega) }
      previous = (omega, rate)
      change(to: better)
    } else {
      previous = nil
      errors = []
      skipped = 0
    }
  }

  private mutating func change(to omega: Double) {
    self.omega = omega
    errors = []
    skipped = 2 * window
  }
}
