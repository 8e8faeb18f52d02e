import Numerics

/// A few points with one row of numbers per coordinate, as the kernels read them: padded with zeros to a multiple of
/// 64.
final class PointPanel {
  let dimension: Int
  let capacity: Int
  /// Points in use.
  private(set) var count = 0
  /// The length of a row: `count`, padded.
  private(set) var lanes = 0
  let base: UnsafeMutablePointer<Double>
  private let buffer: AlignedBuffer<Double>

  init(dimension: Int, capacity: Int) {
    self.dimension = dimension
    self.capacity = Self.padded(capacity)
    buffer = AlignedBuffer(count: dimension * self.capacity)
    base = buffer.base
  }

  /// The usual number of points, with which a panel stays in the second cache.
  static func usualCapacity(_ dimension: Int) -> Int { dimension <= 16 ? 256 : 64 }

  static func padded(_ count: Int) -> Int {
    let multiple = panelMultiple
    return max(multiple, (count + multiple - 1) / multiple * multiple)
  }

  func row(_ coordinate: Int) -> UnsafeMutablePointer<Double> { base + coordinate * lanes }

  /// Takes row-major points, relative to a centre where there is one.
  func load(_ points: UnsafePointer<Double>, count: Int, center: [Double]? = nil) {
    self.count = count
    lanes = Self.padded(count)
    for coordinate in 0..<dimension {
      let row = row(coordinate)
      let shift = center?[coordinate] ?? 0
      for index in 0..<count { row[index] = points[index * dimension + coordinate] - shift }
      for index in count..<lanes { row[index] = 0 }
    }
  }

  /// Takes the differences x - y_k to the points of another panel, its padding included.
  func loadDifferences(from x: UnsafePointer<Double>, to others: PointPanel) {
    count = others.count
    lanes = others.lanes
    for coordinate in 0..<dimension {
      let (row, other) = (row(coordinate), others.row(coordinate))
      let value = x[coordinate]
      for lane in 0..<lanes { row[lane] = value - other[lane] }
    }
  }

  /// Takes one point as often as another panel has points.
  func load(repeating x: UnsafePointer<Double>, like others: PointPanel) {
    count = others.count
    lanes = others.lanes
    for coordinate in 0..<dimension { row(coordinate).update(repeating: x[coordinate], count: lanes) }
  }
}

/// Memory for intermediate rows that grows to what is asked for and is then used again.
final class Scratch {
  private var buffer = AlignedBuffer<Double>(count: 0)
  /// When memory grows, it grows to this multiple of what is asked for.
  var multiple = 1

  /// Room for `count` numbers, uninitialised, until the next call.
  func room(_ count: Int) -> UnsafeMutablePointer<Double> {
    if count * multiple > buffer.count { buffer = AlignedBuffer(count: count * multiple) }
    return buffer.base
  }
}

/// A population in panels, about its mean, so that coordinates are as small as its spread; padding has weight 0.
final class PopulationPanels: @unchecked Sendable {
  // Sendable, because it is only read once `init` has filled it.
  let dimension: Int
  let center: [Double]
  let panels: [PointPanel]
  let weights: [AlignedBuffer<Double>]

  init(_ population: Population) {
    let points = population.points
    let (d, n) = (points.columns, points.rows)
    dimension = d
    var center = [Double](repeating: 0, count: d)
    points.elements.withUnsafeBufferPointer { points in
      // Offsets from one particle are averaged, so that a population far from the origin has an exact mean too.
      for particle in 0..<n {
        for k in 0..<d { center[k] += population.weights[particle] * (points[particle * d + k] - points[k]) }
      }
      if n > 0 { for k in 0..<d { center[k] += points[k] } }
    }
    self.center = center
    let size = PointPanel.usualCapacity(d)
    var panels: [PointPanel] = []
    var weights: [AlignedBuffer<Double>] = []
    points.elements.withUnsafeBufferPointer { points in
      guard let base = points.baseAddress else { return }
      for start in stride(from: 0, to: n, by: size) {
        let count = min(size, n - start)
        let panel = PointPanel(dimension: d, capacity: count)
        panel.load(base + start * d, count: count, center: center)
        panels.append(panel)
        let masses = AlignedBuffer<Double>(count: panel.lanes)
        masses.zero()
        for index in 0..<count { masses.base[index] = population.weights[start + index] }
        weights.append(masses)
      }
    }
    self.panels = panels
    self.weights = weights
  }
}
