import Numerics

/// A network's weights as the evaluation at a single particle reads them, which simulators do in their inner loops:
/// rows are padded to whole vectors, and the forward sweep has transposed matrices.
///
/// All sums have the order of the sweeps for many particles, so that a particle has the same bits alone. It is a class
/// so that a network without one holds a null pointer: of an optional struct some words would be undefined, and enums
/// that hold networks keep their case in such words.
final class OnePointNetwork: Sendable {
  private struct Layer {
    let inputs, outputs: Int
    /// Rounded up to whole vectors.
    let width, widthBelow: Int
    /// Offsets: W^T (inputs x width), the bias (width), W (outputs x widthBelow).
    let transposed, bias, weights: Int
  }

  private let shape: NetworkShape
  private let layers: [Layer]
  /// Offset of w, and the output's bias.
  private let top: Int
  private let topBias: Double
  private let memory: Memory

  /// Read-only once it is filled.
  private struct Memory: @unchecked Sendable { let buffer: AlignedBuffer<Double> }

  /// Numbers beyond which copies of the weights no longer fit in the second cache.
  private static let largest = 1 << 16

  init?(_ shape: NetworkShape, _ parameters: [Double]) {
    func whole(_ count: Int) -> Int { (count + 7) / 8 * 8 }
    var (layers, offset) = ([Layer](), 0)
    for layer in shape.layers {
      let (width, below) = (whole(layer.outputs), whole(layer.inputs))
      let sizes = layer.inputs.multipliedReportingOverflow(by: width)
      guard !sizes.overflow, sizes.partialValue <= Self.largest, layer.outputs * below <= Self.largest else {
        return nil
      }
      layers.append(
        Layer(
          inputs: layer.inputs, outputs: layer.outputs, width: width, widthBelow: below, transposed: offset,
          bias: offset + layer.inputs * width, weights: offset + (layer.inputs + 1) * width))
      offset += (layer.inputs + 1) * width + layer.outputs * below
    }
    guard let last = layers.last, offset <= Self.largest else { return nil }
    self.shape = shape
    self.layers = layers
    top = offset
    topBias = parameters[shape.outputBias]
    let buffer = AlignedBuffer<Double>(count: offset + last.width)
    buffer.zero()
    for (own, layer) in zip(layers, shape.layers) {
      for row in 0..<layer.outputs {
        for column in 0..<layer.inputs {
          let weight = parameters[layer.weights + row * layer.inputs + column]
          buffer.base[own.transposed + column * own.width + row] = weight
          buffer.base[own.weights + row * own.widthBelow + column] = weight
        }
        buffer.base[own.bias + row] = parameters[layer.biases + row]
      }
    }
    for row in 0..<last.outputs { buffer.base[top + row] = parameters[shape.outputWeights + row] }
    memory = Memory(buffer: buffer)
  }

  /// - Parameters:
  ///   - point: d coordinates
  ///   - pass: its panels are the memory for what lies between
  func evaluate(
    _ point: UnsafeBufferPointer<Double>, _ time: Double, _ pass: NetworkPass<Double>,
    value: UnsafeMutablePointer<Double>?, gradient: UnsafeMutablePointer<Double>?
  ) {
    let (base, kernels, input) = (memory.buffer.base, Double.kernels, pass.input.base)
    for index in 0..<shape.dimension { input[index] = point[index] }
    if shape.timeVarying { input[shape.dimension] = time }
    var below = UnsafePointer(input)
    for (index, layer) in layers.enumerated() {
      let panel = pass.panels[index]
      kernels.onePointForward(
        activation: shape.activation, width: layer.width, depth: layer.inputs, a: base + layer.transposed,
        bias: base + layer.bias, x: below, h: panel.h.base, s: panel.s.base)
      below = UnsafePointer(panel.h.base)
    }
    guard let last = layers.last else { return }
    value?.pointee = kernels.onePointSum(count: last.outputs, a: base + top, b: below, start: topBias)
    guard let gradient else { return }
    let highest = pass.panels[layers.count - 1]
    kernels.onePointProduct(count: last.width, a: base + top, b: highest.s.base, out: highest.u.base)
    for index in stride(from: layers.count - 1, to: 0, by: -1) {
      let (layer, panel) = (layers[index], pass.panels[index - 1])
      kernels.onePointBackward(
        width: layer.widthBelow, depth: layer.outputs, a: base + layer.weights, x: pass.panels[index].u.base,
        s: panel.s.base, u: panel.u.base)
    }
    let (first, slopes) = (layers[0], pass.gradient.base)
    kernels.onePointBackward(
      width: first.widthBelow, depth: first.outputs, a: base + first.weights, x: pass.panels[0].u.base, s: nil,
      u: slopes)
    for index in 0..<shape.dimension { gradient[index] = slopes[index] }
  }
}
