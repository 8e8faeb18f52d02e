extension Observability {
  /// What the figures say, in words.
  static func sentence(
    _ separations: [Separation], _ pairs: [Angles], rank: Int, of count: Int,
    _ weakest: [(name: String, weight: Double)]
  ) -> String {
    func symbol(_ term: Term) -> String {
      switch term {
      case .potential: return "V"
      case .interaction: return "U"
      case .internal: return "beta"
      }
    }
    func degrees(_ angle: Double) -> String {
      let tenths = (angle * 1800 / .pi + 0.5).rounded(.down) / 10
      return "\(tenths) degrees"
    }
    func list(_ terms: [String]) -> String {
      terms.count < 2 ? terms.joined() : terms.dropLast().joined(separator: ", ") + " and " + (terms.last ?? "")
    }
    let determined = "The data determine \(rank) of \(count) directions"
    guard separations.count > 1 else { return "\(determined)." }
    let lost = separations.filter { !$0.isIdentified }.map { symbol($0.term) }
    if !lost.isEmpty {
      let closest = list(weakest.prefix(2).map(\.name))
      return
        "\(list(lost)) cannot be told from the other terms: what \(lost.count == 1 ? "it does" : "they do") to this population, they can do too (most alike: \(closest)). \(determined); how the rest is shared out is chosen by the ridge."
    }
    let partly = separations.filter { $0.confounded > 0 }
    if !partly.isEmpty {
      let parts = partly.map { "\($0.confounded) of \($0.rank) directions of \(symbol($0.term))" }
      return
        "The fitted terms can be told apart, given enough particles, but \(list(parts)) could as well belong to the other terms. \(determined)."
    }
    let closest = pairs.min { ($0.angles.first ?? .pi) < ($1.angles.first ?? .pi) }
    guard let closest, let angle = closest.angles.first else { return "\(determined)." }
    return
      "All terms can be told apart, given enough particles; the closest are \(symbol(closest.first)) and \(symbol(closest.second)), at \(degrees(angle)). \(determined)."
  }
}
