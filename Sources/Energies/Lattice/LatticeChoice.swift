import Numerics

/// The coarsest lattice on which a network's gradient is interpolated to rounding.
///
/// The steepest pre-activation sets the scale: with slope a, an activation changes over a distance of 1 / a, so the
/// spacing begins with a fraction of that. The error is then measured at probes in the middle of stencils, where it is
/// largest, and the spacing is reduced until the error is small enough against the largest gradient. The lattice is a
/// function of the parameters alone.
package final class LatticeChoice<Number: KernelNumber> {
  private let shape: NetworkShape
  private let extents: [Double]
  /// Shape (probes, d).
  private let probes: [Double]
  private let pass: NetworkPass<Number>
  private let tolerance: Double

  private static var probeCount: Int { 128 }

  /// - Parameters:
  ///   - extents: how far differences of particles lie from 0, along each coordinate
  ///   - differences: (n, d), of which the first 128 are probed
  ///   - tolerance: of the error, relative to the largest gradient
  package init(shape: NetworkShape, extents: [Double], differences: [Double], tolerance: Double) {
    self.tolerance = tolerance
    self.shape = shape
    self.extents = extents
    probes = Array(differences.prefix(Self.probeCount * shape.dimension))
    pass = NetworkPass(shape: shape, particles: max(1, probes.count / shape.dimension))
  }

  private var count: Int { probes.count / shape.dimension }

  /// The lattice for these parameters; nil where it would have more nodes than `limit`.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func lattice(_ parameters: UnsafePointer<Number>, limit: Int) -> Lattice? {
    guard shape.dimension <= Lattice.mostDimensions, count > 0 else { return nil }
    load { _ in 0 }
    pass.forward(parameters)
    pass.backward(parameters)
    let exact = gradients()
    let largest = exact.reduce(0) { max($0, abs($1)) }
    guard largest.isFinite, largest > 0 else { return nil }
    // tanh changes over half the distance over which the other activations do.
    let fraction = (shape.activation == .tanh ? 0.5 : 1) * coarsest
    var spacings = (0..<shape.dimension).map { c in
      let slope = steepest(along: c, parameters)
      return slope > 0 && slope.isFinite ? min(extents[c] / 4, fraction / slope) : extents[c] / 4
    }
    spacings = spacings.map { $0 > 0 ? $0 : 1 }
    for _ in 0..<Self.rounds {
      guard let lattice = Lattice(spacings: spacings, extents: extents, limit: limit) else { return nil }
      let errors = spacings.indices.map { error(along: $0, spacings[$0], exact, parameters) / largest }
      guard errors.allSatisfy(\.isFinite) else { return nil }
      let bound = tolerance / Double(shape.dimension)
      if errors.allSatisfy({ $0 <= bound }) { return lattice }
      for (c, error) in errors.enumerated() where error > bound {
        // The error falls as the eighth power of the spacing. The spacing becomes 5 % smaller than that law asks for,
        // so that the next error lies below its bound.
        spacings[c] *= max(0.5, min(0.95, 0.95 * Self.root(bound / error)))
      }
    }
    return nil
  }

  /// The first spacing as a multiple of the slope's inverse. With it the logistic function itself is interpolated to 25
  /// times the tolerance.
  private var coarsest: Double { 1.5 * Self.root(tolerance / 0.009) }
  private static var rounds: Int { 8 }

  /// The eighth root.
  private static func root(_ x: Double) -> Double { x.squareRoot().squareRoot().squareRoot() }

  /// Loads the probes, moved by `offset`, into the panel.
  private func load(_ offset: (_ coordinate: Int) -> Double) {
    let d = shape.dimension
    for probe in 0..<count {
      for c in 0..<d { pass.input[c, particle: probe] = Number(probes[probe * d + c] + offset(c)) }
    }
  }

  private func gradients() -> [Double] {
    let d = shape.dimension
    return (0..<count * d).map { Double(pass.gradient[$0 % d, particle: $0 / d]) }
  }

  private func steepest(along coordinate: Int, _ parameters: UnsafePointer<Number>) -> Double {
    for probe in 0..<pass.blocks * NetworkPass<Number>.blockSize {
      for c in 0..<shape.dimension { pass.direction[c, particle: probe] = c == coordinate ? 1 : 0 }
    }
    return Double(pass.steepest(parameters))
  }

  /// The largest error of interpolation along one coordinate. The gradient at each probe is interpolated from a stencil
  /// with the probe in its middle, and compared with the exact one.
  private func error(
    along coordinate: Int, _ spacing: Double, _ exact: [Double], _ parameters: UnsafePointer<Number>
  ) -> Double {
    var interpolated = [Double](repeating: 0, count: exact.count)
    for node in 0..<Lattice.stencil {
      let place = (Double(node) - Double(Lattice.stencil - 1) / 2) * spacing
      load { $0 == coordinate ? place : 0 }
      pass.forward(parameters)
      pass.backward(parameters)
      let weight = Lattice.polynomials[node]
      for (index, gradient) in gradients().enumerated() { interpolated[index] += weight * gradient }
    }
    return zip(interpolated, exact).reduce(0) { worst, pair in
      let error = abs(pair.0 - pair.1)
      return error > worst || error.isNaN ? error : worst
    }
  }
}
