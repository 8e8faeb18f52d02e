import Energies
import Numerics

/// Mean forces of U at couplings, interpolated on the lattice, and the directions that couplings add at the nodes. For
/// one thread.
final class LatticeForces<Number: KernelNumber> {
  private let samples: InteractionSamples<Number>
  private let dimension: Int
  /// The stencils of the first sample, and of the second.
  private let stencils: [LatticeStencils<Number>]
  private var counts = (first: 0, second: 0)
  /// Whether all particles count the same.
  private var isUniform = true

  init(_ samples: InteractionSamples<Number>, dimension: Int) {
    self.samples = samples
    self.dimension = dimension
    stencils = (0..<2).map { _ in LatticeStencils(count: samples.mostPairs) }
  }

  /// The mean forces at a coupling's point over its two samples; the same twice where it has but one.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  func average(
    at coupling: Int, _ data: ObjectiveData<Number>, _ lattice: InteractionLattice<Number>,
    _ first: UnsafeMutablePointer<Number>, _ second: UnsafeMutablePointer<Number>
  ) {
    let stretches = samples.stretches(of: coupling)
    counts = (stretches.first.count, stretches.second?.count ?? 0)
    isUniform = stretches.first.weights == nil
    let point = data.points.base + coupling * dimension
    average(stretches.first, stencils[0], point, lattice, first)
    if let other = stretches.second {
      average(other, stencils[1], point, lattice, second)
    } else {
      second.update(from: first, count: dimension)
    }
  }

  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func average(
    _ stretch: InteractionSamples<Number>.Stretch, _ stencils: LatticeStencils<Number>, _ point: UnsafePointer<Number>,
    _ lattice: InteractionLattice<Number>, _ mean: UnsafeMutablePointer<Number>
  ) {
    guard let geometry = lattice.lattice else { return }
    stencils.place(
      on: geometry, point, stretch.coordinates, stride: stretch.stride, count: stretch.count, factors: stretch.weights)
    stencils.gather(lattice.nodes, into: mean)
    if isUniform { for c in 0..<dimension { mean[c] /= Number(stretch.count) } }
  }

  /// Adds the derivative of a . (mean of the first sample) + b . (mean of the second) by the gradients at the nodes; a
  /// and b are changed.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  func spread(
    _ a: UnsafeMutablePointer<Number>, _ b: UnsafeMutablePointer<Number>, into directions: UnsafeMutablePointer<Number>
  ) {
    // With one sample, the whole snapshot, both means are the same.
    if counts.second == 0 { for c in 0..<dimension { a[c] += b[c] } }
    if isUniform {
      for c in 0..<dimension {
        a[c] /= Number(counts.first)
        b[c] /= Number(max(1, counts.second))
      }
    }
    stencils[0].spread(a, into: directions)
    if counts.second > 0 { stencils[1].spread(b, into: directions) }
  }
}
