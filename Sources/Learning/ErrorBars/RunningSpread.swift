/// Mean and deviation of vectors that come one after the other (Welford, Technometrics 1962), each of the same length.
struct RunningSpread {
  private(set) var count = 0
  private(set) var mean: [Double] = []
  /// Sums of squared differences from the mean.
  private var squares: [Double] = []

  mutating func add(_ values: [Double]) {
    count += 1
    guard count > 1 else {
      (mean, squares) = (values, [Double](repeating: 0, count: values.count))
      return
    }
    for (index, value) in values.enumerated() {
      let difference = value - mean[index]
      mean[index] += difference / Double(count)
      squares[index] += difference * (value - mean[index])
    }
  }

  /// Sample standard deviations; 0 of a single vector.
  var deviations: [Double] { squares.map { ($0 / Double(max(1, count - 1))).squareRoot() } }
}
