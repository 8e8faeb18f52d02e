import Files
import Numerics

/// What the columns of a table mean, as far as its header says.
struct ParticleColumns {
  /// Columns that are, or may turn out to be, coordinates, in the order in which they are wanted.
  let coordinates: [Int]
  let time: Int
  let weights: Int?
  /// Of all columns.
  let names: [String]
  /// Columns that number or name the rows.
  let indexes: [Int]

  /// Reads the header, the first line of the table.
  ///
  /// - Throws: `.format` where the columns do not have names, or none can be chosen
  init(headerOf reader: inout CSVReader, _ options: LoadOptions) throws {
    let file = reader.name
    guard let header = try reader.record() else {
      throw EngineError(.format, "\(file) is empty; a header line is needed")
    }
    let names = header.map { reader.text($0) }
    self.names = names
    let question = NameQuestion(file: file, kind: "column", names: names)
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() where places.updateValue(place, forKey: name) != nil {
      guard name.isEmpty else { throw EngineError(.format, "\(file): two columns are named \(quoted(name))") }
    }
    func place(_ name: String, _ option: String) throws -> Int {
      guard let place = places[name] else { throw question.absent(name, option: option) }
      return place
    }
    let time = try Self.time(question, options, names)
    let timePlace = try place(time, "time")
    let weights = try question.chooseIfPresent(options.weights, UsualNames.weights, option: "weights")
    let weightsPlace = try weights.map { try place($0, "weights") }
    if let asked = options.points {
      coordinates = try Self.list(asked).map { try place($0, "points") }
      indexes = []
    } else {
      let others = names.indices.filter { $0 != timePlace && $0 != weightsPlace }
      coordinates = others.filter { !Self.isIndex(names[$0]) }
      indexes = others.filter { Self.isIndex(names[$0]) }
    }
    (self.time, self.weights) = (timePlace, weightsPlace)
  }

  /// The name of the column of times. A table without a header is told from one that only lacks a time.
  private static func time(_ question: NameQuestion, _ options: LoadOptions, _ names: [String]) throws -> String {
    if options.time == nil, names.allSatisfy({ decimal($0) != nil }) {
      throw EngineError(
        .format, "\(question.file) has no header line: it begins with \(quotedList(names)); columns need names")
    }
    return try question.choose(options.time, UsualNames.times, option: "time")
  }

  /// Names separated by commas, as cells of a line: in quotes where they hold commas or quotes themselves.
  private static func list(_ text: String) throws -> [String] {
    var reader = CSVReader(Array(text.utf8), name: "options->points = \(quoted(text))", delimiter: ",")
    return try (reader.record() ?? []).map { reader.text($0) }
  }

  private static let indexNames: Set<String> = [
    "", "index", "id", "cell", "cell_id", "cellid", "barcode", "row", "rownames", "obs_names",
  ]

  /// Whether a column is called as pandas, R and AnnData call the one that they write before all others, or as one that
  /// identifies cells.
  private static func isIndex(_ name: String) -> Bool {
    let lower = name.lowercased()
    return indexNames.contains(lower) || lower.hasPrefix("unnamed:")
  }
}
