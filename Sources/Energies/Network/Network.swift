import Numerics

/// A network potential with its parameters, evaluated in double precision.
package struct Network: Potential, Equatable {
  package let shape: NetworkShape
  package let parameters: [Double]

  package init(shape: NetworkShape, parameters: [Double]) {
    precondition(parameters.count == shape.parameterCount, "parameter count differs from the shape")
    self.shape = shape
    self.parameters = parameters
  }

  package var dimension: Int { shape.dimension }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    forPanels(points, time) { pass, parameters, range in
      pass.value(parameters)
      for (lane, particle) in range.enumerated() { values[particle] = pass.output[lane] }
    }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    forPanels(points, time) { pass, parameters, range in
      pass.backward(parameters)
      unload(pass.gradient, pass.lanes, range, gradients)
    }
  }

  package func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>
  ) {
    forPanels(points, time) { pass, parameters, range in
      pass.value(parameters)
      for (lane, particle) in range.enumerated() { values[particle] = pass.output[lane] }
      pass.backward(parameters)
      unload(pass.gradient, pass.lanes, range, gradients)
    }
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    forPanels(points, time) { pass, parameters, range in
      load(directions, range, pass.direction, pass.lanes)
      pass.backward(parameters)
      pass.tangent(parameters)
      pass.adjoint(parameters, intoInput: true)
      unload(pass.hessianProduct, pass.lanes, range, products)
    }
  }

  /// One passage forward and backward for all columns.
  package func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    forPanels(points, time) { pass, parameters, range in
      pass.backward(parameters)
      for column in 0..<d {
        for row in 0..<d {
          (pass.direction + row * pass.lanes).update(repeating: row == column ? 1 : 0, count: pass.lanes)
        }
        pass.tangent(parameters)
        pass.adjoint(parameters, intoInput: true)
        for (lane, particle) in range.enumerated() {
          for row in 0..<d {
            hessians[(particle * d + row) * d + column] = pass.hessianProduct[row * pass.lanes + lane]
          }
        }
      }
    }
  }

  /// Runs `body` on panels of 64 particles after their forward pass.
  private func forPanels(
    _ points: UnsafeBufferPointer<Double>, _ time: Double,
    _ body: (NetworkPass<Double>, UnsafePointer<Double>, Range<Int>) -> Void
  ) {
    let count = points.count / dimension
    let pass = NetworkPass<Double>(shape: shape, lanes: KernelTable<Double>.panelMultiple)
    if shape.timeVarying {
      (pass.input + dimension * pass.lanes).update(repeating: time, count: pass.lanes)
    }
    parameters.withUnsafeBufferPointer { buffer in
      guard let parameters = buffer.baseAddress else { return }
      for start in stride(from: 0, to: count, by: pass.lanes) {
        let range = start..<min(count, start + pass.lanes)
        load(points, range, pass.input, pass.lanes)
        pass.forward(parameters)
        body(pass, parameters, range)
      }
    }
  }

  /// Rows of `particles` into columns of a panel.
  private func load(
    _ particles: UnsafeBufferPointer<Double>, _ range: Range<Int>, _ panel: UnsafeMutablePointer<Double>, _ lanes: Int
  ) {
    for (lane, particle) in range.enumerated() {
      for column in 0..<dimension { panel[column * lanes + lane] = particles[particle * dimension + column] }
    }
  }

  private func unload(
    _ panel: UnsafePointer<Double>, _ lanes: Int, _ range: Range<Int>,
    _ particles: UnsafeMutableBufferPointer<Double>
  ) {
    for (lane, particle) in range.enumerated() {
      for column in 0..<dimension { particles[particle * dimension + column] = panel[column * lanes + lane] }
    }
  }
}
