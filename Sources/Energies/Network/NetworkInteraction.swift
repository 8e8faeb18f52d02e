import Numerics

/// A network of the difference of two particles.
extension Network: Interaction {
  package func field(of population: Population) -> any Potential { NetworkField(network: self, population: population) }
}

/// What a population exerts through a network: W(x) = sum_j w_j U(x - y_j), at all pairs, on several threads.
struct NetworkField: Potential {
  let network: Network
  let population: Population

  var dimension: Int { network.dimension }

  func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    forEachPoint(points) { pairs, particle, out in
      out[particle] =
        pairs.mean(1, network.parameters) { pass, parameters in
          pass.value(parameters)
          return pass.output
        }[0]
    } into: {
      values.baseAddress
    }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    forEachPoint(points) { pairs, particle, out in
      let mean = pairs.mean(d, network.parameters) { pass, parameters in
        pass.backward(parameters)
        return pass.gradient
      }
      for c in 0..<d { out[particle * d + c] = mean[c] }
    } into: {
      gradients.baseAddress
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    nonisolated(unsafe) let directions = directions
    forEachPoint(points) { pairs, particle, out in
      pairs.direct(UnsafeBufferPointer(rebasing: directions[particle * d..<(particle + 1) * d]))
      let mean = pairs.mean(d, network.parameters) { pass, parameters in
        pass.backward(parameters)
        pass.tangent(parameters)
        pass.adjoint(parameters, intoInput: true)
        return pass.hessianProduct
      }
      for c in 0..<d { out[particle * d + c] = mean[c] }
    } into: {
      products.baseAddress
    }
  }

  private func forEachPoint(
    _ points: UnsafeBufferPointer<Double>,
    _ body: @Sendable (PairPanel, _ particle: Int, UnsafeMutablePointer<Double>) -> Void,
    into out: () -> UnsafeMutablePointer<Double>?
  ) {
    guard let base = points.baseAddress, let results = out() else { return }
    let d = dimension
    nonisolated(unsafe) let (source, target) = (base, results)
    Parallel.forRanges(points.count / d, grain: 16) { range in
      let pairs = PairPanel(network.shape, population)
      for particle in range {
        pairs.place(source + particle * d)
        body(pairs, particle, target)
      }
    }
  }
}

/// The differences between one point and all particles, a panel at a time.
private final class PairPanel {
  private let pass: NetworkPass<Double>
  private let population: Population
  private let dimension: Int
  private var point: [Double]
  private var sums: [Double]

  init(_ shape: NetworkShape, _ population: Population) {
    dimension = shape.dimension
    self.population = population
    pass = NetworkPass(shape: shape, particles: min(256, population.points.rows))
    point = [Double](repeating: 0, count: shape.dimension)
    sums = point
  }

  func place(_ x: UnsafePointer<Double>) {
    for c in 0..<dimension { point[c] = x[c] }
  }

  func direct(_ direction: UnsafeBufferPointer<Double>) {
    let columns = pass.capacity * NetworkPass<Double>.blockSize
    for c in 0..<dimension {
      for column in 0..<columns { pass.direction[c, particle: column] = direction[c] }
    }
  }

  /// The mean of what `evaluate` finds at each pair, `width` rows of it.
  func mean(
    _ width: Int, _ parameters: [Double],
    _ evaluate: (NetworkPass<Double>, UnsafePointer<Double>) -> BlockedPanel<Double>
  ) -> [Double] {
    for c in 0..<max(width, 1) { sums[c] = 0 }
    let n = population.points.rows
    let columns = pass.capacity * NetworkPass<Double>.blockSize
    parameters.withUnsafeBufferPointer { parameters in
      guard let parameters = parameters.baseAddress else { return }
      for start in stride(from: 0, to: n, by: columns) {
        let count = min(columns, n - start)
        pass.use(particles: count)
        for index in 0..<count {
          for c in 0..<dimension { pass.input[c, particle: index] = point[c] - population.points[start + index, c] }
        }
        pass.forward(parameters)
        let panel = evaluate(pass, parameters)
        for c in 0..<width {
          for index in 0..<count { sums[c] += population.weights[start + index] * panel[c, particle: index] }
        }
      }
    }
    return sums
  }
}
