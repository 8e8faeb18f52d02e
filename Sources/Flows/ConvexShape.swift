import CSystem
import Numerics

/// A function that is convex in its input, whatever its parameters, as long as some of them are not negative (Amos, Xu,
/// Kolter 2017; the dense form of Korotin et al. 2021):
///
///     phi(z) = |M z|^2 / 2 + c . z + w . h_L,   h_l = softplus(a_l),
///     a_l = W_l h_{l-1} + B_l z + b_l + sum_r (D_lr z)^2,   W_l, w >= 0, no W_1
///
/// The shape is its widths, and where each parameter lies in one flat array: M, c, then per layer W, B, b, D, then w.
package struct ConvexShape: Sendable, Equatable {
  package struct Layer: Sendable, Equatable {
    package let width: Int
    /// Width of the layer below, 0 for the first.
    package let below: Int
    /// Offsets: W (width x below), B (width x d), b (width), D (width x rank x d).
    package let weights, inputs, biases, squares: Int
  }

  package let dimension: Int
  package let hidden: [Int]
  /// Squares of linear functions per unit.
  package let rank: Int
  package let layers: [Layer]
  /// Offsets of c and w; M is at 0.
  package let slope, top: Int
  package let parameterCount: Int

  package init(dimension d: Int, hidden: [Int], rank: Int) {
    (dimension, self.hidden, self.rank) = (d, hidden, rank)
    slope = d * d
    var (offset, below, layers) = (d * d + d, 0, [Layer]())
    for width in hidden {
      let inputs = offset + width * below
      let biases = inputs + width * d
      layers.append(
        Layer(width: width, below: below, weights: offset, inputs: inputs, biases: biases, squares: biases + width))
      offset = biases + width + width * rank * d
      below = width
    }
    self.layers = layers
    top = offset
    parameterCount = offset + below
  }

  /// Entries of the lower triangle of a d x d matrix.
  var pairCount: Int { dimension * (dimension + 1) / 2 }

  package var topWidth: Int { hidden.last ?? 0 }

  /// Parameters of nearly the identity's |z|^2 / 2: the network's part is small.
  package func initialParameters(seed: UInt64) -> [Double] {
    var draws = PhiloxSequence(seed: seed, stream: RandomPurpose.weights.stream())
    var parameters = [Double](repeating: 0, count: parameterCount)
    for a in 0..<dimension { parameters[a * (dimension + 1)] = 1 }
    let unit = 1 / Double(dimension).squareRoot()
    for layer in layers {
      for index in layer.weights..<layer.inputs {
        parameters[index] = abs(draws.normal()) / Double(max(1, layer.below))
      }
      for index in layer.inputs..<layer.biases { parameters[index] = unit * draws.normal() }
      for index in layer.squares..<layer.squares + layer.width * rank * dimension {
        parameters[index] = 0.3 * unit * draws.normal()
      }
    }
    for index in top..<parameterCount { parameters[index] = 0.01 * abs(draws.normal()) / Double(topWidth) }
    return parameters
  }

  /// Sets what must not be negative to 0 where it is.
  package func project(_ parameters: inout [Double]) {
    for layer in layers {
      for index in layer.weights..<layer.inputs { parameters[index] = max(0, parameters[index]) }
    }
    for index in top..<parameterCount { parameters[index] = max(0, parameters[index]) }
  }
}
