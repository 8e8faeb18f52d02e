import Numerics

/// Passes in which the direction of every particle is c = share_a a + share_b b, with a and b common to all particles.
///
/// The first layer along c follows for all particles from W_1 a and W_1 b. The sum of its gradients is one product with
/// the sums of u_1, and so is the part of u_1 c^T in the gradient of its weights. With many coordinates this saves most
/// of the layer's work.
extension NetworkPass {
  /// One row of shares per block of 64 particles.
  package typealias Shares = (a: UnsafePointer<Number>, b: UnsafePointer<Number>)

  /// Adds sum share_a u_1 and sum share_b u_1, after `backward`.
  package func addSums(_ shares: Shares, _ a: UnsafeMutablePointer<Number>, _ b: UnsafeMutablePointer<Number>) {
    let panel = panels[0]
    kernels.sharedSums(
      rows: panel.u.rows, blocks: blocks, u: panel.u.base, a: shares.a, b: shares.b, sumsA: a, sumsB: b)
  }

  /// Computes k_l, and the part of q_l that does not come from the layer above, after `backward`.
  ///
  /// - Parameters:
  ///   - e: W_1 a
  ///   - f: W_1 b
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func tangent(
    _ parameters: UnsafePointer<Number>, _ e: UnsafePointer<Number>, _ f: UnsafePointer<Number>, _ shares: Shares
  ) {
    for block in 0..<blocks {
      let (first, lanes) = (panels[0], block * Self.blockSize)
      kernels.layerShared(
        rows: first.k.rows, e: e, f: f, a: shares.a + lanes, b: shares.b + lanes, s: first.s[block], c: first.c[block],
        k: first.k[block], q: first.q[block])
      tangent(parameters, block, from: 1)
    }
  }
}
