import CSystem
import Densities
import Energies
import Flows
import Numerics
import Testing

/// Convex networks: derivatives are limits of differences, maps are inverted, the gradient that trains a step is that
/// of its objective.
@Suite struct ConvexNetworkTests {
  static let shape = ConvexShape(dimension: 3, hidden: [7, 5], rank: 2)

  func map(_ shape: ConvexShape = shape, seed: UInt64 = 1) -> NetworkMap {
    var parameters = shape.initialParameters(seed: seed)
    var draws = PhiloxSequence(seed: seed, stream: 77)
    for index in parameters.indices { parameters[index] += 0.2 * draws.normal() }
    shape.project(&parameters)
    return NetworkMap(
      shape, centre: [0.3, -0.2, 1].prefix(shape.dimension).map { $0 }, length: 1.7, parameters: parameters)
  }

  func points(_ count: Int, _ d: Int) -> Matrix {
    var draws = PhiloxSequence(seed: 4, stream: 0)
    return Matrix(rows: count, columns: d, elements: (0..<count * d).map { _ in 2 * draws.normal() })
  }

  func evaluate(_ map: NetworkMap, _ x: [Double]) -> (image: [Double], jacobian: [Double]) {
    var (image, jacobian) = (x, [Double](repeating: 0, count: x.count * x.count))
    x.withUnsafeBufferPointer { x in
      image.withUnsafeMutableBufferPointer { image in
        jacobian.withUnsafeMutableBufferPointer { map.evaluate(x, images: image, jacobians: $0) }
      }
    }
    return (image, jacobian)
  }

  @Test func jacobiansAreLimitsOfDifferencesAndSymmetric() {
    let (map, step) = (map(), 1e-6)
    for row in 0..<5 {
      let x = Array(points(5, 3).row(row))
      let (_, jacobian) = evaluate(map, x)
      for a in 0..<3 {
        var (up, down) = (x, x)
        up[a] += step
        down[a] -= step
        let (ahead, behind) = (evaluate(map, up).image, evaluate(map, down).image)
        for b in 0..<3 {
          #expect(abs((ahead[b] - behind[b]) / (2 * step) - jacobian[b * 3 + a]) < 1e-7)
          #expect(abs(jacobian[b * 3 + a] - jacobian[a * 3 + b]) < 1e-12)
        }
      }
    }
  }

  @Test func anyNumberOfPoints() throws {
    let (map, all) = (map(), points(131, 3))
    let together = try map.transport(all)
    for row in [0, 63, 64, 130] {
      let alone = evaluate(map, Array(all.row(row)))
      for a in 0..<3 { #expect(abs(alone.image[a] - together.points[row, a]) < 1e-12) }
    }
    #expect(together.folded == 0)
  }

  @Test func inverseAndScore() throws {
    let (map, x) = (map(), points(20, 3))
    let images = try map.transport(x)
    let back = try map.inverse(of: images.points)
    for (a, b) in zip(back.points.elements, x.elements) { #expect(abs(a - b) < 1e-9) }
    // The gradient of log det by differences.
    let step = 1e-5
    for row in 0..<4 {
      let point = Array(x.row(row))
      var jacobian = Matrix(rows: 3, columns: 3, elements: evaluate(map, point).jacobian)
      jacobian = try #require(Cholesky(jacobian)).inverse()
      var gradient = point
      point.withUnsafeBufferPointer { point in
        jacobian.elements.withUnsafeBufferPointer { inverse in
          gradient.withUnsafeMutableBufferPointer {
            map.logDeterminantGradient(point, inverse: inverse, into: $0)
          }
        }
      }
      for a in 0..<3 {
        var (up, down) = (point, point)
        up[a] += step
        down[a] -= step
        let ends = try [up, down].map {
          try map.transport(Matrix(rows: 1, columns: 3, elements: $0)).logDeterminants[0]
        }
        #expect(abs((ends[0] - ends[1]) / (2 * step) - gradient[a]) < 1e-7)
      }
    }
  }

  @Test(arguments: [FlowEnergy.Internal.entropy(beta: 0.7), .power(beta: 0.7, exponent: 2)])
  func gradientIsThatOfTheObjective(_ internalEnergy: FlowEnergy.Internal) throws {
    let map = map()
    let x = points(70, 3)
    let energy = FlowEnergy(
      potential: Quadratic(stiffness: [1, 2, 0.5], centre: [0, 1, 0]), internalEnergy: internalEnergy)
    let step = ProximalStep(energy: energy, h: 0.3, time: 0)
    let sample = StepSample(
      points: x, references: x, logDensities: (0..<70).map { -2 - 0.01 * Double($0) })
    let training = NetworkStep(
      step: step, shape: Self.shape, iterations: 1, batch: 70, rate: 0, seed: 0, draw: 0)
    let gradient = try training.gradient(map, sample)
    let (unit, size) = (0.3 / (1.7 * 1.7), 1e-5)
    for index in stride(from: 0, to: map.parameters.count, by: 7) {
      let ends = try [size, -size].map { offset -> Double in
        var parameters = map.parameters
        parameters[index] += offset
        let moved = NetworkMap(Self.shape, centre: map.centre, length: map.length, parameters: parameters)
        return try step.state(moved, sample).value
      }
      let expected = unit * (ends[0] - ends[1]) / (2 * size)
      #expect(abs(gradient[index] - expected) < 1e-7 * max(1, abs(expected)), "parameter \(index)")
    }
  }

  @Test func aStepOfAGaussianIsFound() throws {
    let shape = ConvexShape(dimension: 2, hidden: [16, 16], rank: 2)
    let base = try gaussian([0, 0], variances: [1, 1])
    let x = base.sample(2000, seed: 1, purpose: .flowBase)
    let energy = FlowEnergy(
      potential: Quadratic(stiffness: [1, 3], centre: [1, 0]), internalEnergy: .entropy(beta: 0.5))
    let step = ProximalStep(energy: energy, h: 0.2, time: 0)
    let sample = StepSample(points: x, references: x, logDensities: try base.logDensities(x))
    let start = NetworkMap(shape, centre: [0, 0], length: 1, parameters: shape.initialParameters(seed: 0))
    let found = try NetworkStep(step: step, shape: shape, iterations: 400, batch: 500, rate: 5e-3, seed: 0, draw: 0)
      .solve(sample, from: start)
    let affine = try FeatureStep(
      step: step, features: try MapFeatures(for: x, bumps: 0, neighbour: 1, components: 0, seed: 0, step: 0)
    ).solve(sample, held: sample)
    let (before, trained, best) = (
      try step.state(start, sample).value, try step.state(found, sample).value, try step.state(affine, sample).value
    )
    #expect(before - best > 0.1 && trained - best < 0.01 * (before - best), "\(before), \(trained), \(best)")
  }
}
