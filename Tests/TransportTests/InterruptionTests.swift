import Numerics
import TestSupport
import Testing
import Transport

/// Work that is told to stop, stops: with an error, and nothing else.
@Suite struct InterruptionTests {
  private static func cloud(_ n: Int, seed: UInt64) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: 0)
    return Matrix(rows: n, columns: 5, elements: (0..<5 * n).map { _ in random.normal() })
  }

  /// 6,000 points take some 10,000 pivots and a second; the host is asked after a tenth of that.
  @Test func aPlanStops() {
    let (x, y) = (Self.cloud(6000, seed: 1), Self.cloud(6000, seed: 2))
    var asked = 0
    let interruption = Interruption("the plan") {
      asked += 1
      return asked < 2
    }
    let error = engineError {
      _ = try exactPlan(from: x, masses: nil, to: y, masses: nil, cost: .squaredEuclidean, interruption: interruption)
    }
    #expect(error?.kind == .cancelled && asked == 2)
    // The answer stands.
    #expect(engineError { try interruption.check() }?.kind == .cancelled)
  }

  /// A question changes nothing about the plan.
  @Test func aPlanThatGoesOnIsTheSame() throws {
    let (x, y) = (Self.cloud(500, seed: 1), Self.cloud(400, seed: 2))
    let plain = try exactPlan(from: x, masses: nil, to: y, masses: nil, cost: .euclidean)
    let asked = try exactPlan(
      from: x, masses: nil, to: y, masses: nil, cost: .euclidean, interruption: Interruption("the plan") { true })
    #expect(plain.entries == asked.entries && plain.dualX == asked.dualX)
  }

  /// Pieces on other threads see the answer that only the caller's thread may ask for.
  @Test func everyThreadStops() {
    let error = engineError {
      let none: [Int] = try Parallel.map(
        [Int](repeating: 1, count: 8), "the work", progress: { _ in false },
        body: { _, interruption in
          // Until the host's answer arrives.
          while true { try interruption.check() }
        })
      #expect(none.isEmpty)
    }
    #expect(error?.kind == .cancelled && error?.message.contains("the work") == true)
  }
}
