import Numerics

/// Where particles are, less the population's centre: forces depend on differences alone, which keep their digits so.
struct CentredPlaces {
  private let origin: Matrix

  init(_ x: Matrix) {
    let d = x.columns
    var center = [Double](repeating: 0, count: d)
    for index in x.elements.indices { center[index % d] += x.elements[index] / Double(max(1, x.rows)) }
    origin = Matrix(
      rows: x.rows, columns: d, elements: x.elements.indices.map { x.elements[$0] - center[$0 % d] })
  }

  /// - Parameter displacement: empty for none
  func moved(_ displacement: [Double]) -> Matrix {
    var places = origin
    add(displacement, to: &places.elements)
    return places
  }
}

// Vectors of all particles' coordinates.

func add(_ a: [Double], to b: inout [Double]) {
  for index in a.indices { b[index] += a[index] }
}

func subtract(_ a: [Double], _ b: [Double]) -> [Double] { a.indices.map { a[$0] - b[$0] } }

func norm(_ a: [Double]) -> Double {
  var sum = 0.0
  for value in a { sum += value * value }
  return sum.squareRoot()
}

/// Largest size of all; NaN counts as infinite.
func largest(_ a: [Double]) -> Double { a.reduce(0) { max($0, $1.isNaN ? .infinity : abs($1)) } }
