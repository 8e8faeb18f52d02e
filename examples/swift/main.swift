// Learn an energy from unpaired snapshots, see how well it predicts, and compute the population that descends it.
//
//     swift run -c release learn-and-predict

import JKOnetStar

// 400 particles descend V(x) = |x|^2 in five steps; shuffling forgets which particle became which.
func gradient(_ points: Points, _ time: Double) -> Points {
  let doubled = points.elements.map { 2 * $0 }
  return (try? Points(elements: doubled, dimension: points.dimension)) ?? points
}

do {
  let places = (0..<20).map { 0.2 * Double($0) - 1.9 }
  let start = try Points(places.flatMap { y in places.map { x in [x, y] } })
  let populations = try simulate(from: start, potential: gradient, beta: 0.01, dt: 0.05, steps: 5)
  let observed = try SnapshotSeries(
    points: Points(elements: populations.flatMap(\.elements), dimension: 2),
    times: (0...5).flatMap { [Double](repeating: 0.05 * Double($0), count: start.count) })
  var (train, test) = try observed.split(testFraction: 0.5, by: .trajectories)
  (train, test) = (train.shuffled(), test.shuffled(seed: 1))

  // A quadratic V in closed form; `Energy()` would be a network.
  let quadratic = Energy(
    potential: .linear(Features(polynomialDegree: 2, polynomialTotal: true, gaussianGrid: 0)))
  let model = try Model(fitting: train, energy: quadratic)
  let errors = try model.errors(on: test)
  print("W1 one step ahead:", errors.oneStep)
  print("if nothing moved: ", errors.nothingMoves)
  print("grad V at (1, 0): ", try model.potentialGradient(at: Points([[1, 0]]))[0], "truth [2, 0]")

  let rollout = try model.predict(from: test[0].points, steps: 5)
  let distance = try wassersteinDistance(rollout.last, test[5].points)
  print("W1 after five steps:", distance)

  // The population that descends what was learned and diffuses a little, with a density at any point.
  let initial = try GaussianMixture(fitting: test[0].points)
  let flow = try WassersteinFlow(
    of: FlowEnergy(potential: .model(model), beta: 0.01), from: initial,
    options: FlowOptions(step: 0.05, steps: 5, components: 4, particles: 1000))
  let logDensity = try flow.logDensity(at: test[5].points)
  print("mean log-density of what was observed then:", logDensity.reduce(0, +) / Double(logDensity.count))
} catch {
  print("error:", error)
}
