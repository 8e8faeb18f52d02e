/// When something is asked at points: at one time for all of them, or at a time of each.
package enum Times: Sendable {
  case one(Double)
  case each([Double])
}

extension Potential {
  /// V at points that have a time each.
  package func values(_ points: UnsafeBufferPointer<Double>, times: [Double]) -> [Double] {
    TimeGroups(times).gather(points, width: 1) { rows, points, time in
      numbers(rows.count) { out in points.withUnsafeBufferPointer { values($0, time: time, into: out) } }
    }
  }

  /// grad V at points that have a time each, row-major (n, d).
  package func gradients(_ points: UnsafeBufferPointer<Double>, times: [Double]) -> [Double] {
    TimeGroups(times).gather(points, width: dimension) { _, points, time in
      numbers(points.count) { out in points.withUnsafeBufferPointer { gradients($0, time: time, into: out) } }
    }
  }

  /// The Hessian of V at points that have a time each, times each point's direction.
  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, times: [Double]
  ) -> [Double] {
    TimeGroups(times).gather(points, width: dimension) { rows, points, time in
      let own = rows.flatMap { directions[$0 * dimension..<($0 + 1) * dimension] }
      return numbers(points.count) { out in
        points.withUnsafeBufferPointer { points in
          own.withUnsafeBufferPointer { hessianProducts(points, directions: $0, time: time, into: out) }
        }
      }
    }
  }

  private func numbers(_ count: Int, _ fill: (UnsafeMutableBufferPointer<Double>) -> Void) -> [Double] {
    var numbers = [Double](repeating: 0, count: count)
    numbers.withUnsafeMutableBufferPointer { fill($0) }
    return numbers
  }
}
