import Numerics

/// The two populations in units of a power of two, each relative to its own centre.
///
/// With x = center_x + x', y = center_y + y' and delta = center_x - center_y,
///
///     ||x - y||^2 = (||x'||^2 + 2 delta . x') + (||y'||^2 - 2 delta . y') + ||delta||^2 - 2 x' . y'
///
/// so that however far the populations lie from the origin and from each other, only -2 x' . y' couples them; functions
/// of x or of y alone go into the potentials.
struct CentredPoints: Sendable {
  let dimension: Int
  /// Row-major, `dimension` columns.
  let x: [Double]
  let y: [Double]
  let centerX: [Double]
  let centerY: [Double]
  /// center_x - center_y, computed more precisely than from the two centres.
  let delta: [Double]
  let scale: CoordinateScale

  /// - Parameter a, b: the masses by which the points count in the centres.
  init(_ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?) {
    dimension = x.columns
    scale = CoordinateScale(x, y)
    let (originX, offsetX, scaledX) = Self.offsets(x, a, scale)
    let (originY, offsetY, scaledY) = Self.offsets(y, b, scale)
    (self.x, self.y) = (scaledX, scaledY)
    centerX = zip(originX, offsetX).map(+)
    centerY = zip(originY, offsetY).map(+)
    delta = (0..<dimension).map { (originX[$0] - originY[$0]) + (offsetX[$0] - offsetY[$0]) }
  }

  /// The same points with one centre for both populations, that of x.
  private init(_ other: CentredPoints) {
    dimension = other.dimension
    x = other.x
    centerX = other.centerX
    centerY = other.centerX
    scale = other.scale
    delta = [Double](repeating: 0, count: other.dimension)
    y = other.y.enumerated().map { $1 - other.delta[$0 % other.dimension] }
  }

  var withOneCentre: CentredPoints { CentredPoints(self) }

  /// The first point, the weighted mean of the offsets from it, and all points relative to that mean. In this way
  /// offsets within a population lose no digits to its distance from the origin.
  private static func offsets(_ points: Matrix, _ weights: [Double]?, _ scale: CoordinateScale)
    -> (origin: [Double], mean: [Double], points: [Double])
  {
    let d = points.columns
    let origin = points.row(0).map { scale.scaled($0) }
    var offsets = points.elements.map { scale.scaled($0) }
    for index in offsets.indices { offsets[index] -= origin[index % d] }
    let largest = weights?.max() ?? 1
    var (mean, total) = ([Double](repeating: 0, count: d), 0.0)
    for row in 0..<points.rows {
      let weight = (weights?[row] ?? 1) / largest
      total += weight
      for k in 0..<d { mean[k] += weight * offsets[row * d + k] }
    }
    for k in 0..<d { mean[k] /= total }
    for index in offsets.indices { offsets[index] -= mean[index % d] }
    return (origin, mean, offsets)
  }

  func radiusX() -> Double { Self.radius(x, dimension) }
  func radiusY() -> Double { Self.radius(y, dimension) }

  private static func radius(_ points: [Double], _ d: Int) -> Double {
    var largest = 0.0
    for row in stride(from: 0, to: points.count, by: d) {
      largest = max(largest, points[row..<row + d].reduce(0) { $0 + $1 * $1 })
    }
    return largest.squareRoot()
  }
}
