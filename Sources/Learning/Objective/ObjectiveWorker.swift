import Energies
import Numerics

/// Computes the objective of a few couplings and its gradient, on one thread.
final class ObjectiveWorker<Number: KernelNumber> {
  private let layout: TrainingLayout
  private let data: ObjectiveData<Number>
  private let potential: NetworkPass<Number>?
  private let interaction: InteractionPass<Number>?
  private let forces: LatticeForces<Number>?
  /// Shape (couplings, d). At first the drift D without U. `passResidual` and `passInteraction` replace it by the
  /// vector whose inner product with the derivative of D is the gradient: weight rho (r_A + r_B), where r_A = r_B = r
  /// without U.
  private let drifts: AlignedBuffer<Number>
  /// r of both samples, d numbers each.
  private let residuals: AlignedBuffer<Number>

  init(
    layout: TrainingLayout, data: ObjectiveData<Number>, samples: InteractionSamples<Number>?, chunkSize: Int
  ) {
    self.layout = layout
    self.data = data
    potential = layout.potential.map { NetworkPass(shape: $0, particles: chunkSize) }
    interaction = layout.interaction.flatMap { shape in
      samples.map { InteractionPass(shape: shape, samples: $0, dimension: data.dimension) }
    }
    forces = layout.interaction.flatMap { shape in
      guard shape.dimension <= Lattice.mostDimensions else { return nil }
      return samples.map { LatticeForces($0, dimension: data.dimension) }
    }
    drifts = AlignedBuffer(count: chunkSize * data.dimension)
    residuals = AlignedBuffer(count: 2 * data.dimension)
  }

  /// Adds `scale` times the objective's gradient; returns `scale` times its value.
  ///
  /// - Parameter lattice: where forces of U are interpolated, and the memory to which these couplings add their
  ///   directions at its nodes; nil to pass all pairs. The gradient in U's weights is added here only in the second
  ///   case; in the first, `InteractionLattice.accumulate` makes it from the directions of all chunks
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  func run(
    _ indices: UnsafeBufferPointer<Int>, _ scale: Number, _ parameters: UnsafePointer<Number>,
    _ gradient: UnsafeMutablePointer<Number>,
    lattice: (nodes: InteractionLattice<Number>, directions: UnsafeMutablePointer<Number>)?
  ) -> Double {
    loadPotential(indices, parameters)
    addLinear(indices, parameters + layout.linearStart)
    var value = 0.0
    for (place, index) in indices.enumerated() {
      let weight = scale * data.weights.base[index]
      let product: Number
      if let interaction {
        product = passInteraction(interaction, place, index, weight, parameters, gradient, lattice: lattice)
      } else {
        product = passResidual(place, index, weight)
      }
      value += Double(weight * product)
    }
    accumulateLinear(indices, gradient + layout.linearStart)
    accumulatePotential(indices, parameters, gradient)
    return value
  }

  /// Returns r . r of a coupling, for an energy without a network U. Replaces D by 2 weight rho r.
  @inline(__always)
  private func passResidual(_ place: Int, _ index: Int, _ weight: Number) -> Number {
    let (d, residual) = (data.dimension, residuals.base)
    let (drift, rho, shift) = (drifts.base + place * d, data.rhos.base[index], data.shifts.base + index * d)
    for c in 0..<d { residual[c] = rho * drift[c] + shift[c] }
    let product = innerProduct(d, residual, residual)
    for c in 0..<d { drift[c] = 2 * weight * rho * residual[c] }
    return product
  }

  /// Returns r_A . r_B of a coupling, and adds U's part of the gradient. Replaces D by weight rho (r_A + r_B).
  @inline(__always)
  private func passInteraction(
    _ interaction: InteractionPass<Number>, _ place: Int, _ index: Int, _ weight: Number,
    _ parameters: UnsafePointer<Number>, _ gradient: UnsafeMutablePointer<Number>,
    lattice: (nodes: InteractionLattice<Number>, directions: UnsafeMutablePointer<Number>)?
  ) -> Number {
    let (d, first, second) = (data.dimension, residuals.base, residuals.base + data.dimension)
    let (drift, rho, shift) = (drifts.base + place * d, data.rhos.base[index], data.shifts.base + index * d)
    let weights = parameters + layout.interactionStart
    if let forces, let lattice {
      forces.average(at: index, data, lattice.nodes, first, second)
    } else {
      interaction.average(at: index, data, weights, first, second)
    }
    for c in 0..<d {
      first[c] = rho * (drift[c] + first[c]) + shift[c]
      second[c] = rho * (drift[c] + second[c]) + shift[c]
    }
    let product = innerProduct(d, first, second)
    for c in 0..<d {
      drift[c] = weight * rho * (first[c] + second[c])
      first[c] *= weight * rho
      second[c] *= weight * rho
    }
    // The gradient of r_A . r_B: the derivative of A's mean force is multiplied by r_B, and that of B's by r_A.
    if let forces, let lattice {
      forces.spread(second, first, into: lattice.directions)
    } else {
      interaction.accumulate(second, first, weights, gradient + layout.interactionStart)
    }
    return product
  }

  /// Puts grad V, or 0, into `drifts`.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func loadPotential(_ indices: UnsafeBufferPointer<Int>, _ parameters: UnsafePointer<Number>) {
    let d = data.dimension
    guard let potential else {
      drifts.base.update(repeating: 0, count: indices.count * d)
      return
    }
    potential.use(particles: indices.count)
    for (place, index) in indices.enumerated() {
      let (column, point) = (potential.input.column(place), data.points.base + index * d)
      for c in 0..<d { column[c * 64] = point[c] }
    }
    if potential.shape.timeVarying {
      for (place, index) in indices.enumerated() { potential.input.column(place)[d * 64] = data.times.base[index] }
    }
    potential.forward(parameters)
    potential.backward(parameters)
    for place in indices.indices {
      let column = potential.gradient.column(place)
      for c in 0..<d { drifts.base[place * d + c] = column[c * 64] }
    }
  }

  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func accumulatePotential(
    _ indices: UnsafeBufferPointer<Int>, _ parameters: UnsafePointer<Number>, _ gradient: UnsafeMutablePointer<Number>
  ) {
    guard let potential else { return }
    let d = data.dimension
    // Columns without a coupling have direction 0, so that they add nothing to the gradient.
    potential.direction.base.update(repeating: 0, count: potential.direction.rows * potential.blocks * 64)
    for place in indices.indices {
      let column = potential.direction.column(place)
      for c in 0..<d { column[c * 64] = drifts.base[place * d + c] }
    }
    potential.tangent(parameters)
    potential.adjoint(parameters, intoInput: false)
    potential.accumulateParameterGradient(into: gradient)
  }

  /// Adds sum_p theta_p force_p to `drifts`.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func addLinear(_ indices: UnsafeBufferPointer<Int>, _ coefficients: UnsafePointer<Number>) {
    let (d, width) = (data.dimension, layout.linearCount)
    guard width > 0 else { return }
    for (place, index) in indices.enumerated() {
      for c in 0..<d {
        let row = data.forces.base + (index * d + c) * width
        drifts.base[place * d + c] += innerProduct(width, coefficients, row)
      }
    }
  }

  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func accumulateLinear(_ indices: UnsafeBufferPointer<Int>, _ gradient: UnsafeMutablePointer<Number>) {
    let (d, width) = (data.dimension, layout.linearCount)
    guard width > 0 else { return }
    for (place, index) in indices.enumerated() {
      for c in 0..<d {
        let (row, factor) = (data.forces.base + (index * d + c) * width, drifts.base[place * d + c])
        for p in 0..<width { gradient[p] += factor * row[p] }
      }
    }
  }
}

extension BlockedPanel {
  /// A particle's numbers, 64 apart.
  fileprivate func column(_ particle: Int) -> UnsafeMutablePointer<Number> {
    base + (particle / 64 * rows * 64 + particle % 64)
  }
}
