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
    _ body: @Sendable (PointPairs, _ point: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) {
    guard let base = points.baseAddress, let out = results.baseAddress else { return }
    let (source, target, d) = (Place(UnsafeMutablePointer(mutating: base)), Place(out), dimension)
    Parallel.forRangesHeeding(points.count / d, grain: 16) { range in
      network.withPass { pass, parameters in
        for point in range {
          let sums = target.base + point * width
          sums.update(repeating: 0, count: width)
          let place = UnsafePointer(source.base + point * d)
          body(PointPairs(pass: pass, parameters: parameters, population: population, point: place), point, sums)
        }
      }
    }
  }
}
