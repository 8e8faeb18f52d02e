import CSystem
import Learning
import Numerics
import TestSupport
import Testing

/// Algorithm 1 of Kingma and Ba (arXiv:1412.6980), line by line.
private struct PlainAdam {
  var theta: [Double]
  var m: [Double]
  var v: [Double]
  var t = 0.0
  let beta1 = 0.9
  let beta2 = 0.999
  let epsilon = 1e-8

  init(_ theta: [Double]) {
    self.theta = theta
    m = theta.map { _ in 0 }
    v = m
  }

  mutating func descend(_ g: [Double], alpha: Double) {
    t += 1
    for i in theta.indices {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i]
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i]
      let mHat = m[i] / (1 - pow(beta1, t))
      let vHat = v[i] / (1 - pow(beta2, t))
      theta[i] -= alpha * mHat / (vHat.squareRoot() + epsilon)
    }
  }
}

@Suite struct AdamTests {
  private static func gradients(_ count: Int, steps: Int) -> [[Double]] {
    var random = PhiloxSequence(seed: 61, stream: 0)
    // Sizes from 1e-6 to 1e3: epsilon must matter for some.
    let sizes = (0..<count).map { pow(10, Double($0 % 10) - 6) }
    return (0..<steps).map { _ in sizes.map { $0 * random.normal() } }
  }

  private static func run<Number: KernelNumber>(
    _: Number.Type, _ start: [Double], _ gradients: [[Double]], rate: Double, clip: Double
  ) -> [Double] {
    var adam = Adam(start.map { Number($0) }, learningRate: rate, clipNorm: clip)
    for gradient in gradients {
      gradient.map { Number($0) }.withUnsafeBufferPointer { buffer in
        if let base = buffer.baseAddress { adam.descend(base) }
      }
    }
    return adam.parameters.map { Double($0) }
  }

  /// Ten roundings per step and parameter, and a step moves a parameter by about the learning rate: 100 steps of 0.01
  /// from values of order 1 leave 1e-13 in double, and 5e8 times that is far above what single precision leaves, whose
  /// roundings of 6e-8 mostly cancel.
  @Test func followsThePaper() {
    let start = (0..<20).map { 1 - 0.1 * Double($0) }
    let gradients = Self.gradients(20, steps: 100)
    var plain = PlainAdam(start)
    for gradient in gradients { plain.descend(gradient, alpha: 0.01) }
    #expect(largest(difference(Self.run(Double.self, start, gradients, rate: 0.01, clip: 1e9), plain.theta)) < 1e-13)
    #expect(largest(difference(Self.run(Float.self, start, gradients, rate: 0.01, clip: 1e9), plain.theta)) < 2e-6)
  }

  /// A gradient longer than the bound is scaled to it as a whole; a shorter one is left alone.
  @Test func clipsByTheGlobalNorm() {
    let start = [1.0, 2, 3]
    let gradients = [[3.0, 0, 4], [0.3, 0, -0.4], [-30, 40, 0]]
    var plain = PlainAdam(start)
    for gradient in gradients {
      let norm = euclideanNorm(gradient)
      plain.descend(gradient.map { norm > 1 ? $0 / norm : $0 }, alpha: 0.1)
    }
    #expect(largest(difference(Self.run(Double.self, start, gradients, rate: 0.1, clip: 1), plain.theta)) < 1e-14)
    #expect(largest(difference(Self.run(Double.self, start, gradients, rate: 0.1, clip: 1e9), plain.theta)) > 1e-3)
  }

  /// The first step is the learning rate along the sign of the gradient, whatever its size; no gradient, no step.
  @Test func firstStep() {
    let moved = Self.run(Double.self, [0, 0, 0, 5], [[1e3, -1e-3, 1, 0]], rate: 0.125, clip: 1e9)
    #expect(largest(difference(moved, [-0.125, 0.125, -0.125, 5])) < 0.125 * 1.1e-5)
    #expect(moved[3] == 5)
  }
}
