import Energies
import Learning
import Numerics
import OracleSupport
import TestSupport
import Testing

extension Standardization {
  /// Coordinates that are standardised already.
  static func none(_ d: Int) -> Standardization {
    Standardization(center: [Double](repeating: 0, count: d), length: 1, origin: 0, duration: 1)
  }
}

/// The objective of one network of Tests/Oracles/network.txt, whose inputs and parameters are exact in single
/// precision.
private struct ObjectiveCase {
  let couplings: Couplings
  let shape: NetworkShape
  let parameters: [Double]
  let objective: Double
  let gradient: [Double]

  init(_ name: String) throws {
    let file = try OracleFile("network")
    let inputs = try file["\(name)_inputs"]
    let (count, width) = (inputs.shape[0], inputs.shape[1])
    let d = Int(try file["\(name)_dimension"].scalar)
    couplings = Couplings(
      dimension: d, points: (0..<count).flatMap { inputs.values[$0 * width..<$0 * width + d] },
      shifts: try file["\(name)_delta"].values,
      times: (0..<count).map { width > d ? inputs.values[$0 * width + d] : 0 }, rhos: try file["\(name)_rho"].values,
      weights: try file["\(name)_weights"].values, standardization: .none(d))
    shape = NetworkShape(
      dimension: d, timeVarying: width > d, hidden: try file["\(name)_hidden"].values.map { Int($0) })
    parameters = try file["\(name)_parameters"].values
    objective = try file["\(name)_objective"].scalar
    gradient = try file["\(name)_parameter_gradient"].values
  }
}

extension ObjectiveCase {
  func objective<Number: KernelNumber>(_: Number.Type) throws -> TrainingObjective<Number> {
    try TrainingObjective(
      TrainingData(couplings), layout: TrainingLayout(potential: shape), batchSize: 1000, team: Team(threads: 2))
  }
}

/// The objective over some of the couplings, and what was added to a gradient of zeros.
func evaluate<Number: KernelNumber>(
  _ objective: TrainingObjective<Number>, _ parameters: [Double], _ indices: [Int], scale: Double = 1
) -> (value: Double, gradient: [Double]) {
  let gradient = AlignedBuffer<Number>(count: parameters.count)
  gradient.zero()
  let value = parameters.map { Number($0) }.withUnsafeBufferPointer { buffer in
    buffer.baseAddress.map {
      objective.accumulate(indices[...], scale: scale, parameters: $0, gradient: gradient.base)
    } ?? .nan
  }
  return (value, parameters.indices.map { Double(gradient.base[$0]) })
}

@Suite struct ObjectiveTests {
  static let names = ["plane", "timed", "single", "deep"]

  /// The oracle is good to 1e-13 of its largest value. Errors are relative to the gradient's norm: its small components
  /// are differences of large terms.
  @Test(arguments: names) func agreesWithAutomaticDifferentiation(name: String) throws {
    let oracle = try ObjectiveCase(name)
    let all = Array(0..<oracle.couplings.count)
    let double = evaluate(
      try oracle.objective(Double.self), oracle.parameters, all)
    #expect(abs(double.value - oracle.objective) < 1e-10 * oracle.objective)
    #expect(normError(double.gradient, oracle.gradient) < 1e-10)
    let float = evaluate(try oracle.objective(Float.self), oracle.parameters, all)
    #expect(abs(float.value - oracle.objective) < 1e-4 * oracle.objective)
    #expect(normError(float.gradient, oracle.gradient) < 1e-4)
  }

  /// Over disjoint sets, in any order, sums add up; only the order of some hundred additions differs.
  @Test(arguments: names) func sumsOverDisjointSetsAddUp(name: String) throws {
    let oracle = try ObjectiveCase(name)
    let objective = try oracle.objective(Double.self)
    let whole = evaluate(objective, oracle.parameters, Array(0..<oracle.couplings.count))
    var random = PhiloxSequence(seed: 41, stream: 0)
    let order = random.permutation(oracle.couplings.count)
    let parts = [Array(order[..<1]), Array(order[1..<9]), Array(order[9...])].map {
      evaluate(objective, oracle.parameters, $0)
    }
    #expect(abs(parts.reduce(0) { $0 + $1.value } - whole.value) < 1e-13 * whole.value)
    let gradient = parts.reduce([Double](repeating: 0, count: oracle.parameters.count)) { sum, part in
      zip(sum, part.gradient).map { $0 + $1 }
    }
    #expect(normError(gradient, whole.gradient) < 1e-12)
  }

  /// More couplings than one panel, the last one partly filled: what an earlier panel held must not count.
  @Test func manyPanels() throws {
    let oracle = try ObjectiveCase("timed")
    let objective = try oracle.objective(Double.self)
    let count = 2 * 128 + 3
    let indices = (0..<count).map { ($0 * 5) % oracle.couplings.count }
    let whole = evaluate(objective, oracle.parameters, indices)
    var (value, gradient) = (0.0, [Double](repeating: 0, count: oracle.parameters.count))
    for index in indices {
      let one = evaluate(objective, oracle.parameters, [index])
      value += one.value
      gradient = zip(gradient, one.gradient).map { $0 + $1 }
    }
    #expect(abs(whole.value - value) < 1e-13 * value)
    #expect(normError(whole.gradient, gradient) < 1e-12)
    // Evaluating again gives the same bits, whatever the panels held before.
    let again = evaluate(objective, oracle.parameters, indices)
    #expect(again.value == whole.value && bits(again.gradient) == bits(whole.gradient))
  }

  /// A power of two scales exactly; the gradient is added to what is there.
  @Test func scaleAndAccumulation() throws {
    let oracle = try ObjectiveCase("single")
    let objective = try oracle.objective(Double.self)
    let all = Array(0..<oracle.couplings.count)
    let once = evaluate(objective, oracle.parameters, all)
    let scaled = evaluate(objective, oracle.parameters, all, scale: 8)
    #expect(scaled.value == 8 * once.value && scaled.gradient == once.gradient.map { 8 * $0 })

    let gradient = AlignedBuffer<Double>(count: oracle.parameters.count)
    gradient.base.update(repeating: 1, count: gradient.count)
    oracle.parameters.withUnsafeBufferPointer { buffer in
      guard let parameters = buffer.baseAddress else { return }
      _ = objective.accumulate(all[...], scale: 1, parameters: parameters, gradient: gradient.base)
    }
    let sum = oracle.parameters.indices.map { gradient.base[$0] - 1 }
    // Adding to 1 rounds to its unit, once or twice per panel.
    #expect(largest(difference(sum, once.gradient)) < 1e-15 * max(1, largest(once.gradient)) * 16)
    let none = evaluate(objective, oracle.parameters, [])
    #expect(none.value == 0 && none.gradient.allSatisfy { $0 == 0 })
  }

  /// A network of zeros has grad V = 0, so that the objective is sum_i w_i |shift_i|^2.
  @Test func zeroNetworkCostsTheShifts() throws {
    let oracle = try ObjectiveCase("plane")
    let zeros = [Double](repeating: 0, count: oracle.shape.parameterCount)
    let objective = try oracle.objective(Double.self)
    let value = evaluate(objective, zeros, Array(0..<oracle.couplings.count)).value
    let expected = oracle.couplings.weights.enumerated().reduce(0.0) { sum, item in
      let (x, y) = (oracle.couplings.shifts[2 * item.offset], oracle.couplings.shifts[2 * item.offset + 1])
      return sum + item.element * (x * x + y * y)
    }
    #expect(abs(value - expected) < 1e-13 * expected)
  }
}
