import CSystem
import KernelInterface
import Numerics

/// An entropic transport problem in scaled units, between the points that carry mass.
///
/// With C(x, y) = p(x) + q(y) - (epsilon / log2 e) s(x, y), everything that Sinkhorn's algorithm needs of the points is
/// the exponent s, in base 2; the plan is
///
///     P_ij = 2^(A_i + B_j + s_ij),  A_i = log2 a_i + (f_i - p_i) log2(e) / epsilon,  B_j likewise from b, g and q.
struct EntropicProblem: Sendable {
  let points: CentredPoints
  let form: PairForm
  let epsilon: Double
  /// rho / (rho + epsilon), or 1 where the marginal holds.
  let dampingX: Double
  let dampingY: Double
  let relaxationX: Double
  let relaxationY: Double
  let isBalanced: Bool
  /// Rows of x and y with mass, and log2 of their masses, which are divided by their sums where both marginals hold.
  let supportX: [Int]
  let supportY: [Int]
  let logA: [Double]
  let logB: [Double]
  /// p and q of all rows, in units of the scaled cost.
  let p: [Double]
  let q: [Double]
  let metric: GroundCost
  /// Bound on |s|.
  let largestExponent: Double
  /// Bound on the cost of a pair.
  let largestCost: Double

  static let log2e = 1.4426950408889634

  /// The largest |s| for which exponents are inner products: up to here 2^-53 |s| is far below every tolerance, and
  /// costs made from products lose 4 digits at most.
  private static let productLimit = 4096.0
  /// The largest |s| that is accepted. Beyond it the rounding of exponents would leave nothing of the potentials.
  private static let exponentLimit = 0x1p44
  /// The largest |s| for single precision, which up to here knows the terms of a sum to 2^-10.
  private static let singleLimit = 8192.0

  init(_ arguments: EntropicArguments, _ metric: GroundCost) throws {
    let (given, options) = (arguments.populations, arguments.options)
    let (x, y, a, b) = (given.x, given.y, given.a, given.b)
    let centred = CentredPoints(x, a, y, b)
    self.metric = metric
    func scaled(_ cost: Double) -> Double { centred.scale.scaled(cost: cost, metric) }
    isBalanced = options.isBalanced

    func support(_ masses: [Double]?, _ count: Int, _ total: Double) -> (rows: [Int], logs: [Double]) {
      let rows = masses.map { masses in masses.indices.filter { masses[$0] > 0 } } ?? Array(0..<count)
      let unit = options.isBalanced ? log2(total) : 0
      return (rows, rows.map { log2(masses?[$0] ?? 1 / Double(count)) - unit })
    }
    (supportX, logA) = support(a, x.rows, given.totalA)
    (supportY, logB) = support(b, y.rows, given.totalB)

    let meanSquare = Self.meanSquare(centred, logA, supportX, logB, supportY)
    let mean = metric == .euclidean ? meanSquare.squareRoot() : meanSquare
    relaxationX = scaled(options.relaxationX)
    relaxationY = scaled(options.relaxationY)
    epsilon =
      options.epsilon.map(scaled)
      ?? (mean > 0 ? Self.defaultEpsilon(mean, relaxation: min(relaxationX, relaxationY)) : 1)
    dampingX = relaxationX == .infinity ? 1 : relaxationX / (relaxationX + epsilon)
    dampingY = relaxationY == .infinity ? 1 : relaxationY / (relaxationY + epsilon)

    let (radiusX, radiusY) = (centred.radiusX(), centred.radiusY())
    let distance = centred.delta.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let reach = distance + radiusX + radiusY
    largestCost = metric == .euclidean ? reach : reach * reach
    let product = 2 * radiusX * radiusY * Self.log2e / epsilon
    if metric == .euclidean {
      (form, points) = (.distance, centred.withOneCentre)
      largestExponent = reach * Self.log2e / epsilon
    } else if product <= Self.productLimit {
      (form, points) = (.product, centred)
      largestExponent = product
    } else {
      // Populations far apart keep centres of their own, because every cost is then large beside their spreads.
      // Otherwise one centre is enough for both.
      form = .squaredDistance
      let isApart = distance > 2 * (radiusX + radiusY)
      points = isApart ? centred : centred.withOneCentre
      let width = isApart ? radiusX + radiusY : reach
      largestExponent = width * width * Self.log2e / epsilon
    }
    let largest = centred.scale.unscaled(cost: largestCost, metric)
    guard largest.isFinite else {
      throw EngineError(
        .invalid, "the populations are so far apart that a cost exceeds \(Double.greatestFiniteMagnitude)")
    }
    // Scaling may also have made epsilon 0 or infinite.
    guard epsilon > 0, epsilon.isFinite, largestExponent <= Self.exponentLimit, epsilon <= 0x1p100 else {
      let asked = options.epsilon ?? 0
      throw EngineError(
        .invalid,
        "epsilon = \(asked) is too \(epsilon > 1 ? "large" : "small") beside costs of up to \(largest) to compute with")
    }
    (p, q) = Self.separateCosts(points, form)
  }

  /// The epsilon that is taken where none is given: a twentieth of the mean cost of all pairs (ott-jax takes the same
  /// part of the cost's standard deviation), or a tenth of a relaxation where that is less, so that masses are shaped
  /// by what it costs to create or destroy them. Below a millionth of the mean cost a plan would take too long.
  private static func defaultEpsilon(_ mean: Double, relaxation: Double) -> Double {
    min(0.05 * mean, max(0.1 * relaxation, 1e-6 * mean))
  }

  /// sum_ij a_i b_j ||x_i - y_j||^2 for masses divided by their sums; centres are weighted means.
  private static func meanSquare(
    _ points: CentredPoints, _ logA: [Double], _ rowsX: [Int], _ logB: [Double], _ rowsY: [Int]
  ) -> Double {
    let d = points.dimension
    func spread(_ coordinates: [Double], _ logs: [Double], _ rows: [Int]) -> Double {
      let largest = logs.max() ?? 0
      var (sum, total) = (0.0, 0.0)
      for (log, row) in zip(logs, rows) {
        let weight = exp2(log - largest)
        total += weight
        sum += weight * coordinates[row * d..<(row + 1) * d].reduce(0) { $0 + $1 * $1 }
      }
      return sum / total
    }
    return spread(points.x, logA, rowsX) + spread(points.y, logB, rowsY) + points.delta.reduce(0) { $0 + $1 * $1 }
  }

  /// The part of p or q that does not depend on how far apart the centres are.
  func ownCosts(_ coordinates: [Double]) -> [Double] {
    let d = points.dimension
    return stride(from: 0, to: coordinates.count, by: d).map { first in
      form == .product ? coordinates[first..<first + d].reduce(0) { $0 + $1 * $1 } : 0
    }
  }

  private static func separateCosts(_ points: CentredPoints, _ form: PairForm) -> ([Double], [Double]) {
    let d = points.dimension
    let square = points.delta.reduce(0) { $0 + $1 * $1 }
    func costs(_ coordinates: [Double], _ sign: Double, _ constant: Double) -> [Double] {
      stride(from: 0, to: coordinates.count, by: d).map { first in
        var (norm, shift) = (0.0, 0.0)
        for k in 0..<d {
          norm += coordinates[first + k] * coordinates[first + k]
          shift += coordinates[first + k] * points.delta[k]
        }
        return (form == .product ? norm : 0) + sign * 2 * shift + constant
      }
    }
    // For distances delta is 0, and p and q are 0.
    return (costs(points.x, 1, square), costs(points.y, -1, 0))
  }

  /// In the user's units.
  func unscaled(_ cost: Double) -> Double { points.scale.unscaled(cost: cost, metric) }

  /// The factor from scaled coordinates to those whose products or distances are the exponents s, for some epsilon.
  func coordinateScale(_ epsilon: Double) -> Double {
    switch form {
    case .product: return (2 * Self.log2e / epsilon).squareRoot()
    case .squaredDistance: return (Self.log2e / epsilon).squareRoot()
    case .distance: return Self.log2e / epsilon
    }
  }

  /// Exponents between given rows of x and y.
  func exponents(_ epsilon: Double, rows: [Int], columns: [Int], single: Bool) -> PairExponents {
    let (d, scale) = (points.dimension, coordinateScale(epsilon))
    let x = PairLayout<Double>(points.x, dimension: d, indices: rows, scale: scale)
    let y = PairLayout<Double>(points.y, dimension: d, indices: columns, scale: scale)
    guard single, allowsSingle else { return PairExponents(form: form, x: x, y: y, singles: nil) }
    return PairExponents(
      form: form, x: x, y: y,
      singles: (
        PairLayout<Float>(points.x, dimension: d, indices: rows, scale: scale),
        PairLayout<Float>(points.y, dimension: d, indices: columns, scale: scale)
      ))
  }

  var allowsSingle: Bool { form != .squaredDistance && largestExponent <= Self.singleLimit }
}

/// Valid arguments of an entropic plan.
struct EntropicArguments {
  let populations: PlanArguments
  let options: EntropicOptions

  init(_ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?, _ options: EntropicOptions) throws {
    try options.validate()
    self.init(try PlanArguments(x, a, y, b, balanced: options.isBalanced), options)
  }

  private init(_ populations: PlanArguments, _ options: EntropicOptions) {
    (self.populations, self.options) = (populations, options)
  }

  func resolved(_ metric: GroundCost, _ interruption: Interruption?) throws -> EntropicArguments {
    EntropicArguments(populations, try options.resolved(populations, metric, interruption))
  }
}
