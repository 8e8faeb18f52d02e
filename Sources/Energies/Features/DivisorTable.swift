/// A table of monomials that contains all their divisors, the constant first and each monomial after its divisors.
///
/// A monomial is one of lower degree times a coordinate. Its derivative by x_k is its exponent of x_k times the
/// monomial divided by x_k. Means over differences x - y obey the same rule, so that one row of values per monomial is
/// enough for derivatives of any order.
struct DivisorTable: Sendable, Equatable {
  /// A coordinate that occurs in a monomial. Monomials have few of them, whatever the dimension.
  struct Factor: Sendable, Equatable {
    let coordinate: Int
    let exponent: Int
    /// The place of the monomial divided by this coordinate.
    let lowered: Int
  }

  private(set) var factors: [Factor] = []
  /// factors[starts[g]..<starts[g + 1]] make up monomial g.
  private(set) var starts = [0]

  var count: Int { starts.count - 1 }

  func range(_ monomial: Int) -> Range<Int> { starts[monomial]..<starts[monomial + 1] }

  /// The table of all divisors of given monomials, and the places of these monomials in it.
  static func containing(_ exponents: [Int], _ dimension: Int) -> (DivisorTable, places: [Int]) {
    var table = DivisorTable()
    // The coordinates of a monomial one by one, each as often as its exponent says: a short key, whatever the
    // dimension.
    var places: [[Int]: Int] = [:]
    func place(_ key: [Int]) -> Int {
      if let place = places[key] { return place }
      var factors: [Factor] = []
      for (position, coordinate) in key.enumerated() where position == 0 || key[position - 1] != coordinate {
        var lower = key
        lower.remove(at: position)
        factors.append(
          Factor(coordinate: coordinate, exponent: key.count { $0 == coordinate }, lowered: place(lower)))
      }
      table.factors += factors
      table.starts.append(table.factors.count)
      places[key] = table.count - 1
      return table.count - 1
    }
    _ = place([])
    let count = exponents.count / max(1, dimension)
    let found = (0..<count).map { monomial in
      place(
        (0..<dimension).flatMap { coordinate in
          [Int](repeating: coordinate, count: exponents[monomial * dimension + coordinate])
        })
    }
    return (table, found)
  }

  /// A monomial divided by x_coordinate^times, which must divide it.
  func lowered(_ monomial: Int, _ coordinate: Int, _ times: Int) -> Int {
    var monomial = monomial
    for _ in 0..<times {
      for position in range(monomial) where factors[position].coordinate == coordinate {
        monomial = factors[position].lowered
        break
      }
    }
    return monomial
  }
}
