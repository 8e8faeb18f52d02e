import Numerics
import Testing

@Suite struct TeamTests {
  /// Every piece is done once, by a member of the team, in thousands of rounds of any size.
  @Test(arguments: 1...5) func everyPieceOnce(threads: Int) {
    let team = Team(threads: threads)
    defer { team.dismiss() }
    for round in 0..<3000 {
      let pieces = round % 23
      let counts = (0..<23).map { _ in AtomicInt(0) }
      let strangers = AtomicInt(0)
      team.forEach(pieces) { piece, member in
        _ = counts[piece].fetchAdd(1)
        if member < 0 || member >= team.count { _ = strangers.fetchAdd(1) }
      }
      #expect(counts.map(\.value) == (0..<23).map { $0 < pieces ? 1 : 0 } && strangers.value == 0)
    }
  }

  @Test func moreThanOneRoundOfPieces() {
    let team = Team(threads: 2)
    defer { team.dismiss() }
    let sum = AtomicInt(0)
    team.forEach(100_000) { piece, _ in _ = sum.fetchAdd(piece) }
    #expect(sum.value == 100_000 * 99_999 / 2)
  }

  /// A team within a piece of another stays on its thread.
  @Test func workWithinWork() {
    let team = Team(threads: 2)
    defer { team.dismiss() }
    let sum = AtomicInt(0)
    team.forEach(8) { _, _ in Parallel.forEach(5) { piece in _ = sum.fetchAdd(piece) } }
    #expect(sum.value == 80)
  }
}
