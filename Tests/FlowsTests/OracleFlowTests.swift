import Energies
import Flows
import Numerics
import OracleSupport
import TestSupport
import Testing

/// V(x) = (x_1^2 - 1)^2 / 4 + sum_{a > 1} x_a^2 / 2 + sum_{a > 1} x_{a-1} x_a / 4, as in Tests/Oracles/flows.py.
private struct CoupledWell: Potential {
  let dimension: Int

  func values(_ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>) {
    for i in values.indices {
      let x = points[(i * dimension)..<((i + 1) * dimension)].map { $0 }
      let bump = x[0] * x[0] - 1
      var sum = bump * bump / 4
      for a in 1..<max(1, dimension) { sum += x[a] * x[a] / 2 + x[a - 1] * x[a] / 4 }
      values[i] = sum
    }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    for i in gradients.indices {
      let (a, x) = (i % dimension, points[i])
      gradients[i] = (a == 0 ? x * (x * x - 1) : x) + neighbours(points, i) / 4
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    for i in products.indices {
      let bend = i % dimension == 0 ? 3 * points[i] * points[i] - 1 : 1
      products[i] = bend * directions[i] + neighbours(directions, i) / 4
    }
  }

  /// The sum of the coordinates before and after one.
  private func neighbours(_ x: UnsafeBufferPointer<Double>, _ index: Int) -> Double {
    let a = index % dimension
    return (a > 0 ? x[index - 1] : 0) + (a + 1 < dimension ? x[index + 1] : 0)
  }
}

/// One map of Tests/Oracles/flows.txt, the particles that it moves, and what it makes of them.
private struct FlowOracle {
  let file: OracleFile
  let name: String
  let dimension: Int
  let centre: [Double]
  let length: Double
  let points: Matrix
  let sample: StepSample

  init(_ kind: String, _ d: Int) throws {
    file = try OracleFile("flows")
    (name, dimension) = ("\(kind)\(d)", d)
    centre = try file["\(name)_centre"].values
    length = try file["\(name)_length"].scalar
    points = try Self.matrix(file["\(name)_points"])
    sample = StepSample(
      points: points, references: try Self.matrix(file["\(name)_references"]),
      logDensities: try file["\(name)_log_densities"].values)
  }

  static func matrix(_ array: OracleFile.Array) -> Matrix {
    Matrix(rows: array.shape[0], columns: array.shape[1], elements: array.values)
  }

  func array(_ suffix: String) throws -> [Double] { try file["\(name)_\(suffix)"].values }

  func step(_ internalEnergy: String) throws -> ProximalStep {
    let beta = try file["beta"].scalar
    let energy = FlowEnergy(
      potential: CoupledWell(dimension: dimension),
      internalEnergy: internalEnergy == "power" ? .power(beta: beta, exponent: 2) : .entropy(beta: beta))
    return ProximalStep(energy: energy, h: try file["h"].scalar, time: 0)
  }

  func network(reach: Double = 1) throws -> NetworkMap {
    let shape = ConvexShape(
      dimension: dimension, hidden: try array("hidden").map { Int($0) }, rank: Int(try file["\(name)_rank"].scalar))
    return NetworkMap(shape, centre: centre, length: length, parameters: try array("parameters"), reach: reach)
  }

  func features() throws -> FeatureMap {
    let (means, weights, covariances) = (
      Self.matrix(try file["\(name)_means"]), try array("weights"), try array("covariances")
    )
    let local = try #require(LocalQuadratics(weights: weights, means: means, covariances: covariances))
    let features = MapFeatures(
      centre: centre, length: length, bumps: Self.matrix(try file["\(name)_bumps"]), widths: try array("widths"),
      local: local)
    return FeatureMap(features, coefficients: try array("coefficients"))
  }
}

private let dimensions = [1, 2, 5]
private let internalEnergies = ["entropy", "power"]

/// Maps, their derivatives, and the objective of a step with its derivatives agree with automatic differentiation of
/// the convex function alone, by software that shares nothing with the engine.
@Suite struct OracleFlowTests {
  /// Sums of some hundred products of rounded numbers; the oracle is right to 1e-13.
  private static let rounding = 1e-10

  @Test(arguments: dimensions) func networkMaps(d: Int) throws {
    let oracle = try FlowOracle("network", d)
    try expectAgreement(try oracle.network(), oracle)
  }

  @Test(arguments: dimensions) func extendedNetworkMaps(d: Int) throws {
    let oracle = try FlowOracle("network", d)
    try expectAgreement(try oracle.network(reach: try oracle.file["reach"].scalar), oracle, "extended_")
  }

  @Test(arguments: dimensions) func featureMaps(d: Int) throws {
    let oracle = try FlowOracle("features", d)
    try expectAgreement(try oracle.features(), oracle)
  }

  @Test(arguments: dimensions, internalEnergies)
  func gradientOfANetworksStep(d: Int, internalEnergy: String) throws {
    let oracle = try FlowOracle("network", d)
    let (map, step) = (try oracle.network(), try oracle.step(internalEnergy))
    let state = try step.state(map, oracle.sample)
    #expect(relativeError([state.value], try oracle.array("\(internalEnergy)_objective")) < Self.rounding)
    let gradient = try NetworkStep(
      step: step, shape: map.shape, iterations: 1, batch: oracle.points.rows, rate: 0, seed: 0, draw: 0
    ).gradient(map, oracle.sample)
    // The engine's is in units of length^2 / h.
    let unit = try oracle.file["h"].scalar / (map.length * map.length)
    let expected = try oracle.array("\(internalEnergy)_gradient").map { unit * $0 }
    #expect(relativeError(gradient, expected) < Self.rounding)
  }

  @Test(arguments: dimensions, internalEnergies)
  func gradientAndCurvatureOfAFeatureStep(d: Int, internalEnergy: String) throws {
    let oracle = try FlowOracle("features", d)
    let (map, step) = (try oracle.features(), try oracle.step(internalEnergy))
    let state = try step.state(map, oracle.sample)
    #expect(relativeError([state.value], try oracle.array("\(internalEnergy)_objective")) < Self.rounding)
    let newton = try StepNewton(step, map.features, oracle.sample, at: state)
    #expect(relativeError(newton.gradient, try oracle.array("\(internalEnergy)_gradient")) < Self.rounding)
    // I / h + Hess V is well above a tenth of 1 / h everywhere, so that the curvature is the Hessian itself.
    let direction = try oracle.array("direction")
    let product = direction.indices.map { row in
      direction.indices.reduce(0.0) { $0 + newton.curvature[row, $1] * direction[$1] }
    }
    #expect(relativeError(product, try oracle.array("\(internalEnergy)_curvature_product")) < Self.rounding)
  }

  /// Images, Jacobians, log det DT and its gradient, and that the inverse undoes the map.
  private func expectAgreement(_ map: some TransportMap, _ oracle: FlowOracle, _ prefix: String = "") throws {
    let (x, d) = (oracle.points.elements, oracle.dimension)
    var images = [Double](repeating: .nan, count: x.count)
    var jacobians = [Double](repeating: .nan, count: x.count * d)
    x.withUnsafeBufferPointer { x in
      images.withUnsafeMutableBufferPointer { images in
        jacobians.withUnsafeMutableBufferPointer { map.evaluate(x, images: images, jacobians: $0) }
      }
    }
    #expect(relativeError(images, try oracle.array("\(prefix)images")) < Self.rounding)
    #expect(relativeError(jacobians, try oracle.array("\(prefix)jacobians")) < Self.rounding)

    var slopes: [Double] = []
    for row in 0..<oracle.points.rows {
      let jacobian = Array(jacobians[(row * d * d)..<((row + 1) * d * d)])
      let inverse = try #require(Cholesky(Matrix(rows: d, columns: d, elements: jacobian))).inverse()
      slopes += logDeterminantGradient(map, Array(oracle.points.row(row)), inverse.elements)
    }
    #expect(relativeError(slopes, try oracle.array("\(prefix)log_determinant_gradients")) < Self.rounding)

    let moved = try map.transport(oracle.points)
    let back = try map.inverse(of: moved.points)
    let logDeterminants = try oracle.array("\(prefix)log_determinants")
    #expect(relativeError(moved.logDeterminants, logDeterminants) < Self.rounding)
    #expect(relativeError(back.logDeterminants, logDeterminants) < Self.rounding)
    #expect(relativeError(back.points.elements, x) < 1e-12)
  }

  private func logDeterminantGradient(_ map: some TransportMap, _ x: [Double], _ inverse: [Double]) -> [Double] {
    var gradient = [Double](repeating: .nan, count: x.count)
    x.withUnsafeBufferPointer { x in
      inverse.withUnsafeBufferPointer { inverse in
        gradient.withUnsafeMutableBufferPointer { map.logDeterminantGradient(x, inverse: inverse, into: $0) }
      }
    }
    return gradient
  }
}
