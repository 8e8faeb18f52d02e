import CSystem
import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing
import Transport

@Suite struct CouplingsTests {
  private static func couplings(_ series: SnapshotSeries, _ scheme: Scheme) throws -> Couplings {
    let plans = try zip(series.snapshots, series.snapshots.dropFirst()).map {
      try exactPlan(
        from: $0.points, masses: $0.weights, to: $1.points, masses: $1.weights, cost: .squaredEuclidean)
    }
    return try Couplings(series, plans: plans, scheme: scheme, standardization: try Standardization(series))
  }

  /// Three snapshots of 40, 37 and 34 particles: masses of a plan sum to 1 within 1e-12, each transition counts a half.
  @Test(arguments: [Scheme.implicit, .explicit]) func weightsSumToOne(scheme: Scheme) throws {
    let couplings = try Self.couplings(try Populations.contracting(), scheme)
    #expect(couplings.count >= 40 + 37 && couplings.count <= 40 + 37 - 1 + 37 + 34 - 1)
    #expect(abs(couplings.weights.reduce(0, +) - 1) < 1e-12)
    #expect(couplings.weights.allSatisfy { $0 > 0 })
    let first = couplings.indices.filter { couplings.rhos[$0] == couplings.rhos[0] }
    #expect(abs(first.reduce(0) { $0 + couplings.weights[$1] } - 0.5) < 1e-12)
  }

  /// At (y, t_{k+1}) or at (x, t_k); gaps 0.5 and 0.75 in units of their mean 0.625.
  @Test(arguments: [Scheme.implicit, .explicit]) func whereTheConditionIsEvaluated(scheme: Scheme) throws {
    let series = try Populations.contracting()
    let couplings = try Self.couplings(series, scheme)
    let standard = couplings.standardization
    #expect(standard.duration == 0.625 && standard.origin == 0)
    let times = couplings.times
    #expect(Set(times) == Set(scheme == .implicit ? [0.5 / 0.625, 1.25 / 0.625] : [0, 0.5 / 0.625]))
    for index in couplings.indices {
      let k = times[index] == times[0] ? 0 : 1
      #expect(couplings.rhos[index] == (k == 0 ? 0.5 : 0.75) / 0.625)
      let seenAt = series.snapshots[scheme == .implicit ? k + 1 : k].points
      let other = series.snapshots[scheme == .implicit ? k : k + 1].points
      let point = couplings.row(couplings.points, index)
      let end = zip(point, couplings.row(couplings.shifts, index)).map { scheme == .implicit ? $0 - $1 : $0 + $1 }
      // Subtracting a centre, adding a shift: three roundings of numbers below 4.
      for (row, cloud) in [(point, seenAt), (end, other)] {
        let nearest = (0..<cloud.rows).map { particle in
          largest(difference(row, zip(cloud.row(particle), standard.center).map { ($0 - $1) / standard.length }))
        }.min()
        #expect((nearest ?? .infinity) < 1e-14)
      }
    }
  }

  /// In the middle of each pair and of its step; the shift leads from one end to the other.
  @Test func middlesAreHalfWay() throws {
    let series = try Populations.contracting()
    let (middles, starts) = (try Self.couplings(series, .midpoint), try Self.couplings(series, .explicit))
    #expect(middles.shifts == starts.shifts && middles.rhos == starts.rhos)
    #expect(largest(difference(middles.weights, starts.weights)) < 1e-15)
    #expect(Set(middles.times) == [0.25 / 0.625, 0.875 / 0.625])
    for index in middles.points.indices {
      #expect(abs(middles.points[index] - starts.points[index] - starts.shifts[index] / 2) < 1e-14)
    }
  }

  /// Five particles each: of all 120 pairings, the couplings must have the least mean square distance.
  @Test func pairingIsTheBestOfAll() throws {
    let (x, y) = (Populations.normal(5, 2, seed: 72), Populations.normal(5, 2, seed: 73))
    let couplings = try Self.couplings(try Populations.series([x, y], times: [1, 3]), .implicit)
    #expect(couplings.count == 5 && couplings.weights.allSatisfy { abs($0 - 0.2) < 1e-15 })
    let length = couplings.standardization.length
    let cost = couplings.indices.reduce(0) {
      $0 + couplings.weights[$1] * length * length * couplings.row(couplings.shifts, $1).reduce(0) { $0 + $1 * $1 }
    }
    var least = Double.infinity
    func extend(_ chosen: [Int], _ sum: Double) {
      if chosen.count == 5 { least = min(least, sum / 5) }
      for j in 0..<5 where !chosen.contains(j) {
        let distance = difference(Array(x.row(chosen.count)), Array(y.row(j))).reduce(0) { $0 + $1 * $1 }
        extend(chosen + [j], sum + distance)
      }
    }
    extend([], 0)
    #expect(abs(cost - least) < 1e-13 * least)
  }

  /// On a line, weighted populations are paired in order: the mass of each pair is what their intervals of cumulated
  /// weight share.
  @Test func weightedPopulationsOnALine() throws {
    let (x, a) = ([0.0, 1, 2], [1.0, 2, 1])
    let (y, b) = ([10.0, 11], [3.0, 1])
    let series = try Populations.series(
      [Matrix(rows: 3, columns: 1, elements: x), Matrix(rows: 2, columns: 1, elements: y)], times: [0, 1],
      weights: [a, b])
    let couplings = try Self.couplings(series, .explicit)
    let standard = couplings.standardization
    let pairs = couplings.indices.map { index in
      let from = couplings.points[index] * standard.length + standard.center[0]
      return [from, from + couplings.shifts[index] * standard.length, couplings.weights[index]]
    }.sorted { $0[0] < $1[0] }
    let expected = [[0, 10, 0.25], [1, 10, 0.5], [2, 11, 0.25]]
    #expect(pairs.count == 3 && zip(pairs, expected).allSatisfy { largest(difference($0, $1)) < 1e-13 })
  }

  // MARK: Entropic plans

  /// For any D, the sum over all n m pairs of P_ij ||rho D(z) + y_j - x_i||^2 is the objective of the couplings plus a
  /// constant: its differences between two D agree to rounding, and z is y_j in the implicit scheme and x_i in the
  /// explicit one.
  @Test(arguments: [Scheme.implicit, .explicit], [EntropicOptions(), EntropicOptions(relaxationX: 2, relaxationY: 3)])
  func barycentresCarryTheWholePlan(scheme: Scheme, options: EntropicOptions) throws {
    let (x, y) = (Populations.normal(23, 2, seed: 74), Populations.normal(31, 2, seed: 75))
    let series = try Populations.series([x, y], times: [0, 2], weights: [nil, (0..<31).map { Double($0 % 5) }])
    let (source, target) = (series.snapshots[0], series.snapshots[1])
    let plan = try entropicPlan(
      from: source.points, masses: source.weights, to: target.points, masses: target.weights,
      cost: .squaredEuclidean, options: options)
    let standard = try Standardization(series)
    let couplings = try Couplings(
      PlannedSeries(series, plans: [.entropic(plan)]), scheme: scheme, standardization: standard)
    #expect(couplings.count == (scheme == .implicit ? 31 - 7 : 23))
    #expect(abs(couplings.weights.reduce(0, +) - 1) < 1e-12)

    func descent(_ z: [Double], _ strength: Double) -> [Double] { z.map { strength * sin(3 * $0) + 0.2 * $0 * $0 } }
    func standardised(_ row: ArraySlice<Double>) -> [Double] {
      zip(row, standard.center).map { ($0 - $1) / standard.length }
    }
    func square(_ z: [Double], _ shift: [Double], _ strength: Double) -> Double {
      zip(descent(z, strength), shift).reduce(0) { $0 + ($1.0 + $1.1) * ($1.0 + $1.1) }
    }
    let pairs = try plan.entries(above: 0, capacity: .max).entries
    func dense(_ strength: Double) -> Double {
      pairs.reduce(0) { sum, pair in
        let (from, to) = (standardised(source.points.row(pair.row)), standardised(target.points.row(pair.column)))
        return sum
          + pair.mass / plan.mass * square(scheme == .implicit ? to : from, difference(to, from), strength)
      }
    }
    func reduced(_ strength: Double) -> Double {
      couplings.indices.reduce(0) {
        $0 + couplings.weights[$1]
          * square(couplings.row(couplings.points, $1), couplings.row(couplings.shifts, $1), strength)
      }
    }
    for strength in [-1, 0.5, 4] {
      let (all, few) = (dense(strength) - dense(0), reduced(strength) - reduced(0))
      #expect(abs(all - few) <= 1e-12 * dense(4))
    }
  }

  @Test func entropicFitsLearnAndAreKept() throws {
    let series = try Populations.contracting()
    for coupling in [
      FitOptions.Coupling.entropic(EntropicOptions(epsilon: 0.1, tolerance: 1e-5, maxIterations: 5000)),
      .entropic(EntropicOptions(relaxationX: 0.5)),
    ] {
      let fit = FitOptions(epochs: 5, coupling: coupling)
      let model = try FittedModel.fit(series, .linear(), fit)
      try withFolder { folder in
        try model.save(folder + "/entropic.safetensors")
        #expect(try FittedModel.load(folder + "/entropic.safetensors").fitOptions == fit)
      }
    }
    let hopeless = FitOptions(coupling: .entropic(EntropicOptions(epsilon: 1e-6, maxIterations: 2)))
    let error = engineError { _ = try FittedModel.fit(series, .linear(), hopeless) }
    #expect(error?.kind == .convergence && error?.message.contains("from snapshot 0 to 1") == true)
  }

  // MARK: Standardisation

  /// Centre and mean square spread, each snapshot counted once whatever its size; d numbers per particle.
  @Test func unitsOfASeries() throws {
    let series = try Populations.series(
      [
        Matrix(rows: 1, columns: 2, elements: [0, 0]),
        Matrix(rows: 4, columns: 2, elements: [4, 4, 4, 0, 4, 4, 4, 0]),
      ], times: [-1, 5])
    let standard = try Standardization(series)
    // Means (0, 0) and (4, 2); offsets from (2, 1) are (2, 1) and (2, 3) or (2, 1).
    #expect(standard.center == [2, 1] && standard.origin == -1 && standard.duration == 6)
    // Standardised points have a spread of 2.
    let variance = (5 / 2.0 + (13 + 5) / 4.0) / 2
    #expect(abs(standard.length - variance.squareRoot() / 2) < 1e-15)
  }

  /// The weights 1/3, 1/7, .. do not sum to 1 in binary; the centre must be the point all the same.
  @Test(arguments: [1, 3, 7, 49]) func oneSinglePointHasAUnit(count: Int) throws {
    let point = Matrix(rows: count, columns: 2, elements: (0..<2 * count).map { $0 % 2 == 0 ? 0.1 : 1e9 / 3 })
    let standard = try Standardization(try Populations.series([point, point, point], times: [0, 1, 3]))
    #expect(standard.length == 1 && standard.center == [0.1, 1e9 / 3])
  }

  @Test(arguments: [1e160, 1e308, 1e-160]) func spreadsBeyondTheNumbersAreRefused(size: Double) throws {
    let series = try Populations.series(
      [Matrix(rows: 2, columns: 1, elements: [-size, size]), Matrix(rows: 1, columns: 1, elements: [0])],
      times: [0, 1])
    #expect(engineError { _ = try Standardization(series) }?.kind == .nonfinite)
  }
}

extension Couplings {
  fileprivate var indices: Range<Int> { 0..<count }

  fileprivate func row(_ matrix: [Double], _ index: Int) -> [Double] {
    Array(matrix[index * dimension..<(index + 1) * dimension])
  }
}
