import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// The objective of V, U and linear terms together, against loops over couplings and pairs.
@Suite struct MixedObjectiveTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let potential: NetworkShape?
    let interaction: NetworkShape?
    let linear: EnergyBasis
    let weighted: Bool
    let particles: Int

    var testDescription: String {
      "V \(potential?.hidden ?? []), U \(interaction?.hidden ?? []), \(linear.count) coefficients, weighted \(weighted), n = \(particles)"
    }

    static let d = 2

    static func linear(_ potential: Bool, _ interaction: Bool, _ hasInternal: Bool) -> EnergyBasis {
      func features(_ seed: UInt64) -> FeatureBasis {
        FeatureBasis(
          dimension: d,
          families: [.fourier(FourierFeatures(dimension: d, count: 3, scale: 1.5, seed: seed, stream: 1))],
          timeDegree: 0)
      }
      return EnergyBasis(
        dimension: d, potential: potential ? features(1) : nil, interaction: interaction ? features(2) : nil,
        hasInternal: hasInternal)
    }

    static func network(_ hidden: [Int], timeVarying: Bool = false, _ activation: Activation = .softplus)
      -> NetworkShape
    { NetworkShape(dimension: d, timeVarying: timeVarying, hidden: hidden, activation: activation) }

    static let all = [
      Case(
        potential: network([7, 5], timeVarying: true), interaction: network([6]), linear: linear(false, false, true),
        weighted: false, particles: 30),
      Case(
        potential: nil, interaction: network([9, 4], .tanh), linear: linear(true, false, true), weighted: true,
        particles: 70),
      Case(
        potential: network([5], .silu), interaction: nil, linear: linear(false, true, true), weighted: true,
        particles: 41),
      // More pairs than one panel holds.
      Case(
        potential: nil, interaction: network([4]), linear: linear(false, false, false), weighted: true, particles: 600),
    ]

    var layout: TrainingLayout {
      TrainingLayout(potential: potential, interaction: interaction, linearCount: linear.count)
    }

    var parameters: [Double] {
      var random = PhiloxSequence(seed: 3, stream: 3)
      return layout.initialParameters(seed: 2).map { $0 + 0.2 * random.normal() }
    }

    var transitions: [Transition] {
      (0..<2).map { k in
        let n = particles + 3 * k
        var random = PhiloxSequence(seed: 5, stream: UInt64(k))
        var masses = (0..<n).map { _ in weighted ? random.uniform() : 1 }
        let total = masses.reduce(0, +)
        masses = masses.map { $0 / total }
        return Transition(
          sites: Population(
            points: Matrix(rows: n, columns: Self.d, elements: random.normals(n * Self.d)), weights: masses),
          masses: masses, shifts: random.normals(n * Self.d), scatter: 0, time: 0.5 + Double(k), rho: 0.7 + Double(k))
      }
    }

    var scores: [[Double]] {
      transitions.enumerated().map { k, transition in
        var random = PhiloxSequence(seed: 6, stream: UInt64(k))
        return random.normals(transition.count * Self.d)
      }
    }

    func data() throws -> TrainingData {
      try TrainingData(
        transitions, linear: linear, scores: linear.hasInternal ? scores : nil, standardization: .none(Self.d))
    }

    func objective<Number: KernelNumber>(_: Number.Type, samples: Int? = nil, threads: Int = 2) throws
      -> TrainingObjective<Number>
    {
      try TrainingObjective(
        data(), layout: layout, batchSize: 1000, sampleCount: samples, seed: 9, team: Team(threads: threads))
    }

    /// sum_i w_i |r_i|^2 over all sites, coefficients as they multiply features divided by `scales`.
    func plain(_ parameters: [Double], scales: [Double]) throws -> Double {
      let d = Self.d
      var value = 0.0
      let coefficients = zip(parameters[layout.linearStart...], scales).map { $0 / $1 }
      for (k, transition) in transitions.enumerated() {
        let points = transition.sites.points.elements
        var drift = [Double](repeating: 0, count: points.count)
        func add(_ terms: [Double]) { for index in drift.indices { drift[index] += terms[index] } }
        if let potential {
          let network = Network(shape: potential, parameters: Array(parameters[..<potential.parameterCount]))
          add(network.gradients(points, time: transition.time))
        }
        if let interaction {
          let start = layout.interactionStart
          let network = Network(
            shape: interaction, parameters: Array(parameters[start..<start + interaction.parameterCount]))
          add(PairField(network, transition.sites).gradients(points, time: 0))
        }
        if let features = linear.potential {
          let own = Array(coefficients[linear.range(of: .potential)])
          add(FeatureExpansion(basis: features, coefficients: own).gradients(points, time: 0))
        }
        if let features = linear.interaction {
          let own = Array(coefficients[linear.range(of: .interaction)])
          add(
            PairField(FeatureExpansion(basis: features, coefficients: own), transition.sites).gradients(points, time: 0)
          )
        }
        if linear.hasInternal {
          let beta = coefficients[linear.range(of: .internal).lowerBound]
          add(scores[k].map { beta * $0 })
        }
        for index in drift.indices {
          let residual = transition.rho * drift[index] + transition.shifts[index]
          value += transition.masses[index / d] / Double(transitions.count) * residual * residual
        }
      }
      return value
    }
  }

  /// Sums of some hundred terms, each rounded a few dozen times.
  @Test(arguments: Case.all) func valueIsTheSumOverPairs(test: Case) throws {
    let data = try test.data()
    let all = Array(0..<data.couplings.count)
    let plain = try test.plain(test.parameters, scales: data.scales)
    #expect(abs(evaluate(try test.objective(Double.self), test.parameters, all).value - plain) < 1e-12 * plain)
    #expect(abs(evaluate(try test.objective(Float.self), test.parameters, all).value - plain) < 1e-5 * plain)
  }

  /// Central differences of the objective itself along random directions: truncation 1e-4^2 times third derivatives of
  /// order 10.
  @Test(arguments: Case.all, [nil, 16]) func gradientIsTheLimitOfDifferences(test: Case, samples: Int?) throws {
    let objective = try test.objective(Double.self, samples: samples)
    objective.begin(epoch: 4)
    let all = Array(0..<(try test.data().couplings.count))
    let gradient = evaluate(objective, test.parameters, all).gradient
    var random = PhiloxSequence(seed: 12, stream: 0)
    for _ in 0..<5 {
      let direction = random.normals(test.parameters.count)
      func value(_ step: Double) -> Double {
        evaluate(objective, zip(test.parameters, direction).map { $0 + step * $1 }, all).value
      }
      let h = 1e-4
      let slope = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let scale = euclideanNorm(gradient) * euclideanNorm(direction)
      #expect(abs((value(h) - value(-h)) / (2 * h) - slope) < 1e-6 * scale)
    }
    let single = try test.objective(Float.self, samples: samples)
    single.begin(epoch: 4)
    #expect(normError(evaluate(single, test.parameters, all).gradient, gradient) < 1e-4)
  }

  /// Over many draws, values of sampled interactions are the objective on average, and so are their gradients: within
  /// four standard errors. The square of one sampled mean would be off by its variance, which is larger.
  @Test(arguments: [Case.all[0], Case.all[1]]) func samplesAreUnbiased(test: Case) throws {
    let data = try test.data()
    let all = Array(0..<data.couplings.count)
    let exact = evaluate(try test.objective(Double.self), test.parameters, all)
    let objective = try test.objective(Double.self, samples: 6)
    let draws = 2000
    var (sum, squares) = (0.0, 0.0)
    var gradient = [Double](repeating: 0, count: exact.gradient.count)
    var gradientSquares = gradient
    for epoch in 0..<draws {
      objective.begin(epoch: epoch)
      let one = evaluate(objective, test.parameters, all)
      sum += one.value
      squares += one.value * one.value
      for index in gradient.indices {
        gradient[index] += one.gradient[index] / Double(draws)
        gradientSquares[index] += one.gradient[index] * one.gradient[index] / Double(draws)
      }
    }
    let mean = sum / Double(draws)
    let error = ((squares / Double(draws) - mean * mean) / Double(draws)).squareRoot()
    #expect(abs(mean - exact.value) < 4 * error)
    // The bias that one sample of 6 would have must be visible at this precision, or the test shows nothing.
    let biased = try test.objective(Double.self, samples: 6).squareOfOneSample(test)
    #expect(abs(biased - exact.value) > 8 * error)
    var outside = 0
    for index in gradient.indices {
      let variance = gradientSquares[index] - gradient[index] * gradient[index]
      let standardError = (max(0, variance) / Double(draws)).squareRoot() + 1e-12
      if abs(gradient[index] - exact.gradient[index]) > 4 * standardError { outside += 1 }
    }
    // 1 in 16,000 by chance.
    #expect(outside <= 1)
  }

  /// Fixed pieces, summed in their order.
  @Test(arguments: Case.all, [nil, 16]) func threadsChangeNothing(test: Case, samples: Int?) throws {
    let all = Array(0..<(try test.data().couplings.count))
    let results = try [1, 2, 3].map { threads in
      let objective = try test.objective(Float.self, samples: samples, threads: threads)
      objective.begin(epoch: 1)
      return evaluate(objective, test.parameters, all)
    }
    for result in results {
      #expect(result.value == results[0].value && bits(result.gradient) == bits(results[0].gradient))
    }
  }
}

extension TrainingObjective<Double> {
  /// What squaring the mean over six particles would give on average: the objective plus the variance of that mean.
  fileprivate func squareOfOneSample(_ test: MixedObjectiveTests.Case) throws -> Double {
    guard let interaction = test.interaction else { return .nan }
    let (start, d) = (test.layout.interactionStart, MixedObjectiveTests.Case.d)
    let network = Network(
      shape: interaction, parameters: Array(test.parameters[start..<start + interaction.parameterCount]))
    var excess = 0.0
    for transition in test.transitions {
      let points = transition.sites.points
      for i in 0..<transition.count {
        var (mean, square) = ([Double](repeating: 0, count: d), 0.0)
        for j in 0..<transition.count {
          let difference = (0..<d).map { points[i, $0] - points[j, $0] }
          let force = network.gradients(difference, time: 0)
          for c in 0..<d {
            mean[c] += transition.sites.weights[j] * force[c]
            square += transition.sites.weights[j] * force[c] * force[c]
          }
        }
        let variance = square - mean.reduce(0) { $0 + $1 * $1 }
        excess += transition.masses[i] / 2 * transition.rho * transition.rho * variance / 6
      }
    }
    let all = Array(0..<(try test.data().couplings.count))
    return evaluate(try test.objective(Double.self), test.parameters, all).value + excess
  }
}
