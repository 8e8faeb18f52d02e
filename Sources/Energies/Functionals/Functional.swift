import Numerics

/// The benchmark energies of the JKOnet* paper (arXiv:2406.12616, appendix), as potential V(v) or interaction U(v).
///
/// Formulas and conventions: docs/functionals.md. Gradients are analytic and 0 at kinks and jumps. Every result is
/// finite for finite input: coordinates beyond +-1e75, where fourth powers would overflow, are taken as +-1e75.
package enum Functional: String, CaseIterable, Sendable {
  case styblinskiTang = "styblinski_tang"
  case holderTable = "holder_table"
  case zigzagRidge = "zigzag_ridge"
  case oakleyOHagan = "oakley_ohagan"
  case watershed
  case ishigami
  case friedman
  case sphere
  case bohachevsky
  case flowers
  case wavyPlateau = "wavy_plateau"
  case doubleExp = "double_exp"
  case relu
  case rotational
  case flat

  /// - Parameter argument: the name of this argument at the caller, for the message
  package static func named(_ name: String, as argument: String = "name") throws -> Functional {
    guard let functional = Functional(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      throw EngineError(.invalid, "\(argument) = \(quoted(name)) is not one of \(names)")
    }
    return functional
  }

  /// 2 where neighbouring coordinates or two halves of the coordinates are combined, else 1.
  package var minimumDimension: Int {
    switch self {
    case .holderTable, .zigzagRidge, .watershed, .ishigami, .friedman, .bohachevsky, .rotational: 2
    case .styblinskiTang, .oakleyOHagan, .sphere, .flowers, .wavyPlateau, .doubleExp, .relu, .flat: 1
    }
  }

  /// - Parameter argument: the name of this argument at the caller, for the message
  package func check(dimension: Int, as argument: String = "name") throws {
    guard dimension >= minimumDimension else {
      throw EngineError(
        .invalid,
        "\(argument) = \"\(rawValue)\" needs points of at least \(minimumDimension) coordinates, these have \(dimension)"
      )
    }
  }

  /// The value at one particle.
  ///
  /// - Parameter x: d >= `minimumDimension` finite coordinates.
  package func value(_ x: UnsafeBufferPointer<Double>) -> Double {
    switch self {
    case .styblinskiTang: sumOverCoordinates(x, styblinskiTangTerm)
    case .oakleyOHagan: sumOverCoordinates(x, oakleyOHaganTerm)
    case .sphere: sumOverCoordinates(x, sphereTerm)
    case .flowers: sumOverCoordinates(x, flowersTerm)
    case .wavyPlateau: sumOverCoordinates(x, wavyPlateauTerm)
    case .relu: sumOverCoordinates(x, reluTerm)
    case .zigzagRidge: sumOverNeighbours(x, zigzagRidgeTerm)
    case .watershed: sumOverNeighbours(x, watershedTerm)
    case .ishigami: ishigamiOfHalves(Halves(of: x)).value
    case .friedman: friedmanOfHalves(Halves(of: x)).value
    case .bohachevsky: bohachevskyOfHalves(Halves(of: x)).value
    case .rotational: rotationalOfHalves(Halves(of: x)).value
    case .holderTable: holderTableOfHalves(Halves(of: x), norm: norm(x)).value
    case .doubleExp: doubleExpValue(x)
    case .flat: 0
    }
  }

  /// The gradient at each of n particles.
  ///
  /// - Parameters:
  ///   - points: row-major (n, d), d >= `minimumDimension` finite coordinates each.
  ///   - gradients: (n, d), overwritten.
  package func gradients(
    _ points: UnsafeBufferPointer<Double>, dimension: Int, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    func each(_ gradient: (UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void) {
      for start in stride(from: 0, to: points.count, by: dimension) {
        let range = start..<start + dimension
        gradient(UnsafeBufferPointer(rebasing: points[range]), UnsafeMutableBufferPointer(rebasing: gradients[range]))
      }
    }
    switch self {
    case .styblinskiTang: slopesOverCoordinates(points, gradients, styblinskiTangTerm)
    case .oakleyOHagan: slopesOverCoordinates(points, gradients, oakleyOHaganTerm)
    case .sphere: slopesOverCoordinates(points, gradients, sphereTerm)
    case .flowers: slopesOverCoordinates(points, gradients, flowersTerm)
    case .wavyPlateau: slopesOverCoordinates(points, gradients, wavyPlateauTerm)
    case .relu: slopesOverCoordinates(points, gradients, reluTerm)
    case .zigzagRidge: each { slopesOverNeighbours($0, $1, zigzagRidgeTerm) }
    case .watershed: each { slopesOverNeighbours($0, $1, watershedTerm) }
    case .ishigami: each { ishigamiOfHalves(Halves(of: $0)).spread(into: $1) }
    case .friedman: each { friedmanOfHalves(Halves(of: $0)).spread(into: $1) }
    case .bohachevsky: each { bohachevskyOfHalves(Halves(of: $0)).spread(into: $1) }
    case .rotational: each { rotationalOfHalves(Halves(of: $0)).spread(into: $1) }
    case .holderTable: each { holderTableGradient($0, $1) }
    case .doubleExp: each { doubleExpGradient($0, $1) }
    case .flat: gradients.update(repeating: 0)
    }
  }

  /// The value at each particle.
  package func values(_ points: Matrix) -> [Double] {
    let d = points.columns
    return points.elements.withUnsafeBufferPointer { elements in
      stride(from: 0, to: elements.count, by: d).map { value(UnsafeBufferPointer(rebasing: elements[$0..<$0 + d])) }
    }
  }

  /// The gradient at each particle, row-major (n, d).
  package func gradients(_ points: Matrix) -> [Double] {
    var gradients = points.elements
    points.elements.withUnsafeBufferPointer { elements in
      gradients.withUnsafeMutableBufferPointer { self.gradients(elements, dimension: points.columns, into: $0) }
    }
    return gradients
  }

  /// The gradient at one particle.
  package func gradient(_ x: UnsafeBufferPointer<Double>, into gradient: UnsafeMutableBufferPointer<Double>) {
    gradients(x, dimension: max(1, x.count), into: gradient)
  }
}

/// `v` within the range where no functional overflows.
@inline(__always)
func bounded(_ v: Double) -> Double { max(-1e75, min(1e75, v)) }

/// ||x||
func norm(_ x: UnsafeBufferPointer<Double>) -> Double {
  var sum = 0.0
  for v in x {
    let v = bounded(v)
    sum += v * v
  }
  return sum.squareRoot()
}
