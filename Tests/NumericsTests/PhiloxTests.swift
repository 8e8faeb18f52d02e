import Foundation
import Numerics
import Testing

@Suite("Random numbers")
struct PhiloxTests {
  /// Counter (four words), key (two), block (four): the known answers that Random123 publishes, then three from
  /// Tests/Oracles/philox.py, which is checked against the former.
  static let answers: [[UInt32]] = [
    [
      0x0000_0000, 0x0000_0000, 0x0000_0000, 0x0000_0000, 0x0000_0000, 0x0000_0000, 0x6627_E8D5, 0xE169_C58D,
      0xBC57_AC4C, 0x9B00_DBD8,
    ],
    [
      0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0x408F_276D, 0x41C8_3B0E,
      0xA20B_C7C6, 0x6D54_51FD,
    ],
    [
      0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344, 0xA409_3822, 0x299F_31D0, 0xD16C_FE09, 0x94FD_CCEB,
      0x5001_E420, 0x2412_6EA1,
    ],
    [
      0x0000_0001, 0x0000_0002, 0x0000_0003, 0x0000_0004, 0x0000_0005, 0x0000_0006, 0xC0C8_39BC, 0x889C_87C5,
      0x6198_6739, 0x2D46_23D0,
    ],
    [
      0xDEAD_BEEF, 0x0000_0000, 0x0100_0000, 0x0001_0000, 0x0000_002A, 0x0000_0000, 0xC656_5AAE, 0xFA57_3D5A,
      0xC018_9829, 0x3CA9_288E,
    ],
    [
      0x0000_0007, 0x0000_0000, 0x0000_0000, 0x0002_0000, 0x0000_0000, 0x8000_0000, 0x5ECE_5347, 0xB282_6516,
      0x1641_B5B1, 0x9AF0_7B57,
    ],
  ]

  @Test("Known answers of Philox4x32-10", arguments: answers)
  func knownAnswers(words: [UInt32]) {
    func pair(_ low: Int) -> UInt64 { UInt64(words[low + 1]) << 32 | UInt64(words[low]) }
    let block = Philox(seed: pair(4), stream: pair(2)).block(pair(0))
    #expect((0..<4).map { block[$0] } == Array(words[6...]))
  }

  @Test("Uniform numbers are odd multiples of 2^-53 in (0, 1), with the moments of a uniform")
  func uniforms() {
    var random = PhiloxSequence(seed: 1, stream: 2)
    let count = 200_000
    let values = (0..<count).map { _ in random.uniform() }
    #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(values.allSatisfy { $0 * 0x1p53 == ($0 * 0x1p53).rounded() && Int($0 * 0x1p53) % 2 == 1 })
    // E u^k = 1/(k + 1) with variance k^2 / ((2k + 1)(k + 1)^2); five standard errors.
    for k in 1...4 {
      let mean = values.reduce(0) { $0 + pow($1, Double(k)) } / Double(count)
      let deviation = Double(k) / Double(k + 1) / (Double(2 * k + 1) * Double(count)).squareRoot()
      #expect(abs(mean - 1 / Double(k + 1)) < 5 * deviation)
    }
  }

  @Test("Normal numbers have the moments of a normal, and pairs do not correlate")
  func normals() {
    var random = PhiloxSequence(seed: 3, stream: 4)
    let count = 200_000
    let values = (0..<count).map { _ in random.normal() }
    // E z^k and the variance of z^k, E z^2k - (E z^k)^2, for k = 1..6; five standard errors.
    let moments: [(Double, Double)] = [(0, 1), (1, 2), (0, 15), (3, 96), (0, 945), (15, 10170)]
    for (k, (expected, variance)) in moments.enumerated() {
      let mean = values.reduce(0) { $0 + pow($1, Double(k + 1)) } / Double(count)
      #expect(abs(mean - expected) < 5 * (variance / Double(count)).squareRoot(), "moment \(k + 1)")
    }
    for lag in [1, 2] {
      let correlation = (0..<count - lag).reduce(0) { $0 + values[$1] * values[$1 + lag] } / Double(count)
      #expect(abs(correlation) < 5 / Double(count).squareRoot())
    }
    // P(|z| > 1.959964) = 0.05.
    let tail = Double(values.count { abs($0) > 1.959963984540054 })
    #expect(abs(tail - 0.05 * Double(count)) < 5 * (0.05 * 0.95 * Double(count)).squareRoot())
  }

  @Test("Both of Box and Muller's numbers, at the ends of the uniform range too, are finite")
  func ends() {
    for u in [0x1p-53, 0.5, 1 - 0x1p-53] {
      for v in [0x1p-53, 0.25, 1 - 0x1p-53] {
        let (first, second) = PhiloxSequence.normalPair(u, v)
        #expect(first.isFinite && second.isFinite)
        // r^2 = -2 log u, to a few roundings.
        #expect(abs(first * first + second * second + 2 * log(u)) <= 8 * Double.ulpOfOne * max(1, -2 * log(u)))
      }
    }
  }

  @Test("Integers below a bound are uniform", arguments: [1, 2, 3, 7, 10, 64])
  func integers(bound: Int) {
    var random = PhiloxSequence(seed: 5, stream: UInt64(bound))
    let count = 6400 * bound
    var counts = [Double](repeating: 0, count: bound)
    for _ in 0..<count { counts[random.integer(below: bound)] += 1 }
    #expect(chiSquare(counts, expected: 6400) < chiSquareBound(bound - 1))
  }

  @Test("Integers below large bounds stay below them")
  func largeIntegers() {
    var random = PhiloxSequence(seed: 6, stream: 0)
    for bound in [Int.max, Int.max / 2 + 2, 1 << 62, 3 << 61] {
      var sum = 0.0
      for _ in 0..<10_000 {
        let value = random.integer(below: bound)
        #expect(value >= 0 && value < bound)
        sum += Double(value) / Double(bound)
      }
      // Five standard errors of a uniform's mean.
      #expect(abs(sum / 10_000 - 0.5) < 5 * (1.0 / 12 / 10_000).squareRoot())
    }
  }

  @Test("All permutations are equally likely")
  func permutations() {
    var random = PhiloxSequence(seed: 7, stream: 0)
    var counts: [[Int]: Double] = [:]
    for _ in 0..<24 * 2000 { counts[random.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(chiSquare(Array(counts.values), expected: 2000) < chiSquareBound(23))
    #expect(random.permutation(0) == [] && random.permutation(1) == [0])
    #expect(random.permutation(1000).sorted() == Array(0..<1000))
  }

  @Test("Streams, purposes and seeds give different numbers, the same ones the same")
  func streams() {
    let purposes: [RandomPurpose] = [.split, .shuffle, .weights, .batches, .centers, .noise]
    let streams = purposes.flatMap { purpose in [0, 1, 1 << 40].map { purpose.stream($0) } }
    #expect(Set(streams).count == streams.count)
    var firsts = Set<Double>()
    for seed in [0, 1, 1 << 32, UInt64.max] {
      for stream in streams {
        var one = PhiloxSequence(seed: seed, stream: stream)
        var other = PhiloxSequence(seed: seed, stream: stream)
        let value = one.uniform()
        #expect(value == other.uniform())
        firsts.insert(value)
      }
    }
    #expect(firsts.count == 4 * streams.count)
  }

  private func chiSquare(_ counts: [Double], expected: Double) -> Double {
    counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
  }

  /// Wilson and Hilferty's approximation of the quantile that chi-square exceeds with probability 3e-7 (five sigma).
  private func chiSquareBound(_ freedom: Int) -> Double {
    guard freedom > 0 else { return 1e-9 }
    let f = Double(freedom)
    return f * pow(1 - 2 / (9 * f) + 5 * (2 / (9 * f)).squareRoot(), 3)
  }
}
