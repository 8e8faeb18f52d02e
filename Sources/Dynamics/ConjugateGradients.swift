/// One particle's Newton system (I + tau Hess V) s = -r, solved step by step by conjugate gradients, which need no matrix and stop
/// where curvature is not positive (Steihaug, "The conjugate gradient method and trust regions in large scale optimization", 1983).
struct ConjugateGradients {
  var solution: [Double]
  var direction: [Double]
  var finished = false
  var convex = true
  private var remainder: [Double]
  private var squares: Double
  private let target: Double

  init(right: [Double], tolerance: Double) {
    solution = [Double](repeating: 0, count: right.count)
    direction = right
    remainder = right
    squares = dot(right, right)
    target = tolerance * tolerance * squares
  }

  /// - Parameter product: Hess V times `direction`.
  mutating func advance(_ product: ArraySlice<Double>, _ tau: Double) {
    let image = zip(direction, product).map { $0 + tau * $1 }
    let curvature = dot(direction, image)
    guard curvature > 1e-12 * dot(direction, direction) else {
      // Downhill without end: go along what is known so far, or down the gradient.
      if solution.allSatisfy({ $0 == 0 }) { solution = direction }
      (finished, convex) = (true, false)
      return
    }
    let step = squares / curvature
    for index in solution.indices {
      solution[index] += step * direction[index]
      remainder[index] -= step * image[index]
    }
    let next = dot(remainder, remainder)
    if next <= target || next == 0 { finished = true }
    for index in direction.indices { direction[index] = remainder[index] + next / squares * direction[index] }
    squares = next
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}
