import CSystem
import Numerics
import Synchronization
import TestSupport
import Testing

@Suite("Work over threads")
struct ParallelTests {
  @Test("Every piece is done once", arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
  func once(threads: Int, pieces: Int) {
    let counts = (0..<pieces).map { _ in AtomicInt(0) }
    withThreads(threads) { Parallel.forEach(pieces) { _ = counts[$0].fetchAdd(1) } }
    #expect(counts.allSatisfy { $0.value == 1 })
  }

  @Test("Ranges cover the whole without overlap", arguments: [0, 1, 9, 10, 11, 1001], [1, 3, 10, 5000])
  func ranges(count: Int, grain: Int) {
    let ranges = Mutex<[Range<Int>]>([])
    withThreads(4) { Parallel.forRanges(count, grain: grain) { range in ranges.withLock { $0.append(range) } } }
    let sorted = ranges.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } }
    #expect(sorted.allSatisfy { (1...grain).contains($0.count) })
    #expect(sorted.flatMap { Array($0) } == Array(0..<count))
  }

  @Test("Sums by piece do not depend on the number of threads, to the last bit")
  func determinism() {
    func sum() -> UInt64 {
      let pieces = 64
      let partial = Mutex<[Double]>([Double](repeating: 0, count: pieces))
      Parallel.forEach(pieces) { piece in
        var random = PhiloxSequence(seed: 9, stream: UInt64(piece))
        let value = (0..<1000).reduce(0.0) { sum, _ in sum + random.normal() }
        partial.withLock { $0[piece] = value }
      }
      return partial.withLock { $0.reduce(0, +).bitPattern }
    }
    let sums = [1, 2, 3, 5, 16, 100].map { withThreads($0, sum) }
    #expect(Set(sums).count == 1)
  }

  @Test("Work may start work")
  func nested() {
    let total = AtomicInt(0)
    withThreads(4) {
      Parallel.forEach(8) { outer in
        Parallel.forEach(8) { inner in _ = total.fetchAdd(outer * 8 + inner) }
      }
    }
    #expect(total.value == 64 * 63 / 2)
  }

  @Test("Work within work stays on its thread: no more threads than were asked for")
  func nestedThreads() {
    let seen = Mutex<Set<UInt>>([])
    withThreads(3) {
      Parallel.forEach(12) { _ in
        Parallel.forEach(12) { _ in _ = seen.withLock { $0.insert(UInt(pthread_self())) } }
      }
    }
    #expect((1...3).contains(seen.withLock { $0.count }))
  }

  @Test("By default there is at least one thread; 0 returns to the default")
  func defaults() {
    #expect(withThreads(0) { Parallel.threadCount } >= 1)
    #expect(withThreads(7) { Parallel.threadCount } == 7)
  }
}
