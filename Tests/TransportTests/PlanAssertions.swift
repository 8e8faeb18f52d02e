import Numerics
import Testing
import Transport

func groundCost(_ x: Matrix, _ i: Int, _ y: Matrix, _ j: Int, _ cost: GroundCost) -> Double {
  let squared = zip(x.row(i), y.row(j)).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return cost == .euclidean ? squared.squareRoot() : squared
}

/// A plan problem, for tests.
struct Problem: CustomStringConvertible {
  var name: String
  var x: Matrix
  var a: [Double]?
  var y: Matrix
  var b: [Double]?

  init(_ name: String, _ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?) {
    (self.name, self.x, self.a, self.y, self.b) = (name, x, a, y, b)
  }

  init(_ name: String, _ x: Matrix, _ y: Matrix) { self.init(name, x, nil, y, nil) }

  var description: String { "\(name) (\(x.rows), \(y.rows), \(x.columns))" }

  var massesX: [Double] { a ?? [Double](repeating: 1 / Double(x.rows), count: x.rows) }
  var massesY: [Double] { b ?? [Double](repeating: 1 / Double(y.rows), count: y.rows) }

  func plan(_ cost: GroundCost) throws -> TransportPlan {
    try exactPlan(from: x, masses: a, to: y, masses: b, cost: cost)
  }

  /// Solves, checks optimality from the definitions alone, and returns the plan.
  @discardableResult
  func check(_ cost: GroundCost, sourceLocation: SourceLocation = #_sourceLocation) throws -> TransportPlan {
    let plan = try plan(cost)
    let total = massesX.reduce(0, +)
    var rowSums = [Double](repeating: 0, count: x.rows)
    var columnSums = [Double](repeating: 0, count: y.rows)
    var primal = 0.0
    var slackOnFlow = 0.0
    // The exported duals are rounded to doubles, by half a unit in the last place of each.
    let rounding = 0x1p-51
    for entry in plan.entries {
      #expect(entry.mass > 0, "\(self)", sourceLocation: sourceLocation)
      rowSums[entry.row] += entry.mass
      columnSums[entry.column] += entry.mass
      let c = groundCost(x, entry.row, y, entry.column, cost)
      let (u, v) = (plan.dualX[entry.row], plan.dualY[entry.column])
      primal += entry.mass * c
      slackOnFlow += entry.mass * max(0, abs(c - u - v) - rounding * (c + abs(u) + abs(v)))
    }
    var largest = 0.0
    var worst = -Double.infinity
    for i in 0..<x.rows {
      for j in 0..<y.rows {
        let c = groundCost(x, i, y, j, cost)
        let (u, v) = (plan.dualX[i], plan.dualY[j])
        largest = max(largest, c)
        worst = max(worst, u + v - c - rounding * (c + abs(u) + abs(v)))
      }
    }
    let scale = max(primal, 1e-12 * total * largest)
    let marginal =
      (zip(rowSums, massesX).map { abs($0 - $1) } + zip(columnSums, massesY).map { abs($0 - $1) }).max() ?? 0
    #expect(marginal <= 1e-12 * total, "\(self)", sourceLocation: sourceLocation)
    #expect(plan.marginalError <= 1e-12, "\(self)", sourceLocation: sourceLocation)
    #expect(worst <= 0, "dual feasibility of all pairs, \(self)", sourceLocation: sourceLocation)
    // The solver stops at a gap of 1e-12.
    #expect(slackOnFlow <= 2e-12 * scale, "complementary slackness, \(self)", sourceLocation: sourceLocation)
    #expect(abs(plan.gap) <= 1e-11, "\(self)", sourceLocation: sourceLocation)
    #expect(abs(plan.cost - primal) <= 1e-12 * scale, "\(self)", sourceLocation: sourceLocation)
    #expect(abs(plan.cost - plan.dualCost) <= 1e-9 * scale, "\(self)", sourceLocation: sourceLocation)
    #expect(plan.entries.count <= x.rows + y.rows - 1, "\(self)", sourceLocation: sourceLocation)
    let order = zip(plan.entries, plan.entries.dropFirst()).allSatisfy {
      ($0.row, $0.column) < ($1.row, $1.column)
    }
    #expect(order, "entries by row, then column, \(self)", sourceLocation: sourceLocation)
    return plan
  }
}

/// Points of many kinds, from one stream of random numbers.
struct PointSource {
  var random: PhiloxSequence

  init(_ seed: UInt64) { random = PhiloxSequence(seed: seed, stream: 0) }

  mutating func normal(_ count: Int, _ dimension: Int, offset: Double = 0, scale: Double = 1) -> Matrix {
    Matrix(
      rows: count, columns: dimension, elements: (0..<count * dimension).map { _ in offset + scale * random.normal() })
  }

  /// On a coarse grid: many equal points and equal costs.
  mutating func grid(_ count: Int, _ dimension: Int, side: Int = 3) -> Matrix {
    Matrix(
      rows: count, columns: dimension,
      elements: (0..<count * dimension).map { _ in Double(random.integer(below: side)) })
  }

  /// On a line through space: coordinates t, 2t, 3t, ...
  mutating func line(_ count: Int, _ dimension: Int) -> Matrix {
    var elements: [Double] = []
    for _ in 0..<count {
      let t = random.normal()
      elements += (1...dimension).map { Double($0) * t }
    }
    return Matrix(rows: count, columns: dimension, elements: elements)
  }

  /// Whole masses with the given sum, some of them zero.
  mutating func counts(_ count: Int, total: Int) -> [Double] {
    var masses = [Double](repeating: 0, count: count)
    for _ in 0..<total { masses[random.integer(below: count)] += 1 }
    return masses
  }

  mutating func weights(_ count: Int) -> [Double] {
    let raw = (0..<count).map { _ in random.uniform() }
    let sum = raw.reduce(0, +)
    return raw.map { $0 / sum }
  }
}

let bothCosts: [GroundCost] = [.squaredEuclidean, .euclidean]
