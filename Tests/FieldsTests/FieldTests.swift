import CSystem
import Energies
import Fields
import Numerics
import TestSupport
import Testing

@Suite struct FieldTests {
  private static let features = SpaceTimeFeatures(dimension: 2, waves: 6, length: 1.5, duration: 2, seed: 3)

  private static func samples(_ n: Int) -> LearnedField.Samples {
    var random = PhiloxSequence(seed: 5, stream: 0)
    var samples = LearnedField.Samples()
    for _ in 0..<n {
      samples.places += [random.normal(), random.normal()]
      samples.rates += [random.normal(), random.normal(), random.normal()]
      samples.times.append(random.uniform())
      samples.masses.append(random.uniform())
    }
    return samples
  }

  /// The features, as the documentation defines them.
  private static func plain(_ x: [Double], _ t: Double) -> [Double] {
    let phases = (0..<features.waves).map { wave in
      features.frequencies[wave, 0] * x[0] / 1.5 + features.frequencies[wave, 1] * x[1] / 1.5
        + features.frequencies[wave, 2] * t / 2
    }
    return phases.map { cos($0) } + phases.map { sin($0) } + [1, x[0] / 1.5, x[1] / 1.5, t / 2]
  }

  @Test(arguments: [1, 255, 700]) func minimisesThePenalisedSquares(count: Int) throws {
    let (samples, ridge, eps) = (Self.samples(count), 0.01, 1e-9)
    let field = try LearnedField(Self.features, FieldFit(ridge: ridge, rounds: 1), to: samples)
    // At the minimum, (sum m phi phi^T + R) C = sum m phi r^T. With C from the plain solution of these equations, the
    // field is C^T phi.
    let size = Self.features.count
    var (matrix, right) = (Matrix(rows: size, columns: size), Matrix(rows: size, columns: 3))
    for (index, ridge) in Self.features.ridges(ridge).enumerated() { matrix[index, index] = ridge }
    for i in 0..<count {
      let phi = Self.plain(Array(samples.places[2 * i..<2 * i + 2]), samples.times[i])
      for a in 0..<size {
        for b in 0..<size { matrix[a, b] += samples.masses[i] * phi[a] * phi[b] }
        for k in 0..<3 { right[a, k] += samples.masses[i] * phi[a] * samples.rates[3 * i + k] }
      }
    }
    let coefficients = try SymmetricSolver(matrix).solve(right)
    let points = Courses.normals(300, 2, deviation: 1, mean: [0, 0], stream: 9)
    let velocities = try field.velocities(of: Population(points: points), at: 0.3)
    let rates = try field.expansion.values(at: points, time: 0.3, outputs: 2..<3).elements
    for i in 0..<300 {
      let phi = Self.plain(Array(points.row(i)), 0.3)
      for k in 0..<3 {
        let expected = (0..<size).reduce(0) { $0 + phi[$1] * coefficients[$1, k] }
        #expect(abs((k < 2 ? velocities[i, k] : rates[i]) - expected) < eps * max(1, abs(expected)))
      }
    }
  }

  /// The gradient of each function of psi by the chain rule, in units of the length: n d rows, one per coordinate.
  private static func gradients(_ x: [Double], _ t: Double) -> [[Double]] {
    let phi = plain(x, t)
    let m = features.waves
    return (0..<2).map { k in
      let w = (0..<m).map { features.frequencies[$0, k] }
      return (0..<m).map { -w[$0] * phi[m + $0] } + (0..<m).map { w[$0] * phi[$0] } + (0..<2).map { $0 == k ? 1 : 0 }
    }
  }

  @Test(arguments: [1, 255, 700]) func gradientsMinimiseThePenalisedSquares(count: Int) throws {
    let (samples, ridge, m) = (Self.samples(count), 0.01, Self.features.waves)
    let fit = FieldFit(isGradient: true, ridge: ridge, rounds: 1)
    let field = try LearnedField(Self.features, fit, to: samples)
    let size = 2 * m + 2
    var (matrix, right) = (Matrix(rows: size, columns: size), Matrix(rows: size, columns: 1))
    for index in 0..<size { matrix[index, index] = index < 2 * m ? ridge * Double(m) : ridge }
    for i in 0..<count {
      let rows = Self.gradients(Array(samples.places[2 * i..<2 * i + 2]), samples.times[i])
      for (k, row) in rows.enumerated() {
        for a in 0..<size {
          for b in 0..<size { matrix[a, b] += samples.masses[i] * row[a] * row[b] }
          right[a, 0] += samples.masses[i] * row[a] * samples.rates[3 * i + k]
        }
      }
    }
    let coefficients = try SymmetricSolver(matrix).solve(right)
    let free = try LearnedField(Self.features, FieldFit(ridge: ridge, rounds: 1), to: samples)
    let points = Courses.normals(300, 2, deviation: 1, mean: [0, 0], stream: 9)
    let velocities = try field.velocities(of: Population(points: points), at: 0.3)
    for i in 0..<300 {
      for (k, row) in Self.gradients(Array(points.row(i)), 0.3).enumerated() {
        let expected = (0..<size).reduce(0) { $0 + row[$1] * coefficients[$1, 0] }
        #expect(abs(velocities[i, k] - expected) < 1e-9 * max(1, abs(expected)))
      }
    }
    // Growth rates are those of the free field.
    func rates(_ field: LearnedField) throws -> [Double] {
      try field.expansion.values(at: points, time: 0.3, outputs: 2..<3).elements
    }
    #expect(try rates(field) == rates(free))
  }

  @Test func gradientsDoNotTurn() throws {
    let fit = FieldFit(isGradient: true, ridge: 0.01, rounds: 1)
    let field = try LearnedField(Self.features, fit, to: Self.samples(200))
    let step = 1e-5
    func velocity(_ x: [Double]) throws -> [Double] {
      try field.velocities(of: Population(points: Matrix(rows: 1, columns: 2, elements: x)), at: 0.3).elements
    }
    let x = [0.4, -0.7]
    let across = try (velocity([x[0] + step, x[1]])[1] - velocity([x[0] - step, x[1]])[1]) / (2 * step)
    let down = try (velocity([x[0], x[1] + step])[0] - velocity([x[0], x[1] - step])[0]) / (2 * step)
    #expect(abs(across - down) < 1e-7 * max(1, abs(across)) && abs(across) > 0.01)
  }

  @Test func ridgesAreThoseOfTheProcess() {
    // a^2 (cos cos + sin sin) summed over the waves has variance 1 for a^2 = 1 / waves; the ridge of a coefficient of
    // an unscaled wave is therefore `waves` times as large.
    #expect(Self.features.ridges(2) == [Double](repeating: 12, count: 12) + [2, 2, 2, 2])
  }

  /// x' = A x, whose flow is a rotation.
  private struct Turn: VelocityField {
    func velocities(of population: Population, at time: Double) throws -> Matrix {
      var velocities = population.points
      for row in 0..<velocities.rows {
        (velocities[row, 0], velocities[row, 1]) = (-population.points[row, 1], population.points[row, 0])
      }
      return velocities
    }
  }

  @Test func flowIsOfSecondOrderAndReversible() throws {
    let start = Population(points: Matrix(rows: 1, columns: 2, elements: [1, 0]))
    func error(_ steps: Int) throws -> Double {
      let end = try Turn().flow(start, from: 0, to: 1, steps: steps).points
      return hypot(end[0, 0] - cos(1), end[0, 1] - sin(1))
    }
    let order = log2(try error(8) / error(16))
    #expect(abs(order - 2) < 0.1)
    let there = try Turn().flow(start, from: 0, to: 1, steps: 64)
    let back = try Turn().flow(there, from: 1, to: 0, steps: 64).points
    #expect(hypot(back[0, 0] - 1, back[0, 1]) < 1e-4)
  }

  @Test func flowToTheSameTimeMovesNothing() throws {
    let start = Population(points: Courses.normals(5, 2, deviation: 1, mean: [0, 0], stream: 1))
    #expect(try Turn().flow(start, from: 2, to: 2, steps: 3).points == start.points)
  }
}
