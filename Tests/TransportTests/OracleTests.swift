import Numerics
import Testing
import Transport

/// Optimal costs against solvers that are simple enough to be trusted.
@Suite struct OracleTests {
  /// Assignments of up to seven points against all permutations.
  @Test(arguments: bothCosts)
  func allPermutations(_ cost: GroundCost) throws {
    var source = PointSource(20)
    for round in 0..<120 {
      let n = 1 + round % 7
      let d = 1 + round % 3
      let (x, y) =
        round % 2 == 0 ? (source.normal(n, d), source.normal(n, d)) : (source.grid(n, d), source.grid(n, d))
      let plan = try Problem("permutation", x, y).check(cost)
      let least = leastPermutation(n) { groundCost(x, $0, y, $1, cost) } / Double(n)
      #expect(abs(plan.cost - least) <= 1e-13 * (least + 1))
    }
  }

  /// General masses against successive shortest paths.
  @Test(arguments: bothCosts)
  func shortestPaths(_ cost: GroundCost) throws {
    var source = PointSource(21)
    for round in 0..<300 {
      let (n, m, d) = (1 + source.random.integer(below: 12), 1 + source.random.integer(below: 12), 1 + round % 4)
      let total = 1 + source.random.integer(below: 40)
      let (a, b) = (source.counts(n, total: total), source.counts(m, total: total))
      let offset = round % 5 == 0 ? 1e6 : 0
      let scale = round % 7 == 0 ? 1e-6 : 1
      let (x, y): (Matrix, Matrix)
      switch round % 3 {
      case 0: (x, y) = (source.normal(n, d, offset: offset, scale: scale), source.normal(m, d, offset: offset))
      case 1: (x, y) = (source.grid(n, d), source.grid(m, d))
      default: (x, y) = (source.line(n, d), source.line(m, d))
      }
      let plan = try Problem("counts, round \(round)", x, a, y, b).check(cost)
      let least = shortestPathCost(a, b) { groundCost(x, $0, y, $1, cost) }
      #expect(abs(plan.cost - least) <= 1e-12 * max(least, 1e-12 * Double(total)), "round \(round)")
    }
  }

  private func leastPermutation(_ n: Int, _ cost: (Int, Int) -> Double) -> Double {
    var least = Double.infinity
    var taken = [Bool](repeating: false, count: n)
    func place(_ row: Int, _ sum: Double) {
      if row == n {
        least = min(least, sum)
        return
      }
      for column in 0..<n where !taken[column] {
        taken[column] = true
        place(row + 1, sum + cost(row, column))
        taken[column] = false
      }
    }
    place(0, 0)
    return least
  }

  /// Min-cost flow by Bellman and Ford's shortest augmenting paths, on whole masses.
  private func shortestPathCost(_ a: [Double], _ b: [Double], _ cost: (Int, Int) -> Double) -> Double {
    let (n, m) = (a.count, b.count)
    var (supply, demand) = (a, b)
    var flow = [[Double]](repeating: [Double](repeating: 0, count: m), count: n)
    let costs = (0..<n).map { i in (0..<m).map { cost(i, $0) } }
    while supply.contains(where: { $0 > 0 }) {
      var distance = supply.map { $0 > 0 ? 0 : Double.infinity } + [Double](repeating: .infinity, count: m)
      var previous = [Int](repeating: -1, count: n + m)
      var changed = true
      while changed {
        changed = false
        for i in 0..<n {
          for j in 0..<m {
            // A margin far below any difference of costs here, so that rounding makes no cycles.
            let margin = 1e-15 * (1 + costs[i][j])
            if distance[i] + costs[i][j] < distance[n + j] - margin {
              (distance[n + j], previous[n + j], changed) = (distance[i] + costs[i][j], i, true)
            }
            if flow[i][j] > 0, distance[n + j] - costs[i][j] < distance[i] - margin {
              (distance[i], previous[i], changed) = (distance[n + j] - costs[i][j], n + j, true)
            }
          }
        }
      }
      guard
        let end = (0..<m).filter({ demand[$0] > 0 }).min(by: { distance[n + $0] < distance[n + $1] })
      else { break }
      var path = [n + end]
      while let first = path.last, previous[first] >= 0 { path.append(previous[first]) }
      path.reverse()
      var amount = min(supply[path[0]], demand[end])
      for (from, to) in zip(path, path.dropFirst()) where from >= n { amount = min(amount, flow[to][from - n]) }
      for (from, to) in zip(path, path.dropFirst()) {
        if from < n { flow[from][to - n] += amount } else { flow[to][from - n] -= amount }
      }
      supply[path[0]] -= amount
      demand[end] -= amount
    }
    return (0..<n).reduce(0) { sum, i in sum + (0..<m).reduce(0) { $0 + flow[i][$1] * costs[i][$1] } }
  }
}
