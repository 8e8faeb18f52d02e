import JKOnetStar
import Testing

/// Arguments that are refused, each by one line that names argument, value and bound.
@Suite struct ArgumentTests {
  private var series: SnapshotSeries {
    get throws {
      let points = try Points([[0, 0], [1, 0], [0, 1], [1, 1], [2, 1], [1, 2]])
      return try SnapshotSeries(points: points, times: [0, 0, 0, 1, 1, 1])
    }
  }

  @Test func pointsHaveAShape() {
    refused(.shape, "rows") { _ = try Points([]) }
    refused(.shape, "rows[1]", "3", "2") { _ = try Points([[1, 2], [1, 2, 3]]) }
    refused(.shape, "elements", "5", "2") { _ = try Points(elements: [1, 2, 3, 4, 5], dimension: 2) }
    refused(.shape, "dimension = 0") { _ = try Points(elements: [1], dimension: 0) }
  }

  @Test func snapshotsAreChecked() throws {
    let points = try Points([[0, 0], [1, 0]])
    refused(.shape, "times", "1", "2") { _ = try SnapshotSeries(points: points, times: [0]) }
    refused(.notFinite, "times[1] = nan") { _ = try SnapshotSeries(points: points, times: [0, .nan]) }
    refused(.population, "weights[0] = -1.0") {
      _ = try SnapshotSeries(points: points, times: [0, 1], weights: [-1, 1])
    }
    refused(.file, "nowhere.npz") { _ = try SnapshotSeries(contentsOf: "nowhere.npz") }
    refused(.invalidArgument, "1.5", "between 0 and 1") {
      _ = try series.split(testFraction: 1.5, by: .withinTimes)
    }
  }

  @Test func optionsAreChecked() throws {
    let series = try series
    func fit(_ energy: Energy = Energy(), _ options: FitOptions = FitOptions()) throws {
      _ = try Model(fitting: series, energy: energy, options: options)
    }
    refused(.invalidArgument, "no terms") { try fit(Energy(potential: nil)) }
    refused(.invalidArgument, "hidden[1] = 0", "4096") { try fit(Energy(potential: .network(hidden: [8, 0]))) }
    refused(.invalidArgument, "hidden layers", "0") { try fit(Energy(potential: .network(hidden: []))) }
    refused(.invalidArgument, "polynomialDegree = 9", "8") {
      try fit(Energy(potential: .linear(Features(polynomialDegree: 9))))
    }
    refused(.invalidArgument, "epochs = 0") { try fit(Energy(), FitOptions(epochs: 0)) }
    refused(.invalidArgument, "learningRate = -1.0") { try fit(Energy(), FitOptions(learningRate: -1)) }
    refused(.invalidArgument, "ridge = nan") { try fit(Energy(), FitOptions(ridge: .nan)) }
    refused(.invalidArgument, "epsilon = 0.0") { try fit(Energy(), FitOptions(coupling: .sinkhorn(epsilon: 0))) }
    refused(.invalidArgument, "biasSamples = -1") { try fit(Energy(), FitOptions(biasSamples: -1)) }
    refused(.invalidArgument, "bias_samples = 2") { try fit(Energy(), FitOptions(biasSamples: 2)) }
    refused(.invalidArgument, "samples = 1", "2") {
      try fit(Energy(), FitOptions(errorBars: .bootstrap(samples: 1)))
    }
    refused(.invalidArgument, "error_bars") { try fit(Energy(), FitOptions(errorBars: .influence)) }
  }

  @Test func predictionsAreChecked() throws {
    let model = try Model(fitting: series, energy: Energy(timeVarying: true), options: FitOptions(epochs: 1))
    let x = try Points([[0, 0]])
    refused(.invalidArgument, "time is missing") { _ = try model.potential(at: x) }
    refused(.shape, "1", "2") { _ = try model.potential(at: Points([[0]]), time: 0) }
    refused(.notFinite, "points[0][1] = nan") { _ = try model.potential(at: Points([[0, .nan]]), time: 0) }
    refused(.invalidArgument, "interaction") { _ = try model.interactionGradient(at: x) }
    refused(.population, "times[1] = 0.0", "times[0]") { _ = try model.predict(from: x, times: [1, 0]) }
    refused(.shape, "times is empty") { _ = try model.predict(from: x, times: []) }
    refused(.invalidArgument, "steps = -1") { _ = try model.predict(from: x, steps: -1) }
    refused(.invalidArgument, "0.5") { _ = try model.predict(from: x, start: 0.5, steps: 1) }
    refused(.format, "Package.swift") { _ = try Model(contentsOf: "Package.swift") }
  }

  @Test func simulationsAreChecked() throws {
    let x = try Points([[0, 0]])
    refused(.invalidArgument, "dt = 0.0") { _ = try simulate(from: x, dt: 0, steps: 1) }
    refused(.invalidArgument, "beta = -1.0") { _ = try simulate(from: x, beta: -1, dt: 1, steps: 1) }
    refused(.shape, "potential", "(2, 2)", "(1, 2)") {
      _ = try simulate(from: x, potential: { _, _ in (try? Points([[0, 0], [0, 0]])) ?? x }, dt: 1, steps: 1)
    }
    refused(.invalidArgument, "no_such_name") { _ = try Benchmark("no_such_name") }
    refused(.invalidArgument, "2") { _ = try Benchmark("zigzag_ridge").values(at: Points([[1]])) }
  }
}
