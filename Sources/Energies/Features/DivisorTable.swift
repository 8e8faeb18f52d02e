/// Monomials of which all divisors are in the table too, the constant first and each after its divisors.
///
/// A monomial is one of lower degree times a coordinate; its derivative by x_k is its exponent of x_k times that divided by x_k. So
/// are the means of both over differences x - y, which makes a row of values per monomial all that derivatives of any order need.
struct DivisorTable: Sendable, Equatable {
  /// The coordinates that occur in a monomial: few of them, however many there are.
  struct Factor: Sendable, Equatable {
    let coordinate: Int
    let exponent: Int
    /// Where the monomial divided by this coordinate is.
    let lowered: Int
  }

  private(set) var factors: [Factor] = []
  /// factors[starts[g]..<starts[g + 1]] make up monomial g.
  private(set) var starts = [0]

  var count: Int { starts.count - 1 }

  func range(_ monomial: Int) -> Range<Int> { starts[monomial]..<starts[monomial + 1] }

  /// The table of all divisors of given monomials, and where those are in it.
  static func containing(_ exponents: [Int], _ dimension: Int) -> (DivisorTable, places: [Int]) {
    var table = DivisorTable()
    // Coordinates of a monomial one by one, repeated: a short key, whatever the dimension.
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
