import Numerics

/// Nodes at the whole multiples of a spacing along each of one or two coordinates, around 0. A function of the
/// difference of two particles is evaluated at the nodes once, and interpolated for all pairs.
///
/// The interpolant runs through the 8 nearest nodes along each coordinate. Its error falls as the eighth power of the
/// spacing.
package struct Lattice: Equatable, Sendable {
  package let spacings: [Double]
  /// Nodes on either side of 0.
  package let reaches: [Int]

  /// Nodes along a coordinate from which a point's value is interpolated.
  package static let stencil = 8
  package static let mostDimensions = 2
  /// Offsets of nodes are stored as floating-point numbers, which up to here are exact in single precision too.
  private static let mostNodes = Double(1 << 22)

  /// - Parameter extents: how far the differences that will be asked for lie from 0, along each coordinate
  /// - Returns: nil beyond `mostDimensions`, or where there would be more nodes than `limit`
  package init?(spacings: [Double], extents: [Double], limit: Int) {
    guard spacings.count <= Self.mostDimensions else { return nil }
    // Room for the stencil of the outermost point, and for rounding.
    let sides = zip(spacings, extents).map { ($1 / $0).rounded(.up) + Double(Self.stencil / 2 + 1) }
    let nodes = sides.reduce(1) { $0 * (2 * $1 + 1) }
    guard nodes <= min(Self.mostNodes, Double(limit)) else { return nil }
    self.spacings = spacings
    reaches = sides.map { Int($0) }
  }

  package var dimension: Int { spacings.count }

  func count(_ coordinate: Int) -> Int { 2 * reaches[coordinate] + 1 }

  /// Numbers from a node to the next along the first of two coordinates. Nodes along the last are contiguous.
  package var row: Int { dimension == 2 ? count(1) : 1 }

  package var nodeCount: Int { reaches.reduce(1) { $0 * (2 * $1 + 1) } }

  /// Blocks of 64 that hold all nodes.
  package var blocks: Int { (nodeCount + panelMultiple - 1) / panelMultiple }

  /// Numbers from one coordinate's plane of node values to the next.
  package var plane: Int { blocks * panelMultiple }

  /// Coefficients of the 8 polynomials that are 1 at one node and 0 at the others, which are at -7/2, -5/2, .. 7/2:
  /// rows of powers 0 to 7.
  package static let polynomials: [Double] = {
    let nodes = (0..<stencil).map { Double($0) - Double(stencil - 1) / 2 }
    var rows = [Double](repeating: 0, count: stencil * stencil)
    for node in 0..<stencil {
      var coefficients = [1.0]
      for other in 0..<stencil where other != node {
        // times (p - x_other) / (x_node - x_other)
        var product = [Double](repeating: 0, count: coefficients.count + 1)
        for (power, coefficient) in coefficients.enumerated() {
          product[power + 1] += coefficient
          product[power] -= coefficient * nodes[other]
        }
        coefficients = product.map { $0 / (nodes[node] - nodes[other]) }
      }
      for power in 0..<stencil { rows[power * stencil + node] = coefficients[power] }
    }
    return rows
  }()
}

/// A network at the nodes of a lattice, a few blocks of which are a panel.
extension Lattice {
  /// Loads nodes into a panel. The padding of the last block gets nodes beyond the lattice.
  private func load<Number: KernelNumber>(_ range: Range<Int>, into pass: NetworkPass<Number>) {
    let lanes = NetworkPass<Number>.blockSize
    pass.use(particles: range.count * lanes)
    for (place, block) in range.enumerated() {
      for lane in 0..<lanes {
        var node = block * lanes + lane
        for c in stride(from: dimension - 1, through: 0, by: -1) {
          let (rest, index) = c == 0 ? (0, node) : node.quotientAndRemainder(dividingBy: count(c))
          pass.input[c, particle: place * lanes + lane] = Number(spacings[c] * Double(index - reaches[c]))
          node = rest
        }
      }
    }
  }

  /// The gradients of a panel of nodes, into one plane per coordinate.
  ///
  /// - Parameter range: blocks, at most as many as `pass` has room for
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func gradients<Number: KernelNumber>(
    _ range: Range<Int>, _ pass: NetworkPass<Number>, _ parameters: UnsafePointer<Number>,
    into planes: UnsafeMutablePointer<Number>
  ) {
    load(range, into: pass)
    pass.forward(parameters)
    pass.backward(parameters)
    let lanes = NetworkPass<Number>.blockSize
    for (place, block) in range.enumerated() {
      for c in 0..<dimension {
        (planes + c * plane + block * lanes).update(from: pass.gradient[place] + c * lanes, count: lanes)
      }
    }
  }

  /// Adds the gradient in the parameters of sum over a panel's nodes of their directions times their gradients.
  ///
  /// - Parameter directions: one plane per coordinate
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package func accumulate<Number: KernelNumber>(
    _ range: Range<Int>, _ pass: NetworkPass<Number>, _ parameters: UnsafePointer<Number>,
    directions: UnsafePointer<Number>, into gradient: UnsafeMutablePointer<Number>
  ) {
    load(range, into: pass)
    let lanes = NetworkPass<Number>.blockSize
    for (place, block) in range.enumerated() {
      for c in 0..<dimension {
        (pass.direction[place] + c * lanes).update(from: directions + c * plane + block * lanes, count: lanes)
      }
    }
    pass.forward(parameters)
    pass.backward(parameters)
    pass.tangent(parameters)
    pass.adjoint(parameters, intoInput: false)
    pass.accumulateParameterGradient(into: gradient)
  }
}
