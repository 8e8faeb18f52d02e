import Energies
import Learning
import Numerics
import Snapshots
import Transport

extension Couplings {
  /// Couplings that are given as they are, in standardised coordinates: each the only site of a transition of its own.
  init(
    dimension: Int, points: [Double], shifts: [Double], times: [Double], rhos: [Double], weights: [Double],
    standardization: Standardization
  ) {
    self.init(dimension: dimension, standardization: standardization)
    for index in weights.indices {
      let range = index * dimension..<(index + 1) * dimension
      let point = Population(points: Matrix(rows: 1, columns: dimension, elements: Array(points[range])))
      let transition = Transition(
        sites: point, masses: [1], shifts: Array(shifts[range]), scatter: 0, time: times[index], rho: rhos[index])
      append(transition, site: 0, times: weights[index])
    }
  }

  init(
    _ series: SnapshotSeries, plans: [TransportPlan], scheme: Scheme, standardization: Standardization
  ) throws {
    let planned = PlannedSeries(series, plans: plans.map { .exact($0) })
    try self.init(planned, scheme: scheme, standardization: standardization)
  }
}
