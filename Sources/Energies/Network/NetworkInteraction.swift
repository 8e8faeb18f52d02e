import Numerics

/// A network of the difference of two particles.
extension Network: Interaction {
  package func field(of population: Population) -> any Potential { NetworkField(self, population) }
}

/// The field of a population through a network, W(x) = sum_j w_j U(x - y_j), evaluated at all pairs, on several
/// threads.
///
/// The differences of one point to 64 particles are one block of a pass through the network, and the results are summed
/// over its lanes by weight. Sums run in the order of the population, whatever the number of threads.
struct NetworkField: Potential {
  private let network: Network
  private let population: PopulationBlocks

  init(_ network: Network, _ population: Population) {
    self.network = network
    self.population = PopulationBlocks(population)
  }

  var dimension: Int { network.dimension }

  func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    forEachPoint(points, width: 1, into: values) { pairs, _, sums in
      pairs.forEachBlock { weights in
        pairs.pass.value(pairs.parameters)
        pairs.add(pairs.pass.output, 1, weights, to: sums)
      }
    }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    forEachPoint(points, width: d, into: gradients) { pairs, _, sums in
      pairs.forEachBlock { weights in
        pairs.pass.backward(pairs.parameters)
        pairs.add(pairs.pass.gradient, d, weights, to: sums)
      }
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    guard let along = directions.baseAddress else { return }
    let (d, directions) = (dimension, Place(UnsafeMutablePointer(mutating: along)))
    forEachPoint(points, width: d, into: products) { pairs, point, sums in
      pairs.direct { directions.base[point * d + $0] }
      pairs.forEachBlock { weights in
        pairs.pass.backward(pairs.parameters)
        pairs.addHessianProduct(weights, to: sums)
      }
    }
  }

  /// All columns share one forward and one backward sweep.
  func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    forEachPoint(points, width: d * d, into: hessians) { pairs, _, sums in
      pairs.forEachBlock { weights in
        pairs.pass.backward(pairs.parameters)
        for column in 0..<d {
          pairs.direct { $0 == column ? 1 : 0 }
          // The column is written as a row, because the matrix is symmetric.
          pairs.addHessianProduct(weights, to: sums + column * d)
        }
      }
    }
  }

  /// Computes `width` sums for each point, which are 0 before `body` adds to them.
  private func forEachPoint(
    _ points: UnsafeBufferPointer<Double>, width: Int, into results: UnsafeMutableBufferPointer<Double>,
    _ body: @Sendable (Pairs, _ point: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) {
    guard let base = points.baseAddress, let out = results.baseAddress else { return }
    let (source, target, d) = (Place(UnsafeMutablePointer(mutating: base)), Place(out), dimension)
    Parallel.forRangesHeeding(points.count / d, grain: 16) { range in
      network.withPass { pass, parameters in
        for point in range {
          let sums = target.base + point * width
          sums.update(repeating: 0, count: width)
          let place = UnsafePointer(source.base + point * d)
          body(Pairs(pass: pass, parameters: parameters, population: population, point: place), point, sums)
        }
      }
    }
  }
}

/// The pairs of one point with a population, a block at a time.
private struct Pairs {
  let pass: NetworkPass<Double>
  let parameters: UnsafePointer<Double>
  let population: PopulationBlocks
  let point: UnsafePointer<Double>

  private static var lanes: Int { NetworkPass<Double>.blockSize }

  /// Calls `body` with the weights of each block, after its forward sweep.
  func forEachBlock(_ body: (UnsafePointer<Double>) -> Void) {
    let (d, lanes, input) = (population.dimension, Self.lanes, pass.input.base)
    for block in 0..<population.count where !Interruption.stops {
      let others = population.places(block)
      for c in 0..<d {
        let (x, row, differences) = (point[c], others + c * lanes, input + c * lanes)
        for lane in 0..<lanes { differences[lane] = x - row[lane] }
      }
      pass.forward(parameters)
      body(population.weights(block))
    }
  }

  /// Sets the direction, the same for all particles.
  func direct(_ component: (Int) -> Double) {
    for c in 0..<population.dimension {
      (pass.direction.base + c * Self.lanes).update(repeating: component(c), count: Self.lanes)
    }
  }

  /// Adds the weighted sums of a panel's rows.
  func add(
    _ panel: BlockedPanel<Double>, _ rows: Int, _ weights: UnsafePointer<Double>,
    to sums: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<rows {
      sums[row] += Double.kernels.innerProduct(count: Self.lanes, a: weights, b: panel.base + row * Self.lanes)
    }
  }

  /// Adds Hessian products along the direction, after the backward sweep.
  func addHessianProduct(_ weights: UnsafePointer<Double>, to sums: UnsafeMutablePointer<Double>) {
    pass.tangent(parameters)
    pass.adjoint(parameters, intoInput: true)
    add(pass.hessianProduct, population.dimension, weights, to: sums)
  }
}

/// A population as a pass through a network reads it: blocks of 64 particles with a row per coordinate, and their
/// weights. Padding stands where the first particle does and has weight 0.
private final class PopulationBlocks: @unchecked Sendable {
  // Sendable, because it is only read once `init` has filled it.
  let dimension: Int
  let count: Int
  private let coordinates: AlignedBuffer<Double>
  private let masses: AlignedBuffer<Double>

  func places(_ block: Int) -> UnsafePointer<Double> {
    UnsafePointer(coordinates.base + block * dimension * NetworkPass<Double>.blockSize)
  }

  func weights(_ block: Int) -> UnsafePointer<Double> {
    UnsafePointer(masses.base + block * NetworkPass<Double>.blockSize)
  }

  init(_ population: Population) {
    let (n, d, lanes) = (population.points.rows, population.points.columns, NetworkPass<Double>.blockSize)
    dimension = d
    count = (n + lanes - 1) / lanes
    coordinates = AlignedBuffer(count: count * d * lanes)
    masses = AlignedBuffer(count: count * lanes)
    population.points.elements.withUnsafeBufferPointer { points in
      for index in 0..<count * lanes {
        let particle = index < n ? index : 0
        masses.base[index] = index < n ? population.weights[particle] : 0
        let column = coordinates.base + index / lanes * d * lanes + index % lanes
        for c in 0..<d { column[c * lanes] = points[particle * d + c] }
      }
    }
  }
}
