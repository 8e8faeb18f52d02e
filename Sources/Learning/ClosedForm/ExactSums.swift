/// Sums whose rounding errors are kept beside them (Knuth's two-sum): each is right to about 1e-32 of its largest term.
struct ExactSums: Sendable {
  private var high: [Double]
  private var low: [Double]

  init(count: Int) {
    high = [Double](repeating: 0, count: count)
    low = high
  }

  func value(_ index: Int) -> Double { high[index] + low[index] }

  func values(_ range: Range<Int>) -> [Double] { range.map { high[$0] + low[$0] } }

  mutating func add(_ terms: [Double], at start: Int) {
    high.withUnsafeMutableBufferPointer { high in
      low.withUnsafeMutableBufferPointer { low in
        for (index, term) in terms.enumerated() { Self.add(term, 0, &high[start + index], &low[start + index]) }
      }
    }
  }

  mutating func add(_ other: ExactSums) {
    for index in high.indices { Self.add(other.high[index], other.low[index], &high[index], &low[index]) }
  }

  @inline(__always)
  private static func add(_ term: Double, _ rest: Double, _ high: inout Double, _ low: inout Double) {
    let sum = high + term
    let part = sum - high
    let error = (high - (sum - part)) + (term - part)
    let tail = low + (error + rest)
    high = sum + tail
    low = tail - (high - sum)
  }
}
