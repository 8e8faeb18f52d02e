import Numerics

/// Which of the names in a file stand for times, weights and points where the caller does not say.
///
/// Upper and lower case do not matter. Exactly one of the usual names has to be there: of several, none is more likely
/// to be meant than the others.
enum UsualNames {
  static let points = ["x", "points", "data", "trajectories", "coordinates", "positions", "particles"]
  static let times = [
    "time", "times", "t", "ts", "day", "days", "hour", "hours", "samples", "sample_labels", "labels", "timepoint",
    "timepoints", "time_point", "time_points",
  ]
  static let weights = ["weights", "weight"]

  static func candidates(_ usual: [String], in names: [String]) -> [String] {
    names.filter { usual.contains($0.lowercased()) }
  }
}

/// A question to a file: which of its names is meant?
struct NameQuestion {
  /// What messages call the file.
  let file: String
  /// What its names are names of: columns or arrays.
  let kind: String
  /// In the order of the file.
  let names: [String]

  /// The name asked for, else the only usual one.
  ///
  /// - Parameter option: the one by which the caller names it
  func choose(_ asked: String?, _ usual: [String], option: String) throws -> String {
    guard let name = try chooseIfPresent(asked, usual, option: option) else {
      throw EngineError(
        .format,
        "\(file) has no \(option) \(kind) among its \(listed); name one in \(option), or call it \(usual[0])")
    }
    return name
  }

  /// As `choose`; nil where no name is usual.
  func chooseIfPresent(_ asked: String?, _ usual: [String], option: String) throws -> String? {
    if let asked {
      guard names.contains(asked) else { throw absent(asked, option: option) }
      return asked
    }
    let candidates = UsualNames.candidates(usual, in: names)
    guard candidates.count <= 1 else {
      throw EngineError(
        .format,
        "\(file) has several \(kind)s that may be the \(option): \(quotedList(candidates)); name one in \(option)"
      )
    }
    return candidates.first
  }

  func absent(_ asked: String, option: String) -> EngineError {
    EngineError(.format, "\(option) = \(quoted(asked)) is not one of the \(kind)s of \(file), which has \(listed)")
  }

  private var listed: String { names.isEmpty ? "0 \(kind)s" : "\(kind)s \(quotedList(names))" }
}
