import Numerics

/// Particles on their way to their JKO steps, in one piece of memory; the unknowns are the displacements p = y - x.
///
/// Particle i's coordinates are at i * dimension of each array of points.
final class DescentPanel {
  let count: Int
  let dimension: Int

  let origin: UnsafeMutablePointer<Double>
  let displacement: UnsafeMutablePointer<Double>
  let trial: UnsafeMutablePointer<Double>
  /// r = grad phi at `displacement`, and at `trial`.
  let residual: UnsafeMutablePointer<Double>
  let trialResidual: UnsafeMutablePointer<Double>
  /// The Newton step.
  let direction: UnsafeMutablePointer<Double>
  /// Of the conjugate gradients: the next direction and what is left of the right-hand side.
  let search: UnsafeMutablePointer<Double>
  let remainder: UnsafeMutablePointer<Double>

  /// phi at `displacement`, and at `trial`.
  let merit: UnsafeMutablePointer<Double>
  let trialMerit: UnsafeMutablePointer<Double>
  /// Sums of the sizes of phi's terms, of which its rounding error is a few ulps.
  let magnitude: UnsafeMutablePointer<Double>
  let trialMagnitude: UnsafeMutablePointer<Double>
  let stepLength: UnsafeMutablePointer<Double>
  /// |remainder|^2, and where the conjugate gradients may stop.
  let remainderSquares: UnsafeMutablePointer<Double>
  let target: UnsafeMutablePointer<Double>
  /// |r| that is small enough.
  let goal: UnsafeMutablePointer<Double>

  /// The Newton system was positive along all directions that were tried.
  var convex: [Bool]
  var stalled: [Bool]

  // What a potential is called with: some of the particles, packed.
  let points: UnsafeMutablePointer<Double>
  let directions: UnsafeMutablePointer<Double>
  let values: UnsafeMutablePointer<Double>
  let slopes: UnsafeMutablePointer<Double>
  /// Empty above `smallDimension`.
  let hessians: UnsafeMutablePointer<Double>

  /// Up to here d columns of a Hessian cost less than the products that conjugate gradients take.
  static let smallDimension = 4

  private let storage: AlignedBuffer<Double>

  /// - Parameter x: row-major, one particle per row
  init(_ x: ArraySlice<Double>, dimension: Int, goal: Double) {
    let count = x.count / dimension
    let matrix = dimension <= Self.smallDimension ? dimension * dimension : 0
    let storage = AlignedBuffer<Double>(count: count * (11 * dimension + 9 + matrix))
    var next = storage.base
    func array(_ width: Int) -> UnsafeMutablePointer<Double> {
      defer { next += count * width }
      return next
    }
    self.count = count
    self.dimension = dimension
    self.storage = storage
    (origin, displacement, trial) = (array(dimension), array(dimension), array(dimension))
    (residual, trialResidual, direction) = (array(dimension), array(dimension), array(dimension))
    (search, remainder) = (array(dimension), array(dimension))
    (points, directions, slopes) = (array(dimension), array(dimension), array(dimension))
    (merit, trialMerit, magnitude, trialMagnitude) = (array(1), array(1), array(1), array(1))
    (stepLength, remainderSquares, target, values) = (array(1), array(1), array(1), array(1))
    (self.goal, hessians) = (array(1), array(matrix))
    convex = [Bool](repeating: true, count: count)
    stalled = [Bool](repeating: false, count: count)
    storage.zero()
    for (index, value) in x.enumerated() { origin[index] = value }
    merit.update(repeating: .infinity, count: count)
    self.goal.update(repeating: goal, count: count)
  }

  /// |r|; infinite where phi is not a number.
  func residualNorm(_ particle: Int) -> Double {
    merit[particle].isFinite ? dot(residual, residual, particle).squareRoot() : .infinity
  }

  func isSolved(_ particle: Int) -> Bool { residualNorm(particle) <= goal[particle] }

  /// a . b of one particle
  @inline(__always)
  func dot(_ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ particle: Int) -> Double {
    var sum = 0.0
    for index in particle * dimension..<(particle + 1) * dimension { sum += a[index] * b[index] }
    return sum
  }

  func range(_ particle: Int) -> Range<Int> { particle * dimension..<(particle + 1) * dimension }

  /// Proposes the displacement `fraction` of the way from the centre to x, or as much of it as is within reach.
  func proposeStart(_ particle: Int, _ fraction: Double, around center: [Double], within reach: Double) {
    for (column, index) in range(particle).enumerated() { trial[index] = fraction * (origin[index] - center[column]) }
    let distance = dot(trial, trial, particle).squareRoot()
    if distance > reach { for index in range(particle) { trial[index] *= reach / distance } }
  }

  /// Takes the trial point. A descent that still leads outwards where it has come to the reach ends there.
  func accept(_ particle: Int, within reach: Double) {
    for index in range(particle) {
      displacement[index] = trial[index]
      residual[index] = trialResidual[index]
    }
    (merit[particle], magnitude[particle]) = (trialMerit[particle], trialMagnitude[particle])
    let atReach = dot(displacement, displacement, particle).squareRoot() >= (1 - 1e-9) * reach
    if atReach, dot(residual, displacement, particle) < 0 { stalled[particle] = true }
  }

  /// Proposes a step along `direction`, or as much of it as is within reach.
  func propose(_ particle: Int, within reach: Double) {
    let squares = dot(direction, direction, particle)
    advanceTrial(particle)
    guard dot(trial, trial, particle) > reach * reach else { return }
    // |p + t s| = reach: the positive root of a quadratic, in the form that does not cancel.
    let slope = dot(displacement, direction, particle)
    let room = max(0, reach * reach - dot(displacement, displacement, particle))
    let root = (slope * slope + squares * room).squareRoot()
    stepLength[particle] = slope > 0 ? room / (root + slope) : (root - slope) / squares
    advanceTrial(particle)
  }

  private func advanceTrial(_ particle: Int) {
    for index in range(particle) { trial[index] = displacement[index] + stepLength[particle] * direction[index] }
  }

  /// What a particle has reached, to go back to.
  struct Place {
    let displacement: [Double]
    let residual: [Double]
    let residualNorm: Double
    let merit: Double
    let magnitude: Double
  }

  func place(_ particle: Int) -> Place {
    Place(
      displacement: range(particle).map { displacement[$0] }, residual: range(particle).map { residual[$0] },
      residualNorm: residualNorm(particle), merit: merit[particle], magnitude: magnitude[particle])
  }

  func put(_ particle: Int, back place: Place) {
    for (column, index) in range(particle).enumerated() {
      displacement[index] = place.displacement[column]
      residual[index] = place.residual[column]
    }
    (merit[particle], magnitude[particle]) = (place.merit, place.magnitude)
  }
}

/// One particle's Newton system B s = -r, B = Hess phi, solved step by step by conjugate gradients, which need no
/// matrix and stop where curvature is not positive (Steihaug, "The conjugate gradient method and trust regions in large
/// scale optimization", 1983).
extension DescentPanel {
  /// - Parameter tolerance: residual of the system at which it counts as solved, relative to |r|
  func beginNewton(_ particle: Int, tolerance: Double) {
    for index in range(particle) {
      direction[index] = 0
      search[index] = -residual[index]
      remainder[index] = -residual[index]
    }
    let squares = dot(remainder, remainder, particle)
    remainderSquares[particle] = squares
    target[particle] = tolerance * tolerance * squares
    convex[particle] = true
  }

  /// Returns whether to go on.
  ///
  /// - Parameter image: B times `search`
  func advanceNewton(_ particle: Int, _ image: UnsafePointer<Double>) -> Bool {
    var (curvature, squares) = (0.0, 0.0)
    for (column, index) in range(particle).enumerated() {
      curvature += search[index] * image[column]
      squares += search[index] * search[index]
    }
    guard curvature > 1e-12 * squares else {
      // Downhill without end: go along what is known so far, or down the gradient.
      if range(particle).allSatisfy({ direction[$0] == 0 }) {
        for index in range(particle) { direction[index] = search[index] }
      }
      convex[particle] = false
      return false
    }
    let step = remainderSquares[particle] / curvature
    for (column, index) in range(particle).enumerated() {
      direction[index] += step * search[index]
      remainder[index] -= step * image[column]
    }
    let next = dot(remainder, remainder, particle)
    let ratio = next / remainderSquares[particle]
    for index in range(particle) { search[index] = remainder[index] + ratio * search[index] }
    remainderSquares[particle] = next
    return !(next <= target[particle] || next == 0)
  }
}
