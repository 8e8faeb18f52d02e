/// Anderson's acceleration of a fixed-point iteration p <- p + r(p), from all evaluations of r of late (D. G. Anderson,
/// "Iterative procedures for nonlinear integral equations", 1965; Walker and Ni, "Anderson acceleration for fixed-point
/// iterations", 2011).
///
/// Each evaluation gives a secant pair (change of p, change of r). Where r is affine, m pairs solve r = 0 in the space
/// they span, as GMRES does.
struct AndersonMixing {
  private let depth: Int
  /// Newest first.
  private var steps: [[Double]] = []
  private var changes: [[Double]] = []

  /// Columns with less than this part of their length outside the span of newer ones say nothing new.
  private static let independence = 1e-7

  init(depth: Int) { self.depth = depth }

  mutating func record(step: [Double], change: [Double]) {
    steps.insert(step, at: 0)
    changes.insert(change, at: 0)
    if steps.count > depth {
      steps.removeLast()
      changes.removeLast()
    }
  }

  mutating func forget() {
    steps.removeAll()
    changes.removeAll()
  }

  /// How far to go from a point with residual r: -P g + damping (r - C g), where P and C are the recorded changes of p
  /// and r, and g minimises |r - C g|.
  func move(_ residual: [Double], damping: Double) -> [Double] {
    var basis: [(column: [Double], mixture: [Double])] = []
    // Gram and Schmidt's orthogonalisation, carried along with the steps: column = sum of changes, mixture = the same
    // sum of steps.
    for index in changes.indices {
      var (column, mixture) = (changes[index], steps[index])
      let length = norm(column)
      guard length > 0, length.isFinite else { continue }
      for _ in 0..<2 {
        for known in basis {
          let part = product(known.column, column)
          add(-part, known.column, to: &column)
          add(-part, known.mixture, to: &mixture)
        }
      }
      let rest = norm(column)
      guard rest > Self.independence * length else { continue }
      for place in column.indices {
        column[place] /= rest
        mixture[place] /= rest
      }
      basis.append((column, mixture))
    }
    var (left, move) = (residual, [Double](repeating: 0, count: residual.count))
    for known in basis {
      let part = product(known.column, left)
      add(-part, known.column, to: &left)
      add(-part, known.mixture, to: &move)
    }
    add(damping, left, to: &move)
    return move
  }

  private func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  private func norm(_ a: [Double]) -> Double { product(a, a).squareRoot() }

  private func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
    for index in b.indices { b[index] += factor * a[index] }
  }
}
