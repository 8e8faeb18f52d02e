import Numerics

/// The pairs of one point with a population, a block at a time.
struct PointPairs {
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
