import CSystem
import Numerics

/// A batch of particles on its way through a network and back.
///
/// Forward sweeps of all particles come first, because the energy may need all images at once, and remain for the
/// sweeps back. A part of the batch is the work of one thread, and there are as many parts whatever the number of
/// threads, so that sums do not depend on it.
final class NetworkBatch: @unchecked Sendable {
  private let shape: ConvexShape
  private let size: Int
  private let parts: [Part]

  /// Parts that take the particles of a batch in turn, of at least a block each.
  private static let mostParts = 16

  private struct Part {
    let rows: Range<Int>
    let passes: [ConvexPass]
    let room: ConvexRoom
  }

  /// What is found on the way forward.
  private struct Found {
    var images: [Double] = []
    var logDeterminants: [Double] = []
    /// (DT)^-1 at each particle, the lower triangles.
    var inverses: [Double] = []
  }

  init(_ shape: ConvexShape, size: Int) {
    (self.shape, self.size) = (shape, size)
    let lanes = ConvexPass.lanes(shape.dimension, for: size)
    let blocks = (size + lanes - 1) / lanes
    let count = min(blocks, Self.mostParts)
    parts = (0..<count).map { part in
      let (first, last) = (part * blocks / count, (part + 1) * blocks / count)
      return Part(
        rows: first * lanes..<min(size, last * lanes),
        passes: (first..<last).map { _ in ConvexPass(shape, lanes: lanes, slopes: true) },
        room: ConvexRoom(shape, lanes: lanes, slopes: true, reverses: true))
    }
  }

  /// The gradient of a step's objective, in units of length^2 / h.
  func gradient(_ step: ProximalStep, _ map: NetworkMap, _ sample: StepSample) throws -> [Double] {
    let d = shape.dimension
    let network = ConvexParameters(shape, map.parameters, curvatures: true)
    let found = try Parallel.map(parts.count) { self.forward(map, network, sample, self.parts[$0]) }
    let logDensities = zip(sample.logDensities, found.flatMap(\.logDeterminants)).map { $0 - $1 }
    guard logDensities.allSatisfy(\.isFinite) else { throw Self.leaving }
    let images = Matrix(rows: size, columns: d, elements: found.flatMap(\.images))
    let landscape = try step.energy.landscape(of: images, time: step.time, hessians: false)
    let scale = step.h / (map.length * map.length)
    // What a particle's image and the logarithm of its determinant count.
    var (forces, slopes) = (landscape.gradients, [Double](repeating: 0, count: size))
    for index in forces.indices {
      let pull = (images.elements[index] - sample.references.elements[index]) / step.h
      forces[index] = scale * map.length * (pull + forces[index])
    }
    for i in 0..<size { slopes[i] = -scale * step.energy.internalEnergy.slopes(logDensities[i]).first }
    let sums = try Parallel.map(parts.count) { [forces, slopes] in
      self.reverse(network, self.parts[$0], found[$0].inverses, forces, slopes)
    }
    var total = [Double](repeating: 0, count: shape.parameterCount)
    for sum in sums { for index in total.indices { total[index] += sum[index] / Double(size) } }
    guard total.allSatisfy(\.isFinite) else { throw Self.leaving }
    return total
  }

  private static let leaving = EngineError(
    .convergence, "the network of a step of the flow left the convex functions; lower its rate")

  private func forward(_ map: NetworkMap, _ network: ConvexParameters, _ sample: StepSample, _ part: Part) -> Found {
    let (d, lanes) = (shape.dimension, part.room.lanes)
    var found = Found()
    var (factor, inverse) = ([Double](repeating: 0, count: d * d), [Double](repeating: 0, count: d * d))
    for (block, pass) in part.passes.enumerated() {
      let first = part.rows.lowerBound + block * lanes
      let rows = first..<min(part.rows.upperBound, first + lanes)
      for (i, row) in rows.enumerated() {
        for j in 0..<d { pass.z[j * lanes + i] = map.unit(sample.points.elements[row * d + j], j) }
      }
      pass.forward(network, part.room)
      pass.derive(network, part.room)
      for i in 0..<rows.count {
        for j in 0..<d { found.images.append(map.centre[j] + map.length * pass.gradients[j * lanes + i]) }
        found.logDeterminants.append(
          factor.withUnsafeMutableBufferPointer {
            pass.copyHessian(lane: i, to: $0)
            return logDeterminant(replacing: $0, d)
          })
        factor.withUnsafeBufferPointer { factor in
          inverse.withUnsafeMutableBufferPointer { inverse in
            if let l = factor.baseAddress, let w = inverse.baseAddress { TriangularFactor.invert(l, into: w, d) }
          }
        }
        // (DT)^-1 = L^-T L^-1, the lower triangle.
        for j in 0..<d {
          for k in 0...j {
            found.inverses.append((j..<d).reduce(0) { $0 + inverse[$1 * d + j] * inverse[$1 * d + k] })
          }
        }
      }
    }
    return found
  }

  private func reverse(
    _ network: ConvexParameters, _ part: Part, _ inverses: [Double], _ forces: [Double], _ slopes: [Double]
  ) -> [Double] {
    let (d, room) = (shape.dimension, part.room)
    let lanes = room.lanes
    var sum = [Double](repeating: 0, count: shape.parameterCount)
    sum.withUnsafeMutableBufferPointer { sum in
      guard let sum = sum.baseAddress else { return }
      for (block, pass) in part.passes.enumerated() {
        let first = block * lanes
        for lane in 0..<lanes {
          let (local, isUsed) = (first + lane, first + lane < part.rows.count)
          let row = part.rows.lowerBound + local
          for j in 0..<d { room.along[j * lanes + lane] = isUsed ? forces[row * d + j] : 0 }
          let start = local * shape.pairCount
          room.setMetric(lane: lane) { isUsed ? slopes[row] * inverses[start + $0 * ($0 + 1) / 2 + $1] : 0 }
        }
        room.sweep(pass, network, gradient: sum, pointGradients: nil)
      }
      room.finish(network, gradient: sum)
    }
    return sum
  }
}
