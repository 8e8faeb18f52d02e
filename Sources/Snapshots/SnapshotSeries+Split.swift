import Numerics

extension SnapshotSeries {
  /// Divides the series at random; both parts keep all times, and rows keep their order within a part.
  ///
  /// The test part has round(testFraction * n) particles of a snapshot of n, but at least 1 and at most n - 1.
  /// Weights are divided by their sum in each part.
  ///
  /// - Parameter alongTrajectories: row i of every snapshot is the same particle, and particles are divided; otherwise
  ///   each snapshot is divided on its own.
  /// - Parameter testFraction: between 0 and 1, exclusive.
  /// - Throws: `.invalid` (testFraction), `.shape` (no snapshot, unequal sizes along trajectories, a snapshot of one
  ///   particle) or `.population` (a part in which no weight is positive).
  package func split(
    alongTrajectories: Bool, testFraction: Double, seed: UInt64
  ) throws -> (train: SnapshotSeries, test: SnapshotSeries) {
    guard testFraction > 0, testFraction < 1 else {
      throw EngineError(.invalid, "test_fraction = \(testFraction) is not between 0 and 1")
    }
    guard let first = snapshots.first else {
      throw EngineError(.shape, "snapshots is empty: there is nothing to split")
    }
    var train = SnapshotSeries(dimension: dimension)
    (train.names, train.omitted) = (names, omitted)
    var test = train
    for (index, snapshot) in snapshots.enumerated() {
      let size = snapshot.points.rows
      guard size >= 2 else {
        throw EngineError(.shape, "snapshots[\(index)] has 1 particle; each part needs one")
      }
      guard !alongTrajectories || size == first.points.rows else {
        throw EngineError(
          .shape,
          "snapshots[\(index)] has \(size) particles, snapshots[0] has \(first.points.rows); trajectories need equal sizes"
        )
      }
      var random = PhiloxSequence(
        seed: seed, stream: RandomPurpose.split.stream(alongTrajectories ? 0 : index))
      let order = random.permutation(size)
      let testSize = min(max(Int((testFraction * Double(size)).rounded()), 1), size - 1)
      test.snapshots.append(try snapshot.part(order[..<testSize].sorted(), "test part of snapshot \(index)"))
      train.snapshots.append(try snapshot.part(order[testSize...].sorted(), "training part of snapshot \(index)"))
    }
    return (train, test)
  }

  /// The series with the rows of every snapshot permuted independently, so that order pairs no particles.
  package func shuffled(seed: UInt64) -> SnapshotSeries {
    var result = self
    for (index, snapshot) in snapshots.enumerated() {
      var random = PhiloxSequence(seed: seed, stream: RandomPurpose.shuffle.stream(index))
      let order = random.permutation(snapshot.points.rows)
      result.snapshots[index] = snapshot.selecting(order, weights: order.map { snapshot.weights[$0] })
    }
    return result
  }

  /// At most `count` particles of each snapshot, drawn without replacement from those that have weight; rows keep their
  /// order.
  package func thinned(to count: Int, seed: UInt64) -> SnapshotSeries {
    var result = self
    for (index, snapshot) in snapshots.enumerated() {
      let weighed = snapshot.weighedParticles
      guard weighed.count > count else { continue }
      var random = PhiloxSequence(seed: seed, stream: RandomPurpose.thinning.stream(index))
      let chosen = random.permutation(weighed.count).prefix(count).map { weighed[$0] }.sorted()
      if let part = try? snapshot.part(chosen, "sample of snapshot \(index)") { result.snapshots[index] = part }
    }
    return result
  }

  /// Two parts of snapshot k that have no particle in common, of at most `count` particles each, drawn from those that
  /// have weight; nil where it has only one.
  package func disjointParts(of k: Int, upTo count: Int, seed: UInt64) -> (Snapshot, Snapshot)? {
    let weighed = snapshots[k].weighedParticles
    let size = min(count, weighed.count / 2)
    guard size > 0 else { return nil }
    var random = PhiloxSequence(seed: seed, stream: RandomPurpose.thinning.stream(snapshots.count + k))
    let order = random.permutation(weighed.count)
    let parts = [order[..<size], order[size..<2 * size]].compactMap { places in
      try? snapshots[k].part(places.map { weighed[$0] }.sorted(), "part of snapshot \(k)")
    }
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }

  /// The series without snapshot k.
  package func leavingOut(_ k: Int) -> SnapshotSeries {
    var result = self
    result.snapshots.remove(at: k)
    return result
  }

  /// As many particles of each snapshot, drawn from it with replacement, each as likely as its weight: a sample of the
  /// bootstrap.
  package func resampled(seed: UInt64, sample: Int) -> SnapshotSeries {
    var result = self
    for (index, snapshot) in snapshots.enumerated() {
      var random = PhiloxSequence(seed: seed, stream: RandomPurpose.bootstrap.stream(sample * snapshots.count + index))
      result.snapshots[index] = snapshot.drawing(snapshot.points.rows, &random)
    }
    return result
  }
}

extension Snapshot {
  /// Particles drawn with replacement, each as likely as its weight, which then count the same.
  package func drawing(_ count: Int, _ random: inout PhiloxSequence) -> Snapshot {
    var upTo: [Double] = []
    for weight in weights { upTo.append((upTo.last ?? 0) + weight) }
    let drawn = (0..<count).map { _ in
      // The first particle whose cumulative weight lies above a uniform number.
      let level = random.uniform() * (upTo.last ?? 1)
      var (low, high) = (0, upTo.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if upTo[middle] > level { high = middle } else { low = middle + 1 }
      }
      return low
    }
    return selecting(drawn, weights: Weights.equal(count))
  }

  fileprivate var weighedParticles: [Int] { weights.indices.filter { weights[$0] > 0 } }

  fileprivate func part(_ indices: [Int], _ name: String) throws -> Snapshot {
    guard let weights = Weights.normalized(indices.map { self.weights[$0] }) else {
      throw EngineError(.population, "weights in the \(name) are all 0; at least one must be positive")
    }
    return selecting(indices, weights: weights)
  }
}
