import Energies
import Numerics
import TestSupport
import Testing

/// A particle has the same bits alone and among others: alone it is evaluated with vectors along a layer's outputs.
@Suite struct OnePointTests {
  static let shapes: [NetworkShape] = [[64, 64], [3], [8, 5, 17], [100, 9], [257]].flatMap { hidden in
    [Activation.silu, .softplus, .tanh].flatMap { activation in
      [(1, false), (2, true), (5, false), (11, true)].map {
        NetworkShape(dimension: $0.0, timeVarying: $0.1, hidden: hidden, activation: activation)
      }
    }
  }

  @Test(arguments: shapes) func bits(_ shape: NetworkShape) {
    let network = Network(shape: shape, parameters: shape.initialParameters(seed: 3).map { $0 == 0 ? 0.1 : $0 })
    let d = shape.dimension
    var draws = PhiloxSequence(seed: 1, stream: 0)
    let points = (0..<7 * d).map { _ in 2 * draws.normal() }
    let (values, gradients) = evaluate(network, points)
    for particle in 0..<7 {
      let alone = evaluate(network, Array(points[particle * d..<(particle + 1) * d]))
      #expect(alone.values[0] == values[particle])
      #expect(alone.gradients == Array(gradients[particle * d..<(particle + 1) * d]))
    }
    // Panels whose memory a single particle has used.
    #expect(evaluate(network, points) == (values, gradients))
  }

  private func evaluate(_ network: Network, _ points: [Double]) -> (values: [Double], gradients: [Double]) {
    var values = [Double](repeating: 0, count: points.count / network.dimension)
    var (gradients, apart) = (points, points)
    points.withUnsafeBufferPointer { points in
      values.withUnsafeMutableBufferPointer { values in
        gradients.withUnsafeMutableBufferPointer {
          network.valuesAndGradients(points, time: 0.3, values: values, gradients: $0)
        }
      }
      var alone = [Double](repeating: 0, count: points.count / network.dimension)
      alone.withUnsafeMutableBufferPointer { network.values(points, time: 0.3, into: $0) }
      apart.withUnsafeMutableBufferPointer { network.gradients(points, time: 0.3, into: $0) }
      #expect(alone == values && apart == gradients)
    }
    return (values, gradients)
  }
}
