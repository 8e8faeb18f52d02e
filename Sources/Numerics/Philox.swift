import CSystem

/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy
/// as 1, 2, 3", SC 2011).
///
/// The n-th block is a function of (seed, stream, n) alone, so that any thread can draw any number and the result
/// does not depend on who drew what first. A stream is a purpose (and a particle, where each has its own).
package struct Philox: Sendable {
  package let key: (UInt32, UInt32)
  package let stream: UInt64

  package init(seed: UInt64, stream: UInt64) {
    self.key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  /// Four independent 32-bit words.
  package func block(_ counter: UInt64) -> SIMD4<UInt32> {
    // Four numbers, because a vector would be split and put together again in each of ten rounds.
    var (w0, w1) = (UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32))
    var (w2, w3) = (UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    var (k0, k1) = key
    for round in 0..<10 {
      if round > 0 {
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
      }
      let p0 = UInt64(w0) &* 0xD251_1F53
      let p1 = UInt64(w2) &* 0xCD9E_8D57
      (w0, w1) = (UInt32(truncatingIfNeeded: p1 >> 32) ^ w1 ^ k0, UInt32(truncatingIfNeeded: p1))
      (w2, w3) = (UInt32(truncatingIfNeeded: p0 >> 32) ^ w3 ^ k1, UInt32(truncatingIfNeeded: p0))
    }
    return SIMD4(w0, w1, w2, w3)
  }

  /// Two independent uniform numbers in (0, 1), 52 bits each; never 0, so that their logarithm is finite.
  package func uniforms(_ counter: UInt64) -> (Double, Double) {
    let word = block(counter)
    return (Self.unit(word[0], word[1]), Self.unit(word[2], word[3]))
  }

  /// The midpoint of one of 2^52 equal intervals: 52 bits and the half fill the significand exactly. With 53 bits the
  /// half would round, and the topmost interval would give 1.
  private static func unit(_ low: UInt32, _ high: UInt32) -> Double {
    let bits = (UInt64(high) << 32 | UInt64(low)) >> 12
    return (Double(bits) + 0.5) * 0x1p-52
  }
}

/// The numbers of one Philox stream, one after the other.
package struct PhiloxSequence: Sendable {
  private let source: Philox
  private var counter: UInt64
  private var spare: Double?

  package init(seed: UInt64, stream: UInt64, counter: UInt64 = 0) {
    source = Philox(seed: seed, stream: stream)
    self.counter = counter
  }

  /// Uniform in (0, 1).
  package mutating func uniform() -> Double {
    defer { counter &+= 1 }
    return source.uniforms(counter).0
  }

  /// Uniform in 0..<bound, without bias: Lemire's multiplication with rejection. `bound` is at least 1.
  package mutating func integer(below bound: Int) -> Int {
    let range = UInt64(bound)
    while true {
      let word = source.block(counter)
      counter &+= 1
      let product = (UInt64(word[1]) << 32 | UInt64(word[0])).multipliedFullWidth(by: range)
      // The remainder is below the range, so it is seldom needed.
      if product.low >= range || product.low >= (0 &- range) % range { return Int(product.high) }
    }
  }

  /// Standard normal (Box and Muller's pair, one after the other).
  package mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let (radius, angle) = source.uniforms(counter)
    counter &+= 1
    let (first, second) = Self.normalPair(radius, angle)
    spare = second
    return first
  }

  package static func normalPair(_ u: Double, _ v: Double) -> (Double, Double) {
    let radius = (-2 * log(u)).squareRoot()
    return (radius * cos(2 * Double.pi * v), radius * sin(2 * Double.pi * v))
  }

  /// A random permutation of 0..<count (Fisher and Yates).
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  package mutating func shuffle<Element>(_ values: inout [Element]) {
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, integer(below: last + 1))
    }
  }
}

/// What random numbers are drawn for: the high bits of a stream, so that no two purposes share numbers.
package enum RandomPurpose: UInt64 {
  case guess = 0
  case split, shuffle, weights, batches, centers, noise, components, bootstrap, rollout, frequencies,
    interactionWeights,
    interactionSamples, validation, lastLayer, probes, thinning, residuals, members, simulations,
    flowBase, flowDraws, flowBumps, chains, flowNoise

  package func stream(_ index: Int = 0) -> UInt64 { rawValue << 48 | UInt64(index) }
}
