import Densities
import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing
import Transport

/// The objective as a function of parameters, from snapshots on.
@Suite struct WholeObjectiveTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let options: ModelOptions
    var fit = FitOptions(seed: 4)

    private static let network = ModelOptions.Parametrization.network(.init(hidden: [6, 5]))
    private static let quadratic = ModelOptions.Parametrization.linear(
      FeatureOptions(polynomialDegree: 2, radialGrid: 0))

    private static let oneGaussian = {
      var options = MixtureOptions()
      options.components = .exactly(1)
      return DensityOptions.gaussianMixture(options)
    }()

    static let all = [
      Case(testDescription: "V", options: .network([7, 5])),
      Case(testDescription: "V(t), explicit", options: .network([6], .explicit, timeVarying: true)),
      Case(
        testDescription: "V, linear U, beta",
        options: ModelOptions(
          potential: network, interaction: quadratic, internal: oneGaussian,
          scheme: .implicit, timeVarying: false)),
      Case(
        testDescription: "linear V, U",
        options: ModelOptions(potential: quadratic, interaction: network, scheme: .implicit, timeVarying: false)),
      Case(
        testDescription: "V, sampled U",
        options: ModelOptions(potential: network, interaction: network, scheme: .explicit, timeVarying: false),
        fit: FitOptions(seed: 4, interactionSamples: 12)),
      Case(
        testDescription: "V, entropic plan", options: .network([5]),
        fit: FitOptions(seed: 4, coupling: .entropic(EntropicOptions(epsilon: 0.5)))),
    ]

    func objective(_ series: SnapshotSeries? = nil) throws -> WholeObjective {
      try WholeObjective(series ?? Populations.contracting(), options, fit) { _ in true }
    }
  }

  /// Away from the beginning, where coefficients are 0.
  private static func parameters(_ objective: WholeObjective) -> [Double] {
    var random = PhiloxSequence(seed: 8, stream: 8)
    return objective.initialParameters.map { $0 + 0.2 * random.normal() }
  }

  @Test("The gradient is that of the value, by central differences", arguments: Case.all)
  func gradient(_ test: Case) throws {
    let objective = try test.objective()
    let parameters = Self.parameters(objective)
    let (_, gradient) = try objective.valueAndGradient(parameters)
    #expect(gradient.count == objective.parameterCount)
    let largest = gradient.reduce(0) { max($0, abs($1)) }
    #expect(largest > 0)
    // Errors h^2 f''' / 6 and 2^-52 f / h, both about 1e-10 of the largest slope at h = 1e-5.
    let h = 1e-5
    for index in parameters.indices {
      var (up, down) = (parameters, parameters)
      up[index] += h
      down[index] -= h
      let slope =
        try (objective.valueAndGradient(up).value - objective.valueAndGradient(down).value) / (2 * h)
      #expect(abs(slope - gradient[index]) <= 1e-7 * largest, "parameter \(index)")
    }
  }

  @Test(
    "The value is a squared length: scaled points scale it, other units of time do not", arguments: Case.all.prefix(5))
  func units(_ test: Case) throws {
    let (plain, scaled) = (
      try test.objective(), try test.objective(Populations.contracting(scale: 3, offset: 5, timeScale: 0.25))
    )
    let parameters = Self.parameters(plain)
    let (first, second) = (
      try plain.valueAndGradient(parameters), try scaled.valueAndGradient(parameters)
    )
    // Densities are fitted to a tolerance of 1e-5 in their likelihood; one component has a closed form.
    #expect(abs(second.value - 9 * first.value) <= 1e-9 * abs(second.value))
  }

  @Test("The number of threads changes no bit", arguments: Case.all)
  func threads(_ test: Case) throws {
    let objective = try test.objective()
    let parameters = Self.parameters(objective)
    let alone = try withThreads(1) { try objective.valueAndGradient(parameters) }
    let together = try withThreads(3) { try objective.valueAndGradient(parameters) }
    #expect(alone.value == together.value && alone.gradient == together.gradient)
  }

  @Test("A model of trained parameters is the trained model", arguments: Case.all)
  func model(_ test: Case) throws {
    // One step of Adam on all couplings at once, in double precision: the loss is that of the initial parameters, and
    // each moves by learning_rate g / (|g| + epsilon), epsilon = 1e-8, as long as no gradient is clipped.
    var fit = test.fit
    fit.epochs = 1
    fit.batchSize = 1_000_000
    fit.precision = .float64
    fit.clipNorm = 1e300
    fit.rollout = .none
    let series = try Populations.contracting()
    let trained = try FittedModel.fit(series, test.options, fit) { _ in true }.model
    let objective = try test.objective()
    var parameters = objective.initialParameters
    let (value, gradient) = try objective.valueAndGradient(parameters)
    #expect(abs(value - trained.history[0]) <= 1e-12 * max(1, abs(value)))
    let squaredLength = objective.standardization.length * objective.standardization.length
    for index in parameters.indices {
      let slope = gradient[index] / squaredLength
      parameters[index] -= fit.learningRate * slope / (abs(slope) + 1e-8)
    }
    let made = try objective.model(parameters)
    #expect(made.history == [try objective.valueAndGradient(parameters).value])
    #expect(made.region == trained.region && made.times == trained.times)
    let points = try #require(series.snapshots.first).points.elements
    if let ours = made.potential, let theirs = trained.potential {
      let (first, second) = (ours.gradients(points, time: 0.5), theirs.gradients(points, time: 0.5))
      let size = second.reduce(0) { max($0, abs($1)) }
      #expect(zip(first, second).allSatisfy { abs($0 - $1) <= 1e-6 * size })
    }
    if let ours = made.beta, let theirs = trained.beta { #expect(abs(ours - theirs) <= 1e-6 * abs(theirs)) }
    #expect(try objective.model(parameters, history: [3, 2]).history == [3, 2])
  }

  @Test("What has no objective is refused in one line")
  func refusals() throws {
    let series = try Populations.contracting()
    func problem(_ options: ModelOptions, _ fit: FitOptions = FitOptions()) throws {
      _ = try WholeObjective(series, options, fit) { _ in true }
    }
    #expect { try problem(.linear()) } throws: { ($0 as? EngineError)?.message.contains("closed form") ?? false }
    #expect(throws: EngineError.self) { try problem(.network([4]), FitOptions(errorBars: .influence)) }
    #expect {
      _ = try WholeObjective(series, .network([4]), FitOptions()) { _ in false }
    } throws: { ($0 as? EngineError)?.kind == .cancelled }
    let objective = try Case.all[0].objective()
    #expect(throws: EngineError.self) { _ = try objective.valueAndGradient([1]) }
    // Finite parameters may have no finite objective.
    let large = [Double](repeating: 1e200, count: objective.parameterCount)
    #expect(try !objective.valueAndGradient(large).value.isFinite)
    #expect { _ = try objective.model(large) } throws: { ($0 as? EngineError)?.kind == .convergence }
  }
}
