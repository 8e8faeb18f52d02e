import Numerics
import TestSupport
import Testing

@Suite("Work that is told to end")
struct InterruptionTests {
  @Test("Once the host has refused, pieces that have not begun are left out")
  func pieces() {
    var done: [Int] = []
    let found = questions(refusal: 4) {
      try Interruption.during("the pieces", goesOn) {
        nonisolated(unsafe) var pieces: [Int] = []
        Parallel.forEachHeeding(100) { pieces.append($0) }
        done = pieces
      }
    }
    #expect(found.ended(at: 4) && done == [0, 1, 2])
  }

  @Test("Work without a host is done in full")
  func nobodyAsks() throws {
    nonisolated(unsafe) var done = 0
    withThreads(1) { Parallel.forEachHeeding(100) { _ in done += 1 } }
    #expect(done == 100)
    try Interruption.check()
    #expect(!Interruption.stops)
  }

  @Test("A part of the work asks for the whole; its own host is asked too, and names the part")
  func parts() throws {
    var (whole, part) = (0, 0)
    let error = engineError {
      func askWhole() -> Bool {
        whole += 1
        return true
      }
      func askPart() -> Bool {
        part += 1
        return part < 3
      }
      try Interruption.with(Interruption("whole", interval: 0, askWhole)) {
        try Interruption.during("part", askPart) { for _ in 0..<10 { try Interruption.check() } }
      }
    }
    #expect(error == EngineError(.cancelled, "part cancelled by the progress callback"))
    #expect(whole == 3 && part == 3)
    // What one part's host refused does not bind the next part.
    try Interruption.during("part", goesOn) { try Interruption.check() }
  }

  @Test("A result that was made in spite of a refusal is not handed out")
  func refusalsHold() {
    let error = engineError {
      try Interruption.with(Interruption("whole", interval: 0, goesOn)) {
        let value = try Interruption.during("part", refuses) { Interruption.stops ? 1 : 0 }
        Issue.record("\(value) came back")
      }
    }
    #expect(error?.kind == .cancelled)
  }

  @Test("What the host calls while it is asked is work of its own")
  func withinQuestions() {
    var seen: [Bool] = []
    let interruption = Interruption("whole", interval: 0) {
      seen.append(Interruption.current == nil)
      return seen.count < 2
    }
    Interruption.with(interruption) { while !Interruption.stops {} }
    #expect(seen == [true, true])
  }

  @Test("Threads that did not call the library do not ask, but stop")
  func otherThreads() {
    let asked = Pieces()
    let error = engineError {
      func ask() -> Bool { asked.add() < 3 }
      try Interruption.with(Interruption("whole", interval: 0, ask)) {
        _ = try withThreads(3) { try Parallel.map(3) { _ in while true { try Interruption.check() } } as [Int] }
      }
    }
    // On a machine without threads to spare the host's own thread does all pieces.
    #expect(error?.kind == .cancelled && asked.count == 3)
  }
}

private func goesOn() -> Bool { true }
private func refuses() -> Bool { false }

private final class Pieces: Sendable {
  private let number = AtomicInt(0)
  var count: Int { number.value }
  func add() -> Int { number.fetchAdd(1) + 1 }
}
