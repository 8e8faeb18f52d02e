import Energies
import Numerics

extension Parallel {
  /// grad V at each point, on several threads unless V is the host's.
  static func gradients(_ potential: any Potential, _ points: Matrix, time: Double) throws -> [Double] {
    let (n, d) = (points.rows, points.columns)
    let grain = panelMultiple
    return try map((n + grain - 1) / grain, spreads: !potential.callsHost) { piece in
      let range = piece * grain * d..<min(n, (piece + 1) * grain) * d
      return [Double](unsafeUninitializedCapacity: range.count) { gradients, count in
        gradients.update(repeating: 0)
        points.elements[range].withUnsafeBufferPointer { potential.gradients($0, time: time, into: gradients) }
        count = range.count
      }
    }.flatMap { $0 }
  }
}
