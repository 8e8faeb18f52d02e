import CSystem
import KernelInterface
import Numerics

package typealias Activation = KernelInterface.Activation

/// A multilayer perceptron V(z) = w . h_L + b with h_l = activation(W_l h_{l-1} + b_l), h_0 = z. The shape is its
/// widths, and where each parameter lies in one flat array: W_1 (out x in, row-major), b_1, W_2, b_2, .., w, b.
package struct NetworkShape: Sendable, Equatable {
  package struct Layer: Sendable, Equatable {
    package let inputs: Int
    package let outputs: Int
    /// Offset of W (outputs x inputs).
    package let weights: Int
    /// Offset of b (outputs).
    package let biases: Int
  }

  /// Coordinates of a particle.
  package let dimension: Int
  /// Whether time follows the coordinates as one more input.
  package let timeVarying: Bool
  package let hidden: [Int]
  package let activation: Activation
  package let layers: [Layer]
  /// Offset of w; b follows it.
  package let outputWeights: Int
  package let parameterCount: Int

  package var inputs: Int { dimension + (timeVarying ? 1 : 0) }
  package var outputBias: Int { parameterCount - 1 }

  package init(dimension: Int, timeVarying: Bool, hidden: [Int], activation: Activation = .softplus) {
    self.activation = activation
    self.dimension = dimension
    self.timeVarying = timeVarying
    self.hidden = hidden
    var offset = 0
    var width = dimension + (timeVarying ? 1 : 0)
    var layers: [Layer] = []
    for outputs in hidden {
      let biases = offset + outputs * width
      layers.append(Layer(inputs: width, outputs: outputs, weights: offset, biases: biases))
      offset = biases + outputs
      width = outputs
    }
    self.layers = layers
    outputWeights = offset
    parameterCount = offset + width + 1
  }

  /// Initial parameters: normal weights of variance 1 / inputs (LeCun), zero biases.
  package func initialParameters(seed: UInt64, for purpose: RandomPurpose = .weights) -> [Double] {
    var random = PhiloxSequence(seed: seed, stream: purpose.stream())
    var parameters = [Double](repeating: 0, count: parameterCount)
    for layer in layers {
      let deviation = 1 / Double(layer.inputs).squareRoot()
      for index in layer.weights..<layer.biases { parameters[index] = deviation * random.normal() }
    }
    let deviation = 1 / Double(hidden.last ?? inputs).squareRoot()
    for index in outputWeights..<outputBias { parameters[index] = deviation * random.normal() }
    return parameters
  }
}
