import Numerics

/// The field of a population, W(x) = sum_j w_j U(x - y_j), with forces from a table.
struct TabulatedField: Potential {
  private let table: GradientTable
  private let others: SortedPopulation
  private let exact: any Potential

  /// The number of particles whose stencils are computed together.
  private static let stretch = 512
  /// Steps of the differences for Hessians, as parts of the extents.
  private static let step = 1e-4

  init(_ table: GradientTable, _ population: Population, exact: any Potential) {
    self.table = table
    self.exact = exact
    others = SortedPopulation(population)
  }

  var dimension: Int { exact.dimension }

  func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) { exact.values(points, time: time, into: values) }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    forEachPoint(points, width: dimension, time, exact.gradients, into: gradients) { stencils, point, out in
      sum(stencils, point, into: out)
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) { exact.hessianProducts(points, directions: directions, time: time, into: products) }

  func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    forEachPoint(points, width: d * d, time, exact.hessians, into: hessians) { stencils, point, out in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * d) { memory in
        guard let moved = memory.baseAddress else { return }
        let (ahead, behind) = (moved + d, moved + 2 * d)
        for c in 0..<d {
          let step = Self.step * table.extents[c]
          for other in 0..<d { moved[other] = point[other] }
          moved[c] = point[c] + step
          sum(stencils, moved, into: ahead)
          moved[c] = point[c] - step
          sum(stencils, moved, into: behind)
          for row in 0..<d { out[row * d + c] = (ahead[row] - behind[row]) / (2 * step) }
        }
      }
    }
  }

  /// Forces at a point whose differences to all others lie on the lattice.
  private func sum(
    _ stencils: LatticeStencils<Double>, _ point: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>
  ) {
    let d = dimension
    out.update(repeating: 0, count: d)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: d) { memory in
      guard let part = memory.baseAddress else { return }
      for start in stride(from: 0, to: others.count, by: Self.stretch) {
        stencils.place(
          on: table.lattice, point, others.coordinates.base + start, stride: others.stride,
          count: min(Self.stretch, others.count - start), factors: others.weights.base + start)
        stencils.gather(UnsafePointer(table.planes.base), into: part)
        for c in 0..<d { out[c] += part[c] }
      }
    }
  }

  /// Calls `body` at each point whose differences, with the steps for its Hessian, lie within the table. The other
  /// points are evaluated exactly.
  private func forEachPoint(
    _ points: UnsafeBufferPointer<Double>, width: Int, _ time: Double,
    _ evaluate: (UnsafeBufferPointer<Double>, Double, UnsafeMutableBufferPointer<Double>) -> Void,
    into results: UnsafeMutableBufferPointer<Double>,
    _ body: (LatticeStencils<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    guard let base = points.baseAddress, let out = results.baseAddress else { return }
    let (d, stencils) = (dimension, LatticeStencils<Double>(count: Self.stretch))
    for place in 0..<points.count / d where !Interruption.stops {
      let isWithin = (0..<d).allSatisfy { c in
        let (x, margin) = (base[place * d + c], 2 * Self.step * table.extents[c])
        return x - others.least[c] + margin <= table.extents[c] && others.greatest[c] - x + margin <= table.extents[c]
      }
      if isWithin {
        body(stencils, base + place * d, out + place * width)
      } else {
        evaluate(
          UnsafeBufferPointer(start: base + place * d, count: d), time,
          UnsafeMutableBufferPointer(start: out + place * width, count: width))
      }
    }
  }
}
