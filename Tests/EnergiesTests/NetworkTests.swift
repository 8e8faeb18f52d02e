import Energies
import Numerics
import TestSupport
import Testing

@Suite struct NetworkTests {
  // MARK: Against automatic differentiation

  /// The oracle is right to 1e-13 of the largest value in an array. Sums of 64 products of numbers of both signs lose
  /// two digits more than one rounding, hence 1e-10.
  @Test(arguments: NetworkCase.names) func agreesWithAutomaticDifferentiation(name: String) throws {
    let oracle = try NetworkCase(name)
    let network = oracle.network
    // One point at a time, since each has its time.
    let points = (0..<oracle.count).map { (oracle.point($0), oracle.direction($0), oracle.times[$0]) }
    #expect(relativeError(points.flatMap { network.values($0.0, time: $0.2) }, oracle.values) < 1e-10)
    #expect(relativeError(points.flatMap { network.gradients($0.0, time: $0.2) }, oracle.gradients) < 1e-10)
    let products = points.flatMap { network.hessianProducts($0.0, along: $0.1, time: $0.2) }
    #expect(relativeError(products, oracle.hessianProducts) < 1e-10)
  }

  /// The training pass runs on one panel with its own time for each particle. Inputs and parameters are exact in single
  /// precision, whose unit is 5e8 times that of double: 1e-4 is as strict there as 1e-13 is here, so that only rounding
  /// may differ.
  @Test(arguments: NetworkCase.names) func passAgreesInBothPrecisions(name: String) throws {
    let oracle = try NetworkCase(name)
    try Self.checkPass(oracle, Double.self, 1e-10)
    try Self.checkPass(oracle, Float.self, 1e-4)
  }

  private static func checkPass<Number: KernelNumber>(
    _ oracle: NetworkCase, _: Number.Type, _ tolerance: Double
  ) throws {
    let pass = NetworkPass<Number>(shape: oracle.shape, particles: oracle.count)
    let d = oracle.shape.dimension
    for index in 0..<oracle.count {
      for column in 0..<d {
        pass.input[column, particle: index] = Number(oracle.points[index * d + column])
        pass.direction[column, particle: index] = Number(oracle.directions[index * d + column])
      }
      if oracle.shape.timeVarying { pass.input[d, particle: index] = Number(oracle.times[index]) }
    }
    oracle.parameters.map { Number($0) }.withUnsafeBufferPointer { buffer in
      guard let parameters = buffer.baseAddress else { return }
      pass.forward(parameters)
      pass.value(parameters)
      pass.backward(parameters)
      pass.tangent(parameters)
      pass.adjoint(parameters, intoInput: true)
    }
    func columns(_ panel: BlockedPanel<Number>) -> [Double] {
      (0..<oracle.count).flatMap { index in (0..<d).map { Double(panel[$0, particle: index]) } }
    }
    let values = (0..<oracle.count).map { Double(pass.output[0, particle: $0]) }
    #expect(relativeError(values, oracle.values) < tolerance)
    #expect(relativeError(columns(pass.gradient), oracle.gradients) < tolerance)
    #expect(relativeError(columns(pass.hessianProduct), oracle.hessianProducts) < tolerance)
  }

  // MARK: Panels

  /// A particle's result does not depend on its panel or on its neighbours there, to the last bit.
  @Test(arguments: [1, 63, 64, 65, 150]) func anyNumberOfParticles(count: Int) throws {
    let oracle = try NetworkCase("plane")
    let network = oracle.network
    let rows = (0..<count).map { $0 % oracle.count }
    let points = rows.flatMap { oracle.point($0) }
    let directions = rows.flatMap { oracle.direction($0) }
    #expect(bits(network.values(points)) == bits(rows.flatMap { network.values(oracle.point($0)) }))
    #expect(bits(network.gradients(points)) == bits(rows.flatMap { network.gradients(oracle.point($0)) }))
    let products = rows.flatMap { network.hessianProducts(oracle.point($0), along: oracle.direction($0)) }
    #expect(bits(network.hessianProducts(points, along: directions)) == bits(products))
  }

  @Test func noParticles() throws {
    let network = try NetworkCase("plane").network
    #expect(network.values([]).isEmpty && network.gradients([]).isEmpty)
    #expect(network.hessianProducts([], along: []).isEmpty)
  }

  // MARK: Calculus

  private static let shapes = [
    NetworkShape(dimension: 1, timeVarying: false, hidden: [1]),
    NetworkShape(dimension: 3, timeVarying: true, hidden: [9, 6]),
    NetworkShape(dimension: 50, timeVarying: false, hidden: [64, 64]),
    NetworkShape(dimension: 2, timeVarying: true, hidden: [5, 4, 3, 2]),
    NetworkShape(dimension: 2, timeVarying: false, hidden: [13, 7], activation: .silu),
    NetworkShape(dimension: 3, timeVarying: true, hidden: [20, 17], activation: .tanh),
  ]

  private static func network(_ shape: NetworkShape) -> Network {
    var random = PhiloxSequence(seed: 21, stream: UInt64(shape.parameterCount))
    let parameters = shape.initialParameters(seed: 4).map { $0 + 0.1 * random.normal() }
    return Network(shape: shape, parameters: parameters)
  }

  /// Central differences with h = 1e-4: truncation h^2 f''' / 6, below 1e-8 for networks whose derivatives are of order
  /// 1, and rounding 1e-15 f / h = 1e-11.
  @Test(arguments: shapes) func derivativesAreLimitsOfDifferences(shape: NetworkShape) {
    let network = Self.network(shape)
    var random = PhiloxSequence(seed: 22, stream: 0)
    let (d, h, time) = (shape.dimension, 1e-4, 0.7)
    for _ in 0..<5 {
      let (point, direction) = (random.normals(d), random.normals(d))
      let above = zip(point, direction).map { $0 + h * $1 }
      let below = zip(point, direction).map { $0 - h * $1 }
      let slope = zip(network.gradients(point, time: time), direction).reduce(0) { $0 + $1.0 * $1.1 }
      let rise = (network.values(above, time: time)[0] - network.values(below, time: time)[0]) / (2 * h)
      let scale = euclideanNorm(direction)
      #expect(abs(slope - rise) < 1e-7 * scale * scale * scale)
      let product = network.hessianProducts(point, along: direction, time: time)
      let change = difference(network.gradients(above, time: time), network.gradients(below, time: time))
      #expect(largest(difference(product, change.map { $0 / (2 * h) })) < 1e-7 * scale * scale * scale)
    }
  }

  /// e . H c = c . H e; each side sums some hundred products of rounded numbers.
  @Test(arguments: shapes) func hessianIsSymmetric(shape: NetworkShape) {
    let network = Self.network(shape)
    var random = PhiloxSequence(seed: 23, stream: 0)
    let d = shape.dimension
    for _ in 0..<10 {
      let (point, c, e) = (random.normals(d), random.normals(d), random.normals(d))
      let along = network.hessianProducts(point, along: c, time: 0.3)
      let across = network.hessianProducts(point, along: e, time: 0.3)
      let left = zip(along, e).reduce(0) { $0 + $1.0 * $1.1 }
      let right = zip(across, c).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(left - right) <= 1e-13 * euclideanNorm(along) * euclideanNorm(e))
    }
  }

  /// Evaluations that share a pass give the same bits as each alone, because the operations are the same.
  @Test(arguments: shapes) func combinedEvaluations(shape: NetworkShape) {
    let network = Network(shape: shape, parameters: shape.initialParameters(seed: 5))
    var random = PhiloxSequence(seed: 6, stream: 0)
    let (d, count) = (shape.dimension, 70)
    let points = random.normals(count * d)
    let (values, gradients) = network.valuesAndGradients(points, time: 0.5)
    #expect(values == network.values(points, time: 0.5) && gradients == network.gradients(points, time: 0.5))
    let hessians = network.hessians(points, time: 0.5)
    for column in 0..<d {
      let unit = (0..<count * d).map { $0 % d == column ? 1.0 : 0 }
      let products = network.hessianProducts(points, along: unit, time: 0.5)
      #expect((0..<count * d).allSatisfy { hessians[$0 * d + column] == products[$0] })
    }
  }

  // MARK: Parameters

  @Test func layoutOfParameters() {
    let shape = NetworkShape(dimension: 2, timeVarying: true, hidden: [4, 5])
    #expect(shape.inputs == 3)
    #expect(shape.layers.map(\.weights) == [0, 16] && shape.layers.map(\.biases) == [12, 36])
    #expect(shape.outputWeights == 41 && shape.outputBias == 46 && shape.parameterCount == 47)
  }

  /// Variance 1 / inputs, within five standard errors sqrt(2 / n) of the mean square of n normal numbers; biases 0.
  @Test func initialParameters() {
    let shape = NetworkShape(dimension: 20, timeVarying: false, hidden: [64, 64])
    let parameters = shape.initialParameters(seed: 1)
    var parts = shape.layers.map { ($0.inputs, Array(parameters[$0.weights..<$0.biases])) }
    parts.append((64, Array(parameters[shape.outputWeights..<shape.outputBias])))
    for (inputs, weights) in parts {
      let mean = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
      #expect(abs(mean * Double(inputs) - 1) < 5 * (2 / Double(weights.count)).squareRoot())
    }
    for layer in shape.layers {
      #expect(parameters[layer.biases..<layer.biases + layer.outputs].allSatisfy { $0 == 0 })
    }
    #expect(parameters[shape.outputBias] == 0)
    #expect(shape.initialParameters(seed: 1) == parameters && shape.initialParameters(seed: 2) != parameters)
  }
}
