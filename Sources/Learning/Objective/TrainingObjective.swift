import Energies
import Numerics

/// The JKOnet* objective over some of the couplings, with its gradient in all parameters:
///
///     sum_i weight_i r_i . r_i,  r_i = rho_i D_i + shift_i,
///     D_i = grad V(z_i) + sum_j w_j grad U(z_i - z_j) + sum_p theta_p force_ip
///
/// Sums, not means: values and gradients of disjoint sets of couplings add up.
///
/// Where U's mean over the snapshot is sampled, the square of one sampled mean would be biased: E |r + e|^2 = |r|^2 + E
/// |e|^2 for an error e of mean 0, so that training would also make U flat. Two independent samples A and B have
/// independent errors, so that E (r + e_A) . (r + e_B) = |r|^2. Therefore r_A . r_B takes the place of r . r. The
/// expectation of its gradient is the gradient of the objective.
///
/// Couplings are divided into chunks of fixed size, whose gradients are summed in their order: results do not depend on
/// threads.
package final class TrainingObjective<Number: KernelNumber> {
  package let layout: TrainingLayout
  private let data: ObjectiveData<Number>
  private let samples: InteractionSamples<Number>?
  private let lattice: InteractionLattice<Number>?
  private let team: Team
  private let chunkSize: Int
  /// One per member of the team.
  private let workers: [ObjectiveWorker<Number>]
  /// One gradient per chunk of the largest batch.
  private let gradients: AlignedBuffer<Number>
  private let values: UnsafeMutableBufferPointer<Double>
  private let stride: Int

  /// - Parameters:
  ///   - batchSize: couplings that are asked for at once, at most
  ///   - sampleCount: pairs per coupling; nil for the whole snapshot
  ///   - interpolates: whether U's network may be passed on a lattice in place of pairs, where that is less work
  package convenience init(
    _ data: TrainingData, layout: TrainingLayout, batchSize: Int, sampleCount: Int? = nil, seed: UInt64 = 0,
    interpolates: Bool = true, team: Team
  ) throws {
    let size = Self.chunkSize(layout)
    try self.init(
      ObjectiveData(data), layout.interaction.map { _ in InteractionSamples(data, count: sampleCount, seed: seed) },
      layout: layout, chunks: (min(batchSize, data.couplings.count) + size - 1) / size, interpolates: interpolates,
      team: team)
  }

  /// - Parameters:
  ///   - samples: nil without a network for U
  ///   - chunks: as many as are worked on at once, at most
  init(
    _ data: ObjectiveData<Number>, _ samples: InteractionSamples<Number>?, layout: TrainingLayout, chunks: Int,
    interpolates: Bool = true, team: Team
  ) throws {
    self.layout = layout
    self.team = team
    self.data = data
    self.samples = samples
    lattice = try layout.interaction.flatMap { shape in
      guard interpolates else { return nil }
      return try samples.flatMap { try InteractionLattice($0, shape: shape, team: team) }
    }
    chunkSize = Self.chunkSize(layout)
    let unit = panelMultiple
    stride = (layout.count + unit - 1) / unit * unit
    try requireMemory(chunks, stride, of: Number.self, for: "the gradients of \(chunks) parts of a batch")
    gradients = AlignedBuffer(count: max(1, chunks) * stride)
    values = .allocate(capacity: max(1, chunks))
    let size = chunkSize
    workers = (0..<team.count).map { _ in
      ObjectiveWorker(layout: layout, data: data, samples: samples, chunkSize: size)
    }
  }

  /// Couplings per chunk. With a network U there are fewer: a coupling is then a panel of pairs by itself, or, on a
  /// lattice, some interpolations.
  static func chunkSize(_ layout: TrainingLayout) -> Int {
    guard let interaction = layout.interaction else { return 128 }
    return interaction.dimension <= Lattice.mostDimensions ? 32 : 16
  }

  deinit { values.deallocate() }

  /// The number of nodes at which U's network was last evaluated in place of pairs; 0 where it was evaluated at pairs.
  package var latticeNodes: Int { lattice?.lattice?.nodeCount ?? 0 }

  /// Draws the samples of an epoch.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func begin(epoch: Int) {
    samples?.draw(epoch: epoch)
    lattice?.renew()
  }

  /// Adds `scale` times the objective's gradient over the couplings at `indices` to `gradient`; returns `scale` times
  /// the objective.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func accumulate(
    _ indices: ArraySlice<Int>, scale: Double, parameters: UnsafePointer<Number>,
    gradient: UnsafeMutablePointer<Number>
  ) -> Double {
    var (value, start) = (0.0, indices.startIndex)
    let most = gradients.count / stride * chunkSize
    let chunks = (min(most, indices.count) + chunkSize - 1) / chunkSize
    var lattice = lattice
    if let samples, let some = lattice {
      let isUsed = some.prepare(
        parameters + layout.interactionStart, pairs: indices.count * samples.mostPairs, chunks: chunks)
      if !isUsed { lattice = nil }
    }
    while start < indices.endIndex {
      let end = min(indices.endIndex, start + most)
      value += accumulate(part: indices[start..<end], scale, parameters, gradient, lattice)
      start = end
    }
    lattice?.accumulate(
      chunks: chunks, parameters + layout.interactionStart, into: gradient + layout.interactionStart)
    return value
  }

  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func accumulate(
    part indices: ArraySlice<Int>, _ scale: Double, _ parameters: UnsafePointer<Number>,
    _ gradient: UnsafeMutablePointer<Number>, _ lattice: InteractionLattice<Number>?
  ) -> Double {
    let (size, count, width) = (chunkSize, indices.count, layout.count)
    let chunks = (count + size - 1) / size
    nonisolated(unsafe) let (parameters, partial, values) = (parameters, gradients.base, values)
    nonisolated(unsafe) let (workers, lattice) = (workers, lattice)
    let stride = stride
    indices.withUnsafeBufferPointer { indices in
      nonisolated(unsafe) let indices = indices
      team.forEachHeeding(chunks) { chunk, member in
        let own = partial + chunk * stride
        own.update(repeating: 0, count: width)
        let part = UnsafeBufferPointer(rebasing: indices[chunk * size..<min(count, (chunk + 1) * size)])
        values[chunk] = workers[member].run(
          part, Number(scale), parameters, own, lattice: lattice.map { ($0, $0.directions(of: chunk)) })
      }
    }
    var value = 0.0
    for chunk in 0..<chunks {
      value += values[chunk]
      let own = partial + chunk * stride
      for index in 0..<width { gradient[index] += own[index] }
    }
    return value
  }
}
