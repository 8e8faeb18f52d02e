import CSystem
import Numerics

/// Centres among the particles, each chosen with probability proportional to its weight times its squared distance from those chosen
/// before it: k-means++ (Arthur, Vassilvitskii 2007). Of 2 + ln k such candidates the one is taken that leaves the least sum of
/// squared distances. About 3 n k d (2 + ln k) operations.
func chooseCentres(_ panels: ParticlePanels, count: Int, _ random: inout PhiloxSequence) throws
  -> Matrix
{
  let (d, lanes, n) = (panels.dimension, panels.lanes, panels.count)
  let size = panels.panelCount * lanes
  // Squared distances from the nearest centre: of those chosen, with the candidate, with the best candidate so far.
  var (distances, latest, best) = (
    AlignedBuffer<Double>(count: size), AlignedBuffer<Double>(count: size), AlignedBuffer<Double>(count: size)
  )
  let weights = panels.weights.base
  var centres: [Double] = []
  var total = 1.0
  for index in 0..<size { distances.base[index] = 1 }
  let candidates = 2 + Int(log(Double(count)))
  for place in 0..<count {
    var (leastTotal, chosen) = (Double.infinity, [Double]())
    for _ in 0..<(place == 0 ? 1 : candidates) {
      try Interruption.check()
      let candidate = draw(panels, distances.base, total, &random)
      let (panel, lane) = candidate.quotientAndRemainder(dividingBy: lanes)
      let centre = (0..<d).map { panels.points(panel)[$0 * lanes + lane] }
      for panel in 0..<panels.panelCount {
        squaredDistances(panels.points(panel), to: centre, d, lanes, into: latest.base + panel * lanes)
      }
      var sum = 0.0
      for index in 0..<n {
        if place > 0 { latest.base[index] = min(latest.base[index], distances.base[index]) }
        sum += weights[index] * latest.base[index]
      }
      if sum < leastTotal {
        (leastTotal, chosen) = (sum, centre)
        swap(&latest, &best)
      }
    }
    centres += chosen
    total = leastTotal
    swap(&distances, &best)
  }
  return Matrix(rows: count, columns: d, elements: centres)
}

/// A particle, with probability proportional to its weight times its distance.
private func draw(
  _ panels: ParticlePanels, _ distances: UnsafePointer<Double>, _ total: Double, _ random: inout PhiloxSequence
) -> Int {
  // All in the places chosen already: any will do.
  let isDone = !(total > 0)
  var rest = random.uniform() * (isDone ? 1 : total)
  for index in 0..<panels.count {
    rest -= panels.weights.base[index] * (isDone ? 1 : distances[index])
    if rest < 0 { return index }
  }
  return panels.count - 1
}
