import Numerics

/// Gaussian functions at the places of a grid. Each is a product of functions of one coordinate, of which there are
/// few.
///
/// Coordinates are split into a left and a right half. A feature is then a product of a left and a right row, and a sum
/// over features or particles is a matrix product. Derivatives are products of the rows' derivatives.
struct GaussianGrid: Sendable, Equatable {
  let axes: [[Double]]
  let width: Double
  /// The number of coordinates in the left half, such that both halves have about as many rows.
  private let leftDimension: Int
  let leftCount: Int
  let rightCount: Int
  /// starts[k] is the number of places of all coordinates before k; the last element counts all places.
  private let starts: [Int]

  init(axes: [[Double]], width: Double) {
    self.axes = axes
    self.width = width
    let total = axes.reduce(1) { $0 * $1.count }
    var (split, left) = (0, 1)
    while split < axes.count - 1, left * left < total {
      left *= axes[split].count
      split += 1
    }
    (leftDimension, leftCount, rightCount) = (split, left, total / max(1, left))
    starts = axes.reduce(into: [0]) { starts, axis in starts.append(starts[starts.count - 1] + axis.count) }
  }

  var dimension: Int { axes.count }
  var count: Int { leftCount * rightCount }

  /// The functions of every coordinate and their derivatives, as rows at the points of a panel.
  struct Tables {
    let base: UnsafeMutablePointer<Double>
    let lanes: Int
    let orders: Int
    /// The number of places before those of each coordinate.
    let starts: [Int]

    func rows(_ coordinate: Int, order: Int, _ axes: [[Double]]) -> UnsafeMutablePointer<Double> {
      base + (starts[coordinate] * orders + order * axes[coordinate].count) * lanes
    }
  }

  /// How many numbers tables and halves take for so many lanes.
  func room(_ lanes: Int, orders: Int) -> Int {
    (orders * starts[dimension] + 2 * leftCount + 2 * rightCount + 2 + 3 * dimension) * lanes
  }

  /// The coordinates by which a feature is differentiated: none, one or two, which may be equal.
  struct Derivative {
    private let coordinates: (Int, Int)

    static let none = Derivative(coordinates: (-1, -1))
    static func by(_ coordinate: Int, _ other: Int = -1) -> Derivative { Derivative(coordinates: (coordinate, other)) }

    func order(_ coordinate: Int) -> Int {
      (coordinates.0 == coordinate ? 1 : 0) + (coordinates.1 == coordinate ? 1 : 0)
    }
  }

  func tables(_ points: PointPanel, orders: Int, in room: UnsafeMutablePointer<Double>) -> Tables {
    let tables = Tables(base: room, lanes: points.lanes, orders: orders, starts: starts)
    for (coordinate, axis) in axes.enumerated() {
      func rows(_ order: Int) -> UnsafeMutablePointer<Double> {
        tables.rows(coordinate, order: min(order, orders - 1), axes)
      }
      for (place, center) in axis.enumerated() {
        let offset = place * points.lanes
        Double.kernels.gaussianRows(
          orders: orders, count: points.lanes, x: points.row(coordinate), center: center, inverseWidth: 1 / width,
          e: rows(0) + offset, first: rows(1) + offset, second: rows(2) + offset)
      }
    }
    return tables
  }

  /// The products of the rows of the left or right coordinates, each differentiated as often as it occurs in `derived`.
  /// With one coordinate they are the rows themselves, otherwise they are in `room`.
  func half(
    left: Bool, _ tables: Tables, derived: Derivative, in room: UnsafeMutablePointer<Double>
  ) -> UnsafeMutablePointer<Double> {
    let coordinates = left ? 0..<leftDimension : leftDimension..<dimension
    let lanes = tables.lanes
    func rows(_ coordinate: Int) -> UnsafeMutablePointer<Double> {
      tables.rows(coordinate, order: derived.order(coordinate), axes)
    }
    guard let first = coordinates.first else {
      room.update(repeating: 1, count: lanes)
      return room
    }
    if coordinates.count == 1 { return rows(first) }
    var count = axes[first].count
    room.update(from: rows(first), count: count * lanes)
    for coordinate in coordinates.dropFirst() {
      let (factors, places) = (rows(coordinate), axes[coordinate].count)
      // From the last product down, so that none is overwritten before it is used.
      for product in stride(from: count - 1, through: 0, by: -1) {
        for place in stride(from: places - 1, through: 0, by: -1) {
          Double.kernels.hadamard(
            count: lanes, a: room + product * lanes, b: factors + place * lanes,
            out: room + (product * places + place) * lanes)
        }
      }
      count *= places
    }
    return room
  }

  // MARK: Rows

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let lanes = points.lanes
    let room = scratch.room(room(lanes, orders: 1))
    let tables = tables(points, orders: 1, in: room)
    let free = room + tables.starts[dimension] * lanes
    let left = half(left: true, tables, derived: .none, in: free)
    let right = half(left: false, tables, derived: .none, in: free + (leftCount + 1) * lanes)
    let row = free + (leftCount + rightCount + 2) * lanes
    for first in 0..<leftCount {
      for second in 0..<rightCount {
        Double.kernels.hadamard(count: lanes, a: left + first * lanes, b: right + second * lanes, out: row)
        (values + (first * rightCount + second) * stride).update(from: row, count: points.count)
      }
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let (d, lanes) = (dimension, points.lanes)
    let halves = leftCount + rightCount + 2
    let tableRows = 2 * starts[dimension]
    let room = scratch.room((tableRows + d * halves + 2 * d) * lanes)
    let tables = tables(points, orders: 2, in: room)
    let pairs = (0..<d).map { k in
      let free = room + (tableRows + k * halves) * lanes
      return (
        left: half(left: true, tables, derived: .by(k), in: free),
        right: half(left: false, tables, derived: .by(k), in: free + (leftCount + 1) * lanes)
      )
    }
    let rows = room + (tableRows + d * halves) * lanes
    let interleaved = rows + d * lanes
    for first in 0..<leftCount {
      for second in 0..<rightCount {
        for k in 0..<d {
          Double.kernels.hadamard(
            count: lanes, a: pairs[k].left + first * lanes, b: pairs[k].right + second * lanes, out: rows + k * lanes)
        }
        Double.kernels.interleave(dimension: d, count: lanes, a: rows, stride: lanes, out: interleaved)
        (jacobians + (first * rightCount + second) * stride).update(from: interleaved, count: points.count * d)
      }
    }
  }

  // MARK: Combinations

  func addValues(
    _ points: PointPanel, weights: UnsafePointer<Double>, to values: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    let combination = combination(points, weights, orders: 1, scratch)
    Double.kernels.add(count: points.lanes, weight: 1, a: combination.row(.none), out: values)
  }

  func addGradients(
    _ points: PointPanel, weights: UnsafePointer<Double>, to gradients: UnsafeMutablePointer<Double>,
    _ scratch: Scratch
  ) {
    let combination = combination(points, weights, orders: 2, scratch)
    for k in 0..<dimension {
      Double.kernels.add(count: points.lanes, weight: 1, a: combination.row(.by(k)), out: gradients + k * points.lanes)
    }
  }

  func addHessianProducts(
    _ points: PointPanel, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    let (lanes, kernels) = (points.lanes, Double.kernels)
    let combination = combination(points, weights, orders: 3, scratch)
    for k in 0..<dimension {
      for l in k..<dimension {
        let row = combination.row(.by(k, l))
        kernels.addProduct(count: lanes, weight: 1, a: row, b: directions + l * lanes, out: products + k * lanes)
        if k != l {
          kernels.addProduct(count: lanes, weight: 1, a: row, b: directions + k * lanes, out: products + l * lanes)
        }
      }
    }
  }

  private func combination(
    _ points: PointPanel, _ weights: UnsafePointer<Double>, orders: Int, _ scratch: Scratch
  ) -> Combination {
    let room = scratch.room(room(points.lanes, orders: orders))
    let tables = tables(points, orders: orders, in: room)
    return Combination(
      grid: self, weights: weights, tables: tables, free: room + orders * starts[dimension] * points.lanes)
  }

  /// sum_f weights[f] phi_f at the points of a panel, and its derivatives: with the weights as a matrix A and halves L
  /// and R, sum_a L_a (A R)_a.
  private struct Combination {
    let grid: GaussianGrid
    let weights: UnsafePointer<Double>
    let tables: Tables
    let free: UnsafeMutablePointer<Double>

    /// The sum as a row, valid until the next call.
    func row(_ derived: Derivative) -> UnsafeMutablePointer<Double> {
      let (lanes, leftCount, rightCount) = (tables.lanes, grid.leftCount, grid.rightCount)
      let products = free + (leftCount + rightCount + 2) * lanes
      let sum = products + leftCount * lanes
      let left = grid.half(left: true, tables, derived: derived, in: free)
      let right = grid.half(left: false, tables, derived: derived, in: free + (leftCount + 1) * lanes)
      Double.kernels.panelProduct(
        rows: leftCount, columns: lanes, depth: rightCount, a: weights, rowStride: rightCount, columnStride: 1,
        b: right, bias: nil, c: products)
      sum.update(repeating: 0, count: lanes)
      for first in 0..<leftCount {
        Double.kernels.addProduct(
          count: lanes, weight: 1, a: left + first * lanes, b: products + first * lanes, out: sum)
      }
      return sum
    }
  }
}
