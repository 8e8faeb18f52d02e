import Energies
import Numerics

/// Bases of the two oldest families, as many tests use them.
extension FeatureBasis {
  package init(monomials: Monomials, bumps: RadialFunctions, timeDegree: Int) {
    self.init(
      dimension: monomials.dimension, families: [.monomials(monomials), .radial(bumps)], timeDegree: timeDegree)
  }

  package var monomials: Monomials {
    for case .monomials(let monomials) in families { return monomials }
    return Monomials(dimension: dimension, exponents: [])
  }

  package var bumps: RadialFunctions {
    for case .radial(let functions) in families { return functions }
    return RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: dimension), width: 1)
  }
}
