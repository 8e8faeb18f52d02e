import Numerics

/// A network potential with its parameters, evaluated in double precision.
package struct Network: Potential, Equatable {
  package let shape: NetworkShape
  package let parameters: [Double]
  /// One pass per thread, with room for one block.
  let passes = PerThread<NetworkPass<Double>>()
  /// Nil for networks that are too large to gain from it.
  private let onePoint: OnePointNetwork?

  package init(shape: NetworkShape, parameters: [Double]) {
    precondition(parameters.count == shape.parameterCount, "parameter count differs from the shape")
    self.shape = shape
    self.parameters = parameters
    onePoint = OnePointNetwork(shape, parameters)
  }

  package static func == (a: Network, b: Network) -> Bool { a.shape == b.shape && a.parameters == b.parameters }

  package var dimension: Int { shape.dimension }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    if let onePoint, points.count == dimension {
      return withPass { pass, _ in onePoint.evaluate(points, time, pass, value: values.baseAddress, gradient: nil) }
    }
    forPanels(points, time) { pass, parameters, range in
      pass.value(parameters)
      for (lane, particle) in range.enumerated() { values[particle] = pass.output.base[lane] }
    }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    if let onePoint, points.count == dimension {
      return withPass { pass, _ in
        onePoint.evaluate(points, time, pass, value: nil, gradient: gradients.baseAddress)
      }
    }
    forPanels(points, time) { pass, parameters, range in
      pass.backward(parameters)
      unload(pass.gradient, range, gradients)
    }
  }

  package func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>
  ) {
    if let onePoint, points.count == dimension {
      return withPass { pass, _ in
        onePoint.evaluate(points, time, pass, value: values.baseAddress, gradient: gradients.baseAddress)
      }
    }
    forPanels(points, time) { pass, parameters, range in
      pass.value(parameters)
      for (lane, particle) in range.enumerated() { values[particle] = pass.output.base[lane] }
      pass.backward(parameters)
      unload(pass.gradient, range, gradients)
    }
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    forPanels(points, time) { pass, parameters, range in
      load(directions, range, pass.direction)
      pass.backward(parameters)
      pass.tangent(parameters)
      pass.adjoint(parameters, intoInput: true)
      unload(pass.hessianProduct, range, products)
    }
  }

  /// All columns share one forward and one backward sweep.
  package func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) {
    let (d, lanes) = (dimension, NetworkPass<Double>.blockSize)
    forPanels(points, time) { pass, parameters, range in
      pass.backward(parameters)
      for column in 0..<d {
        for row in 0..<d {
          (pass.direction.base + row * lanes).update(repeating: row == column ? 1 : 0, count: lanes)
        }
        pass.tangent(parameters)
        pass.adjoint(parameters, intoInput: true)
        for (lane, particle) in range.enumerated() {
          for row in 0..<d {
            hessians[(particle * d + row) * d + column] = pass.hessianProduct.base[row * lanes + lane]
          }
        }
      }
    }
  }

  /// Runs `body` on blocks of particles after their forward sweep.
  private func forPanels(
    _ points: UnsafeBufferPointer<Double>, _ time: Double,
    _ body: (NetworkPass<Double>, UnsafePointer<Double>, Range<Int>) -> Void
  ) {
    let (count, lanes) = (points.count / dimension, NetworkPass<Double>.blockSize)
    withPass { pass, parameters in
      if shape.timeVarying { (pass.input.base + dimension * lanes).update(repeating: time, count: lanes) }
      for start in stride(from: 0, to: count, by: lanes) where !Interruption.stops {
        let range = start..<min(count, start + lanes)
        load(points, range, pass.input)
        pass.narrow(to: range.count)
        pass.forward(parameters)
        body(pass, parameters, range)
      }
    }
  }

  /// Lends this thread's memory for a block of particles. Its columns still hold the numbers of its last use.
  func withPass(_ body: (NetworkPass<Double>, UnsafePointer<Double>) -> Void) {
    passes.with {
      NetworkPass(shape: shape, particles: NetworkPass<Double>.blockSize)
    } _: { pass in
      parameters.withUnsafeBufferPointer { buffer in
        guard let parameters = buffer.baseAddress else { return }
        pass.narrow(to: NetworkPass<Double>.blockSize)
        body(pass, parameters)
      }
    }
  }

  /// Copies rows of `particles` into columns of a block.
  private func load(
    _ particles: UnsafeBufferPointer<Double>, _ range: Range<Int>, _ panel: BlockedPanel<Double>
  ) {
    let lanes = NetworkPass<Double>.blockSize
    for (lane, particle) in range.enumerated() {
      for column in 0..<dimension { panel.base[column * lanes + lane] = particles[particle * dimension + column] }
    }
  }

  private func unload(
    _ panel: BlockedPanel<Double>, _ range: Range<Int>, _ particles: UnsafeMutableBufferPointer<Double>
  ) {
    let lanes = NetworkPass<Double>.blockSize
    for (lane, particle) in range.enumerated() {
      for column in 0..<dimension { particles[particle * dimension + column] = panel.base[column * lanes + lane] }
    }
  }
}
