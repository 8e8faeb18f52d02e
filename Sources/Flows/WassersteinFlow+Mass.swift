import CSystem
import Numerics

extension WassersteinFlow {
  /// Nodes of the midpoint rule in one coordinate, and in each of two.
  private static let (line, side) = (4000, 192)
  private static let sampleSize = 4000

  /// The integral of the density after a step, by the midpoint rule over a box that holds a sample and half as much
  /// again on each side: 1, but for the rule's error where the density is sharp, and for what maps fold, which is
  /// missing.
  ///
  /// - Throws: `.invalid` in more than two coordinates
  package func mass(step: Int) throws -> Double {
    let d = dimension
    guard d <= 2 else {
      throw EngineError(.invalid, "the mass is found by quadrature in at most 2 coordinates; the flow has \(d)")
    }
    try check(step)
    let start = try base.particles(Self.sampleSize, seed: 0)
    let points = try formula(step)?.particles(Self.sampleSize, seed: 0) ?? transport(start, from: 0, to: step).points
    var (low, width) = ([Double](), [Double]())
    for a in 0..<d {
      let values = (0..<points.rows).map { points[$0, a] }
      let (least, most) = (values.min() ?? 0, values.max() ?? 0)
      low.append(least - (most - least) / 2)
      width.append(2 * (most - least))
    }
    let count = d == 1 ? Self.line : Self.side
    var grid = Matrix(rows: d == 1 ? count : count * count, columns: d)
    for row in 0..<grid.rows {
      for a in 0..<d {
        grid[row, a] = low[a] + width[a] * (Double(a == 0 ? row % count : row / count) + 0.5) / Double(count)
      }
    }
    let cell = width.reduce(1, *) / Double(grid.rows)
    return try logDensities(grid, step: step, strict: false).reduce(0) { $0 + exp($1) * cell }
  }
}
