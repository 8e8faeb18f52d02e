/// Adam (Kingma and Ba, arXiv:1412.6980) with gradients clipped by their global norm.
package struct Adam<Number: KernelNumber> {
  package var parameters: [Number]
  package private(set) var firstMoments: [Number]
  package private(set) var secondMoments: [Number]
  package private(set) var step = 0
  private let learningRate: Number
  private let clipNorm: Double

  private static var beta1: Number { 0.9 }
  private static var beta2: Number { 0.999 }

  package init(_ parameters: [Number], learningRate: Double, clipNorm: Double) {
    self.parameters = parameters
    firstMoments = [Number](repeating: 0, count: parameters.count)
    secondMoments = firstMoments
    self.learningRate = Number(learningRate)
    self.clipNorm = clipNorm
  }

  /// Goes on from where another one stood.
  package mutating func restore(_ parameters: [Number], _ firstMoments: [Number], _ secondMoments: [Number], step: Int)
  {
    (self.parameters, self.firstMoments, self.secondMoments, self.step) = (
      parameters, firstMoments, secondMoments, step
    )
  }

  /// One step down the gradient of `count` numbers, as many as there are parameters.
  ///
  /// - Parameter factor: of the step size
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  package mutating func descend(_ gradient: UnsafePointer<Number>, factor: Double = 1) {
    step += 1
    let count = parameters.count
    let norm = Number.kernels.squaredNorm(count: count, a: gradient).squareRoot()
    let clip = Number(norm > clipNorm ? clipNorm / norm : 1)
    let rate = learningRate * Number(factor) / bias(Self.beta1, step)
    let unbias = 1 / bias(Self.beta2, step).squareRoot()
    parameters.withUnsafeMutableBufferPointer { parameters in
      firstMoments.withUnsafeMutableBufferPointer { first in
        secondMoments.withUnsafeMutableBufferPointer { second in
          guard let parameters = parameters.baseAddress, let first = first.baseAddress, let second = second.baseAddress
          else { return }
          Number.kernels.adamStep(
            count: count, gradient: gradient, clip: clip, rate: rate, unbias: unbias, parameters: parameters, m: first,
            v: second)
        }
      }
    }
  }

  /// 1 - base^exponent, the power by squaring, all in double: the difference loses digits otherwise.
  private func bias(_ base: Number, _ exponent: Int) -> Number {
    var (result, factor, rest) = (1.0, Double(base), exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return Number(1 - result)
  }
}
