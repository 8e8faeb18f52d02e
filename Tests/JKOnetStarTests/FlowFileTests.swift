import JKOnetStar
import TestSupport
import Testing

/// Flows in files, flows from particles, and what goes wrong while a flow is computed.
@Suite struct FlowFileTests {
  private func standard(_ d: Int = 1) throws -> GaussianMixture {
    let unit = try Points((0..<d).map { a in (0..<d).map { $0 == a ? 1 : 0 } })
    return try GaussianMixture(weights: [1], means: Points([[Double](repeating: 0, count: d)]), covariances: [unit])
  }

  /// V(x) = x^4 / 4 in one coordinate.
  private var quartic: FlowEnergy {
    FlowEnergy(
      potential: .function { x, _ in
        (x.map { $0[0] * $0[0] * $0[0] * $0[0] / 4 }, try Points(x.map { [$0[0] * $0[0] * $0[0]] }))
      }, beta: 0.3)
  }

  private let options = FlowOptions(steps: 3, components: 3, particles: 200)

  private func expectSame(_ a: WassersteinFlow, _ b: WassersteinFlow) throws {
    let x = try Points([[-0.5], [0.1], [0.8]])
    #expect(a.times == b.times && a.energies == b.energies)
    #expect(try a.transport(x) == b.transport(x))
    #expect(try a.logDensity(at: x) == b.logDensity(at: x) && a.score(at: x) == b.score(at: x))
    #expect(try a.sample(20, seed: 3) == b.sample(20, seed: 3))
  }

  @Test func filesKeepEveryBit() throws {
    let kernel = try KernelDensity(Points((0..<30).map { [0.1 * Double($0) - 1.5] }))
    for flow in [
      try WassersteinFlow(of: quartic, from: standard(), options: options),
      try WassersteinFlow(of: quartic, from: kernel, options: options),
    ] {
      try withFolder { folder in
        try flow.save(to: folder + "/flow.safetensors")
        try expectSame(WassersteinFlow(contentsOf: folder + "/flow.safetensors"), flow)
      }
    }
    refused(.format, "Package.swift") { _ = try WassersteinFlow(contentsOf: "Package.swift") }
    refused(.file, "nowhere.safetensors") { _ = try WassersteinFlow(contentsOf: "nowhere.safetensors") }
  }

  @Test func aCheckpointIsGoneOnFrom() throws {
    let whole = try WassersteinFlow(of: quartic, from: standard(), options: options)
    try withFolder { folder in
      var kept = options
      kept.checkpoint = .init(path: folder + "/kept.safetensors")
      var energies: [Double] = []
      refused(.cancelled, "the flow") {
        _ = try WassersteinFlow(of: quartic, from: standard(), options: kept) { progress in
          guard progress.stage == .flow, progress.total == 3 else { return false }
          if let loss = progress.loss { energies.append(loss) }
          return progress.done < 2
        }
      }
      #expect(energies.last == whole.energies[2])
      #expect(try WassersteinFlow(contentsOf: folder + "/kept.safetensors").times == Array(whole.times[...2]))
      refused(.invalidArgument, "checkpoint", "exists") {
        _ = try WassersteinFlow(of: quartic, from: standard(), options: kept)
      }
      kept.checkpoint?.resumes = true
      try expectSame(WassersteinFlow(of: quartic, from: standard(), options: kept), whole)
      kept.seed = 1
      refused(.invalidArgument, "checkpoint", "other options") {
        _ = try WassersteinFlow(of: quartic, from: standard(), options: kept)
      }
    }
  }

  @Test func particlesHaveADensityOfTheirOwn() throws {
    let mixture = try standard()
    let particles = try mixture.sample(400, seed: 9)
    let flow = try WassersteinFlow(
      of: quartic, from: particles, logDensity: { (try mixture.logDensity(at: $0), try mixture.score(at: $0)) },
      options: FlowOptions(steps: 2, components: 0))
    let x = try Points([[-0.5], [0.8]])
    #expect(try flow.logDensity(at: x, step: 0) == mixture.logDensity(at: x))
    let (moved, change) = (try flow.transport(x), try flow.logDeterminant(at: x))
    let (before, after) = (try mixture.logDensity(at: x), try flow.logDensity(at: moved))
    for i in 0..<2 { #expect(abs(before[i] - after[i] - change[i]) < 1e-9 && abs(change[i]) > 1e-3) }
    let drawn = try flow.sample(50, step: 0)
    #expect(drawn.allSatisfy { particles.contains($0) } && Set(drawn.elements).count == 50)
    refused(.invalidArgument, "401", "400") { _ = try flow.sample(401) }
    try withFolder { folder in
      refused(.invalidArgument, "cannot be written") { try flow.save(to: folder + "/flow.safetensors") }
    }
    refused(.shape, "particles", "99", "100") {
      _ = try WassersteinFlow(
        of: quartic, from: mixture.sample(99),
        logDensity: { (try mixture.logDensity(at: $0), try mixture.score(at: $0)) })
    }
  }

  private struct Refusal: Error, CustomStringConvertible { let description = "no\nenergy" }

  @Test func closuresFailAsErrors() throws {
    func flow(_ function: @escaping (Points, Double) throws -> ValuesAndGradients) throws {
      _ = try WassersteinFlow(of: FlowEnergy(potential: .function(function)), from: standard(), options: options)
    }
    func zeros(_ x: Points) -> [Double] { [Double](repeating: 0, count: x.count) }
    refused(.cancelled, "potential threw an error: no energy") { try flow { _, _ in throw Refusal() } }
    var calls = 0
    refused(.cancelled, "potential threw") {
      try flow { x, _ in
        calls += 1
        if calls > 20 { throw Refusal() }
        return (zeros(x), x)
      }
    }
    #expect(calls == 21)
    refused(.notFinite, "potential returned NaN for point 0 at time 0.0") {
      try flow { x, _ in (x.map { _ in Double.nan }, x) }
    }
    refused(.notFinite, "potential returned NaN for point 1") {
      try flow { x, _ in (zeros(x), try Points(x.indices.map { [$0 == 1 ? .nan : 0] })) }
    }
    refused(.shape, "potential returned 1 value for") { try flow { x, _ in ([0], x) } }
    refused(.shape, "gradients of shape (1, 1)") { try flow { x, _ in (zeros(x), try Points([[0]])) } }
    refused(.cancelled, "interaction threw") {
      let energy = FlowEnergy(interaction: .function { _, _ in throw Refusal() })
      _ = try WassersteinFlow(of: energy, from: standard(), options: options)
    }
    refused(.cancelled, "logDensity threw") {
      _ = try WassersteinFlow(
        of: quartic, from: standard().sample(100), logDensity: { _ in throw Refusal() }, options: options)
    }
  }

  @Test func argumentsAreChecked() throws {
    func compute(_ energy: FlowEnergy = FlowEnergy(), _ change: (inout FlowOptions) -> Void = { _ in }) throws {
      var changed = options
      change(&changed)
      _ = try WassersteinFlow(of: energy, from: standard(), options: changed)
    }
    refused(.invalidArgument, "beta = 0.0") { try compute(FlowEnergy(beta: 0)) }
    refused(.invalidArgument, "exponent = 0.5", "1") { try compute(FlowEnergy(exponent: 0.5)) }
    refused(.invalidArgument, "step = 0.0") { try compute { $0.step = 0 } }
    refused(.invalidArgument, "steps = 0", "100000") { try compute { $0.steps = 0 } }
    refused(.invalidArgument, "components = 501", "500") { try compute { $0.components = 501 } }
    refused(.invalidArgument, "hidden layers", "0") { try compute { $0.hidden = [] } }
    refused(.invalidArgument, "batchSize = 0") { try compute { $0.batchSize = 0 } }
    refused(.notFinite, "startTime = nan") { try compute { $0.startTime = .nan } }
    refused(.invalidArgument, "exponent = 2.0", "particles") {
      try compute(FlowEnergy(exponent: 2)) { $0.method = .particles }
    }
    let flow = try WassersteinFlow(of: FlowEnergy(), from: standard(), options: options)
    refused(.invalidArgument, "step = 4", "3") { _ = try flow.sample(1, step: 4) }
    refused(.invalidArgument, "count = 0") { _ = try flow.sample(0) }
    refused(.invalidArgument, "from = 2", "to = 1") { _ = try flow.transport(Points([[0]]), from: 2, to: 1) }
    refused(.shape, "2", "the flow", "1") { _ = try flow.inverse(Points([[0, 0]])) }
    refused(.notFinite, "points[1][0] = nan") { _ = try flow.score(at: Points([[0], [.nan]])) }
    refused(.shape, "covariances", "0 matrices", "1 mean") {
      _ = try GaussianMixture(weights: [1], means: Points([[0]]), covariances: [])
    }
    refused(.population, "weights[0] = 0.0") {
      _ = try GaussianMixture(weights: [0], means: Points([[0]]), covariances: [Points([[1]])])
    }
    refused(.invalidArgument, "bandwidth = -1.0") { _ = try KernelDensity(Points([[0]]), bandwidth: .length(-1)) }
  }
}
