import Energies

/// Potentials on arrays. Results hold NaN before the call, so that what a potential leaves out is seen.
extension Potential {
  package func values(_ points: [Double], time: Double = 0) -> [Double] {
    var values = [Double](repeating: .nan, count: points.count / dimension)
    points.withUnsafeBufferPointer { points in
      values.withUnsafeMutableBufferPointer { self.values(points, time: time, into: $0) }
    }
    return values
  }

  package func gradients(_ points: [Double], time: Double = 0) -> [Double] {
    var gradients = [Double](repeating: .nan, count: points.count)
    points.withUnsafeBufferPointer { points in
      gradients.withUnsafeMutableBufferPointer { self.gradients(points, time: time, into: $0) }
    }
    return gradients
  }

  package func hessianProducts(_ points: [Double], along directions: [Double], time: Double = 0) -> [Double] {
    var products = [Double](repeating: .nan, count: points.count)
    points.withUnsafeBufferPointer { points in
      directions.withUnsafeBufferPointer { directions in
        products.withUnsafeMutableBufferPointer {
          hessianProducts(points, directions: directions, time: time, into: $0)
        }
      }
    }
    return products
  }

  package func valuesAndGradients(_ points: [Double], time: Double = 0) -> (values: [Double], gradients: [Double]) {
    var values = [Double](repeating: .nan, count: points.count / dimension)
    var gradients = [Double](repeating: .nan, count: points.count)
    points.withUnsafeBufferPointer { points in
      values.withUnsafeMutableBufferPointer { values in
        gradients.withUnsafeMutableBufferPointer {
          valuesAndGradients(points, time: time, values: values, gradients: $0)
        }
      }
    }
    return (values, gradients)
  }

  /// (n, d, d)
  package func hessians(_ points: [Double], time: Double = 0) -> [Double] {
    var hessians = [Double](repeating: .nan, count: points.count * dimension)
    points.withUnsafeBufferPointer { points in
      hessians.withUnsafeMutableBufferPointer { self.hessians(points, time: time, into: $0) }
    }
    return hessians
  }
}
