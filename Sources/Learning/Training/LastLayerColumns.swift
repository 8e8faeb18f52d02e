import Energies
import Numerics

/// Columns of some couplings: one row per parameter, one number per coupling and coordinate, each times sqrt(w) rho.
final class LastLayerColumns {
  let lanes: Int
  let features: UnsafeMutablePointer<Double>
  let residuals: UnsafeMutablePointer<Double>
  private let storage: AlignedBuffer<Double>
  private let data: ObjectiveData<Double>
  private let layout: TrainingLayout
  private let places: [Int]
  private let potential: NetworkPass<Double>?
  private let interaction: InteractionPass<Double>?

  /// - Parameters:
  ///   - places: where the parameters are that the columns belong to, in the order of `LastLayerSolver.places`
  ///   - sites: couplings that are filled in at once, at most
  init(
    _ data: ObjectiveData<Double>, _ layout: TrainingLayout, _ samples: InteractionSamples<Double>?, places: [Int],
    sites: Int
  ) {
    self.data = data
    self.layout = layout
    self.places = places
    lanes = Self.lanes(sites: sites, dimension: data.dimension)
    storage = AlignedBuffer(count: (places.count + 1) * lanes)
    features = storage.base
    residuals = storage.base + places.count * lanes
    potential = layout.potential.map { NetworkPass(shape: $0, particles: sites) }
    interaction = layout.interaction.flatMap { shape in
      samples.map { InteractionPass(shape: shape, samples: $0, dimension: data.dimension) }
    }
  }

  /// The length of a row.
  static func lanes(sites: Int, dimension: Int) -> Int {
    let multiple = panelMultiple
    return (sites * dimension + multiple - 1) / multiple * multiple
  }

  func fill(_ sites: ArraySlice<Int>, _ parameters: [Double]) {
    storage.zero()
    let d = data.dimension
    parameters.withUnsafeBufferPointer { buffer in
      guard let parameters = buffer.baseAddress else { return }
      var row = 0
      if let potential { row += fill(potential, sites, parameters) }
      if let interaction, let shape = layout.interaction {
        let weights = parameters + layout.interactionStart
        for (place, index) in sites.enumerated() {
          interaction.lastLayer(at: index, data, weights, into: features + row * lanes + place * d, stride: lanes)
        }
        row += shape.outputBias - shape.outputWeights
      }
      for (place, index) in sites.enumerated() {
        for c in 0..<d {
          let forces = data.forces.base + (index * d + c) * layout.linearCount
          for p in 0..<layout.linearCount { features[(row + p) * lanes + place * d + c] = forces[p] }
        }
      }
      // The drift is the columns times their parameters, for output biases do not matter.
      for (place, index) in sites.enumerated() {
        let (rho, root) = (data.rhos.base[index], data.weights.base[index].squareRoot())
        for c in 0..<d {
          let column = place * d + c
          var drift = 0.0
          for (p, parameter) in places.enumerated() {
            drift += features[p * lanes + column] * parameters[parameter]
          }
          residuals[column] = root * (rho * drift + data.shifts.base[index * d + c])
          for p in places.indices { features[p * lanes + column] *= root * rho }
        }
      }
    }
  }

  /// d h_L / d z_c of V's network.
  private func fill(_ pass: NetworkPass<Double>, _ sites: ArraySlice<Int>, _ parameters: UnsafePointer<Double>) -> Int {
    let d = data.dimension
    pass.use(particles: sites.count)
    for (place, index) in sites.enumerated() {
      for c in 0..<d { pass.input[c, particle: place] = data.points.base[index * d + c] }
      if pass.shape.timeVarying { pass.input[d, particle: place] = data.times.base[index] }
    }
    pass.forward(parameters)
    pass.backward(parameters)
    let width = pass.topTangent.rows
    for c in 0..<d {
      for place in 0..<pass.blocks * NetworkPass<Double>.blockSize {
        for row in 0..<d { pass.direction[row, particle: place] = row == c ? 1 : 0 }
      }
      pass.tangent(parameters)
      for place in sites.indices.map({ $0 - sites.startIndex }) {
        for feature in 0..<width {
          features[feature * lanes + place * d + c] = pass.topTangent[feature, particle: place]
        }
      }
    }
    return width
  }
}
