import Files
import Numerics

/// The file that a flow is written to after every step, and goes on from.
struct FlowCheckpoint {
  private let options: FlowOptions
  private let base: any BaseDensity
  private let place: FlowOptions.Checkpoint

  init(_ place: FlowOptions.Checkpoint, _ options: FlowOptions, _ base: any BaseDensity) throws {
    (self.place, self.options, self.base) = (place, options, base)
    guard options.method != .particles else {
      throw EngineError(.invalid, "checkpoint = \"\(place.path)\" is for maps; a flow of particles has none")
    }
    try WassersteinFlow.requireFormula(base)
    guard place.resumes || !File.exists(place.path) else {
      throw EngineError(
        .invalid, "checkpoint = \"\(place.path)\" exists; resume from it, remove it, or name another file")
    }
  }

  func write(_ flow: WassersteinFlow) throws { try flow.save(place.path, settings: settings) }

  /// The flow so far; nil where there is no file yet.
  ///
  /// - Throws: `.invalid` where the file is of another flow
  func found(startingWith energy: Double) throws -> WassersteinFlow? {
    guard place.resumes, File.exists(place.path) else { return nil }
    let (kept, written) = try WassersteinFlow.loadWithSettings(place.path)
    func refuse(_ what: String) -> EngineError {
      EngineError(.invalid, "checkpoint = \"\(place.path)\" is of a flow with \(what)")
    }
    guard written == settings else { throw refuse("other options") }
    guard WassersteinFlow.sameFormula(kept.base, base) else { throw refuse("another base density") }
    guard kept.energies.first == energy else { throw refuse("another energy") }
    guard kept.stepCount <= options.steps else {
      throw refuse("\(kept.stepCount) steps, more than steps = \(options.steps)")
    }
    return kept
  }

  /// All that the maps depend on, but the energy and the number of steps.
  private var settings: String {
    var own = options
    (own.checkpoint, own.steps) = (nil, 1)
    return String(describing: own)
  }
}
