import JKOnetStar
import TestSupport
import Testing

/// The Swift interface, used as its users do: by `import JKOnetStar` alone.
@Suite struct ModelTests {
  /// Particles of one snapshot on a grid, moved down V(x) = a |x|^2 / 2 by forward Euler, in another order at each
  /// time.
  private func descent(_ a: Double, steps: Int, dt: Double) throws -> SnapshotSeries {
    let start = try grid(12, spacing: 1 / 3.0)
    func gradient(_ points: Points, _: Double) -> Points {
      (try? Points(points.map { row in [a * row[0], a * row[1]] })) ?? points
    }
    let populations = try simulate(from: start, potential: gradient, dt: dt, steps: steps)
    return try SnapshotSeries(
      points: Points(elements: populations.flatMap(\.elements), dimension: 2),
      times: (0...steps).flatMap { [Double](repeating: dt * Double($0), count: start.count) }
    ).shuffled(seed: 3)
  }

  /// A square of particles, about (0, 0) but not symmetric.
  private func grid(_ side: Int, spacing: Double) throws -> Points {
    let places = (0..<side).map { place in spacing * Double(place) - 0.48 * spacing * Double(side - 1) }
    return try Points(places.flatMap { y in places.map { x in [x, y] } })
  }

  private let quadratic = Energy(
    potential: .linear(Features(polynomialDegree: 2, polynomialTotal: true, gaussianGrid: 0)))

  @Test func aQuadraticPotentialIsRecovered() throws {
    let series = try descent(1.5, steps: 3, dt: 0.1)
    let model = try Model(fitting: series, energy: quadratic, options: FitOptions(ridge: 0))
    // The explicit scheme is exact for forward Euler without noise: what is left is rounding, amplified by the
    // condition of the normal equations.
    let gradient = try model.potentialGradient(at: Points([[1, 0], [0.5, -1]]))
    let truth: [Double] = [1.5, 0, 0.75, -1.5]
    for (value, expected) in zip(gradient.elements, truth) { #expect(abs(value - expected) < 1e-9) }
    let errors = try model.errors(on: series)
    #expect(errors.oneStep.count == 3 && errors.cumulative.count == 3)
    #expect(errors.oneStep.allSatisfy { $0 < 1e-9 } && errors.cumulative.allSatisfy { $0 < 1e-9 })
    #expect(errors.nothingMoves.allSatisfy { $0 > 0.1 })
    // One step shrinks the population by 0.85.
    #expect(errors.varianceRatio.allSatisfy { abs($0 - 1) < 1e-9 })
    #expect(errors.nothingMovesVarianceRatio.allSatisfy { abs($0 - 1 / (0.85 * 0.85)) < 1e-9 })
    #expect(errors.cumulativeVarianceRatio.count == 3 && errors.cumulativeEnergyDistance.count == 3)
    #expect(zip(errors.energyDistance, errors.nothingMovesEnergyDistance).allSatisfy { $0 < $1 })
    #expect(errors.floor.isEmpty && errors.floorEnergyDistance.isEmpty)
    // A series is its own floor.
    #expect(try model.errors(on: series, training: series).floor == [0, 0, 0])
  }

  @Test func aTimeToleranceMergesTimes() throws {
    let points = try Points([[0], [1], [2]])
    #expect(try SnapshotSeries(points: points, times: [0, 0.3, 0.1 + 0.2]).times == [0, 0.3])
    #expect(try SnapshotSeries(points: points, times: [0, 0.9, 1], timeTolerance: 0.1).times == [0, 0.9])
    #expect(throws: JKOError.self) { try SnapshotSeries(points: points, times: [0, 1, 2], timeTolerance: -1) }
  }

  @Test func valuesAndGradientsAgree() throws {
    let model = try Model(fitting: descent(1, steps: 2, dt: 0.1), options: FitOptions(epochs: 3))
    let (x, h) = ([0.3, -0.2], 1e-5)
    let gradient = try model.potentialGradient(at: Points([x]))[0]
    for k in 0..<2 {
      var (above, below) = (x, x)
      above[k] += h
      below[k] -= h
      let values = try model.potential(at: Points([above, below]))
      // Central differences: an error of h^2 from the third derivative, and of 1e-16 / h from rounding.
      let difference = (values[0] - values[1]) / (2 * h)
      #expect(abs(difference - gradient[k]) < 1e-7 * (1 + abs(gradient[k])))
    }
  }

  @Test func filesKeepEveryBit() throws {
    let model = try Model(fitting: descent(1, steps: 2, dt: 0.1), options: FitOptions(epochs: 3))
    try withFolder { folder in
      try model.save(to: folder + "/model.safetensors")
      let again = try Model(contentsOf: folder + "/model.safetensors")
      let x = try Points([[0.1, 0.2], [-1, 3]])
      #expect(try again.potential(at: x) == model.potential(at: x))
      #expect(again.times == model.times && again.history == model.history)
    }
  }

  @Test func rolloutsFollowTheFittedTimes() throws {
    let series = try descent(1.5, steps: 3, dt: 0.1)
    let model = try Model(fitting: series, energy: quadratic, options: FitOptions(ridge: 0))
    let rollout = try model.predict(from: series[0].points, steps: 5)
    #expect(rollout.populations.count == 6 && rollout.times.count == 6)
    for (k, time) in rollout.times.enumerated() { #expect(abs(time - 0.1 * Double(k)) < 1e-12) }
    // Each step multiplies by 1 - 0.1 * 1.5 = 0.85, and 0.85^5 is this.
    let factor = 0.4437053125
    for (moved, start) in zip(rollout.last.elements, series[0].points.elements) {
      #expect(abs(moved - factor * start) < 1e-8)
    }
    #expect(rollout.unconverged == 0 && rollout.outside == 0)
  }

  @Test func diffusionIsLearned() throws {
    // Without a potential, Brownian particles spread by 2 beta t in each coordinate.
    let start = try grid(30, spacing: 1 / 30.0)
    let populations = try simulate(from: start, beta: 0.5, dt: 0.2, steps: 3, seed: 1)
    let series = try SnapshotSeries(
      points: Points(elements: populations.flatMap(\.elements), dimension: 2),
      times: (0..<4).flatMap { [Double](repeating: 0.2 * Double($0), count: 900) })
    let energy = Energy(potential: nil, internalEnergy: .gaussianMixture(), scheme: .implicit)
    let model = try Model(fitting: series, energy: energy, options: FitOptions(errorBars: .influence))
    let beta = try #require(model.beta)
    // The bias of a finite step is the larger part of the error; the statistical error is reported.
    #expect(abs(beta - 0.5) < 0.2)
    #expect(try model.betaError() > 0 && model.betaError() < 0.1)
    // The usual scheme of an energy with beta, less its bias.
    let options = FitOptions(biasSamples: 2, errorBars: .bootstrap(samples: 4))
    let corrected = try Model(
      fitting: series, energy: Energy(potential: nil, internalEnergy: .gaussianMixture()), options: options)
    #expect(abs(try #require(corrected.beta) - 0.5) < 0.1, "\(corrected.beta ?? .nan)")
    #expect(try corrected.betaError() > 0 && corrected.betaError() < 0.2)
  }

  @Test func aHandlerEndsTraining() throws {
    let series = try descent(1, steps: 2, dt: 0.1)
    var heard = 0
    let error = #expect(throws: JKOError.self) {
      try Model(fitting: series, options: FitOptions(epochs: 10_000_000)) { progress in
        heard += 1
        return progress.stage != .training
      }
    }
    #expect(error?.kind == .cancelled && heard > 0)
  }
}
