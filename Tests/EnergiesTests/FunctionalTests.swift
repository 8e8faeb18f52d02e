import CSystem
import Energies
import Numerics
import OracleSupport
import Testing

@Suite struct FunctionalTests {
  // MARK: Names and dimensions

  @Test func namesAreThoseOfTheLiteratureInOrder() {
    #expect(
      Functional.allCases.map(\.rawValue) == [
        "styblinski_tang", "holder_table", "zigzag_ridge", "oakley_ohagan", "watershed", "ishigami", "friedman",
        "sphere", "bohachevsky", "flowers", "wavy_plateau", "double_exp", "relu", "rotational", "flat",
      ])
  }

  @Test(arguments: Functional.allCases) func isFoundByName(functional: Functional) throws {
    #expect(try Functional.named(functional.rawValue) == functional)
  }

  @Test(arguments: ["", "Sphere", "sphere ", "himmelblau"]) func unknownNameIsRefused(name: String) {
    let error = #expect(throws: EngineError.self) { try Functional.named(name) }
    #expect(error?.kind == .invalid)
    #expect(error?.message.hasPrefix("name = \"\(name)\"") == true)
    #expect(error?.message.hasSuffix("rotational, flat") == true)
  }

  @Test(arguments: Functional.allCases) func dimensionIsChecked(functional: Functional) throws {
    try functional.check(dimension: functional.minimumDimension)
    let error = #expect(throws: EngineError.self) { try functional.check(dimension: functional.minimumDimension - 1) }
    #expect(error?.kind == .invalid)
  }

  // MARK: Numbers

  /// Tolerances: both sides round each of about ten operations to 1.1e-16, and sin(pi a b) in friedman multiplies the
  /// rounding of its argument (up to 1500) by 1e-13 in all; terms of a sum may cancel, hence the largest value at these
  /// points as the scale.
  @Test(arguments: Functional.allCases, [1, 2, 3, 5])
  func agreesWithAutomaticDifferentiation(functional: Functional, d: Int) throws {
    guard d >= functional.minimumDimension else { return }
    let oracle = try OracleFile("functionals")
    let points = try oracle["points_\(d)"]
    let values = try oracle["\(functional.rawValue)_\(d)_value"].values
    let gradients = try oracle["\(functional.rawValue)_\(d)_gradient"].values
    let valueScale = values.reduce(0) { max($0, abs($1)) }
    let gradientScale = gradients.reduce(0) { max($0, abs($1)) }
    for i in 0..<points.shape[0] {
      let point = Array(points.values[i * d..<(i + 1) * d])
      #expect(abs(functional.value(point) - values[i]) <= 1e-12 * valueScale)
      for (mine, theirs) in zip(functional.gradient(point), gradients[i * d..<(i + 1) * d]) {
        #expect(abs(mine - theirs) <= 1e-10 * gradientScale)
      }
    }
  }

  /// Central differences with h = 1e-5: truncation h^2 f'''/6 with third derivatives up to 1e5 (friedman, whose
  /// sin(pi a b) has frequency 2 pi b, about 45), that is 2e-6; rounding 1e-16 |f| / h, below 1e-8.
  @Test(arguments: Functional.allCases, [1, 2, 3, 4, 7])
  func gradientIsTheLimitOfDifferences(functional: Functional, d: Int) throws {
    guard d >= functional.minimumDimension else { return }
    var random = PhiloxSequence(seed: 7, stream: UInt64(d))
    let h = 1e-5
    for _ in 0..<20 {
      let point = (0..<d).map { _ in 8 * random.uniform() - 4 }
      let gradient = functional.gradient(point)
      let scale = gradient.reduce(1) { max($0, abs($1)) }
      for i in 0..<d {
        var (above, below) = (point, point)
        above[i] += h
        below[i] -= h
        let difference = (functional.value(above) - functional.value(below)) / (above[i] - below[i])
        #expect(abs(difference - gradient[i]) <= 2e-5 * scale)
      }
    }
  }

  @Test func handComputedValues() {
    #expect(Functional.styblinskiTang.value([1, 2]) == -24)
    #expect(Functional.sphere.value([3, 4]) == -250)
    #expect(Functional.relu.value([-1, 2, 3]) == -250)
    #expect(Functional.wavyPlateau.value([0, 1]) == -0.5)
    #expect(Functional.doubleExp.value([3]) == 200 + 200 * exp(-1.8))
    #expect(Functional.rotational.value([-5, 0]) == -750 * Double.pi)
    #expect(Functional.flat.value([1]) == 0)
  }

  // MARK: Kinks

  @Test func gradientIsZeroAtKinks() {
    #expect(Functional.relu.gradient([0, -0.0, 1]) == [0, 0, -50])
    // |sin z1 cos z2| at sin z1 = 0, at the origin too.
    #expect(Functional.holderTable.gradient([0, 0]) == [0, 0])
    #expect(Functional.holderTable.gradient([0, 1, 0.5]) == [0, 0, 0])
    // The jump of the staircase, its centre, and the foot of its stairs.
    #expect(Functional.rotational.gradient([-6, -5]) == [0, 0])
    #expect(Functional.rotational.gradient([-5, -5]) == [0, 0])
    #expect(Functional.rotational.gradient([-6, (-5.0).nextUp])[0] > -1)
  }

  /// At ||v|| = pi exactly, the factor exp|1 - ||v|| / pi| contributes nothing; what remains is
  /// 10 cos(z1) cos(z2) and -10 sin(z1) sin(z2).
  @Test func holderTableOnTheCircleOfRadiusPi() {
    let gradient = Functional.holderTable.gradient([Double.pi, 0])
    #expect(abs(gradient[0] - 10 * cos(Double.pi)) < 1e-14)
    #expect(abs(gradient[1]) < 1e-14)
  }

  @Test func flowersIsSmoothAtZero() {
    #expect(Functional.flowers.gradient([0, -0.0]) == [1, 1])
  }

  // MARK: Extremes

  /// Signed zeros, subnormal, tiny, the special points of the formulas, huge, the largest: all combinations.
  @Test(arguments: Functional.allCases, [1, 2, 3])
  func isFiniteEverywhere(functional: Functional, d: Int) {
    guard d >= functional.minimumDimension else { return }
    let pi = Double.pi
    let magnitudes = [
      0, 0x1p-1074, 0x1p-1030, 1e-160, 1e-8, 0.5, 1, 3, pi / 2, pi, 5, 5.0.nextUp, 7, 700 * pi, 1e4, 1e10, 1e75, 1e76,
      1e103,
      1e154, 1e200, .greatestFiniteMagnitude,
    ]
    let coordinates = magnitudes.flatMap { [$0, -$0] }
    let count = coordinates.count
    var cases = 1
    for _ in 0..<d { cases *= count }
    for number in 0..<cases {
      var rest = number
      var point: [Double] = []
      for _ in 0..<d {
        point.append(coordinates[rest % count])
        rest /= count
      }
      let finite = functional.value(point).isFinite && functional.gradient(point).allSatisfy(\.isFinite)
      if !finite {
        Issue.record("\(functional) is not finite at \(point)")
        return
      }
    }
  }

  @Test(arguments: Functional.allCases) func survivesEmptyParticles(functional: Functional) {
    #expect(functional.gradient([]).isEmpty)
    _ = functional.value([])
  }
}

extension Functional {
  fileprivate func value(_ point: [Double]) -> Double { point.withUnsafeBufferPointer { value($0) } }

  fileprivate func gradient(_ point: [Double]) -> [Double] {
    var result = [Double](repeating: .nan, count: point.count)
    result.withUnsafeMutableBufferPointer { result in
      point.withUnsafeBufferPointer { gradient($0, into: result) }
    }
    return result
  }
}
