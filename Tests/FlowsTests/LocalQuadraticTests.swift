import CSystem
import Densities
import Energies
import Flows
import Numerics
import Testing

/// Derivatives of maps with local quadratics against differences, in three coordinates.
@Suite struct LocalQuadraticTests {
  let d = 3
  let points: Matrix
  let map: FeatureMap

  init() throws {
    var draws = PhiloxSequence(seed: 5, stream: 1)
    func normals(_ count: Int, _ scale: Double) -> [Double] { (0..<count).map { _ in scale * draws.normal() } }
    // Covariances A A^T + I / 2
    let covariances = (0..<4).flatMap { _ -> [Double] in
      let a = normals(9, 0.5)
      return (0..<9).map { index in
        (0..<3).reduce(index % 4 == 0 ? 0.5 : 0) { $0 + a[index / 3 * 3 + $1] * a[index % 3 * 3 + $1] }
      }
    }
    let local = try #require(
      LocalQuadratics(
        weights: [0.1, 0.2, 0.3, 0.4], means: Matrix(rows: 4, columns: 3, elements: normals(12, 1)),
        covariances: covariances))
    let features = MapFeatures(
      centre: [0.2, -0.1, 0.4], length: 1.7, bumps: Matrix(rows: 1, columns: 3, elements: normals(3, 1)), widths: [0.8],
      local: local)
    map = FeatureMap(features, coefficients: normals(features.count, 0.02))
    points = Matrix(rows: 8, columns: 3, elements: normals(24, 2))
  }

  func evaluate(_ map: FeatureMap, _ points: Matrix) -> (images: [Double], jacobians: [Double]) {
    var (images, jacobians) = (
      [Double](repeating: 0, count: points.elements.count), [Double](repeating: 0, count: points.rows * 9)
    )
    points.elements.withUnsafeBufferPointer { points in
      images.withUnsafeMutableBufferPointer { images in
        jacobians.withUnsafeMutableBufferPointer { map.evaluate(points, images: images, jacobians: $0) }
      }
    }
    return (images, jacobians)
  }

  @Test func jacobiansAreThoseOfImages() {
    let (jacobians, step) = (evaluate(map, points).jacobians, 1e-5)
    for a in 0..<d {
      var (ahead, behind) = (points, points)
      for i in 0..<points.rows {
        ahead[i, a] += step
        behind[i, a] -= step
      }
      let (up, down) = (evaluate(map, ahead).images, evaluate(map, behind).images)
      for i in 0..<points.rows {
        for b in 0..<d {
          let slope = (up[i * d + b] - down[i * d + b]) / (2 * step)
          #expect(abs(slope - jacobians[(i * d + a) * d + b]) < 1e-8)
          #expect(jacobians[(i * d + a) * d + b] == jacobians[(i * d + b) * d + a])
        }
      }
    }
  }

  @Test func slopesOfTheDeterminantAreDifferences() throws {
    let step = 1e-5
    for i in 0..<points.rows {
      let place = points.selecting(rows: [i])
      let jacobian = Matrix(rows: d, columns: d, elements: evaluate(map, place).jacobians)
      var inverse = [Double]()
      for column in 0..<d {
        inverse += try SymmetricSolver(jacobian).solve((0..<d).map { $0 == column ? 1 : 0 })
      }
      var gradient = [Double](repeating: 0, count: d)
      place.elements.withUnsafeBufferPointer { place in
        inverse.withUnsafeBufferPointer { inverse in
          gradient.withUnsafeMutableBufferPointer { map.logDeterminantGradient(place, inverse: inverse, into: $0) }
        }
      }
      for a in 0..<d {
        var (ahead, behind) = (place, place)
        ahead[0, a] += step
        behind[0, a] -= step
        let rise = try map.transport(ahead).logDeterminants[0] - map.transport(behind).logDeterminants[0]
        #expect(abs(rise / (2 * step) - gradient[a]) < 1e-8)
      }
    }
  }

  @Test(arguments: [FlowEnergy.Internal.entropy(beta: 0.7), .power(beta: 0.7, exponent: 2)])
  func gradientIsThatOfTheObjective(_ internalEnergy: FlowEnergy.Internal) throws {
    let energy = FlowEnergy(
      potential: Quadratic(stiffness: [1, 2, 0.5], centre: [0, 1, -1]), internalEnergy: internalEnergy)
    let step = ProximalStep(energy: energy, h: 0.3, time: 0)
    let sample = StepSample(
      points: points, references: points, logDensities: (0..<points.rows).map { -2 - 0.1 * Double($0) })
    let newton = try StepNewton(step, map.features, sample, at: try step.state(map, sample))
    for j in map.coefficients.indices {
      let small = 1e-5
      let values = try [small, -small].map { change in
        var coefficients = map.coefficients
        coefficients[j] += change
        return try step.state(FeatureMap(map.features, coefficients: coefficients), sample).value
      }
      let slope = (values[0] - values[1]) / (2 * small)
      #expect(abs(slope - newton.gradient[j]) < 1e-7 * (1 + abs(slope)), "feature \(j)")
    }
  }
}
