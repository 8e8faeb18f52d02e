/// One particle's way to its JKO step; the unknown is the displacement p = y - x.
struct Descent {
  let origin: [Double]
  var displacement: [Double]
  var trial: [Double]
  /// phi and its gradient r = p + tau grad V at `displacement`, and at `trial`.
  var merit = Double.infinity
  var residual: [Double]
  var trialMerit = Double.infinity
  /// Sum of the sizes of phi's two terms, of which its rounding error is a few ulps.
  var magnitude = 0.0
  var trialMagnitude = 0.0
  var trialResidual: [Double]
  var direction: [Double]
  var stepLength = 1.0
  /// The Newton system was positive along all directions that were tried.
  var convex = true
  var stalled = false

  init(origin: [Double]) {
    self.origin = origin
    displacement = [Double](repeating: 0, count: origin.count)
    (trial, residual, trialResidual, direction) = (displacement, displacement, displacement, displacement)
  }

  /// |r|; infinite before the first evaluation.
  var residualNorm: Double { merit == .infinity ? .infinity : dot(residual, residual).squareRoot() }

  /// Proposes the displacement `fraction` of the way from the centre to x, or as much of it as is within reach.
  mutating func restart(_ fraction: Double, around center: [Double], within reach: Double) {
    (merit, stalled) = (.infinity, false)
    for index in trial.indices { trial[index] = fraction * (origin[index] - center[index]) }
    let distance = dot(trial, trial).squareRoot()
    if distance > reach { for index in trial.indices { trial[index] *= reach / distance } }
  }

  /// Takes the trial point. A descent that still leads outwards where it has come to the reach ends there.
  mutating func accept(within reach: Double) {
    (displacement, merit, magnitude, residual) = (trial, trialMerit, trialMagnitude, trialResidual)
    let atReach = dot(displacement, displacement).squareRoot() >= (1 - 1e-9) * reach
    if atReach, dot(residual, displacement) < 0 { stalled = true }
  }

  /// Proposes a step along `direction`, or as much of it as is within reach.
  mutating func propose(within reach: Double) {
    for index in trial.indices { trial[index] = displacement[index] + stepLength * direction[index] }
    guard dot(trial, trial) > reach * reach else { return }
    // |p + t s| = reach: the positive root of a quadratic, in the form that does not cancel.
    let (squares, slope) = (dot(direction, direction), dot(displacement, direction))
    let room = max(0, reach * reach - dot(displacement, displacement))
    let root = (slope * slope + squares * room).squareRoot()
    stepLength = slope > 0 ? room / (root + slope) : (root - slope) / squares
    for index in trial.indices { trial[index] = displacement[index] + stepLength * direction[index] }
  }
}
