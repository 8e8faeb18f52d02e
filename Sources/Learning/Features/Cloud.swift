import Numerics

/// The points that features are laid over, in standardised coordinates.
protocol Cloud {
  var dimension: Int { get }
  /// The extent along each coordinate.
  var box: [ClosedRange<Double>] { get }
  /// Up to `count` different points, drawn at random.
  func sample(_ count: Int) -> Matrix
  /// The median distance between two points, over some random pairs.
  var medianDistance: Double { get }
  func random(_ use: CloudUse) -> (seed: UInt64, stream: UInt64)
}

/// The uses of a cloud's random numbers, each of which has its own stream.
enum CloudUse: Int { case centers, frequencies, pairs }

extension Cloud {
  /// The number of pairs of which a median distance is taken.
  static var pairCount: Int { 1000 }

  static func distance(_ x: ArraySlice<Double>, _ y: ArraySlice<Double>) -> Double {
    zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  static func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
}
