import Numerics

/// Exact plans in any dimension. The network simplex on candidate pairs and the pricing of all pairs take turns until
/// pricing finds no pair that the candidates lack.
///
/// Memory grows with n + m, not n m.
enum SimplexPlan {
  /// Relative size below which a reduced cost counts as rounding: first that of plain doubles, then, where the optimal
  /// cost is too small for that to prove it, that of double-doubles.
  private static let tolerances: [(value: Double, precise: Bool)] = [(0x1p-46, false), (0x1p-90, true)]

  /// A certified gap below this counts as none.
  static let negligibleGap = 1e-12

  /// - Parameter gap: the relative duality gap at which the work ends.
  static func solve(
    _ problem: TransportProblem, gap: Double = negligibleGap, isThinned: Bool = false, _ interruption: Interruption?
  ) throws -> TransportSolution {
    let geometry = problem.geometry
    var start = try SimplexStart(problem, isThinned: isThinned, interruption)
    let tree = SpanningTree(geometry, flows: start.flows, hooks: start.u)
    let simplex = NetworkSimplex(geometry, tree)
    simplex.add(start.arcs)
    start.arcs = []

    let largestCost = geometry.largestCost
    // Far above what any problem needs. The bound is there so that no input can make this run forever.
    let pivotLimit = 10_000_000 + 1_000 * (tree.rows + tree.columns)
    for (tolerance, precise) in tolerances {
      var pivotsBefore = -1
      while true {
        guard
          try simplex.solve(tolerance: tolerance, precise: precise, limit: pivotLimit, { try interruption?.check() })
        else {
          throw EngineError(.convergence, "optimality was not reached in \(pivotLimit) simplex pivots")
        }
        let duals = tree.duals
        let pricing = try Pricing(geometry, duals, tolerance: tolerance, knowing: start.nearest, interruption)
        let flows = tree.flows
        let solution = TransportSolution(
          problem, flows: flows, costs: flows.map { DoubleDouble(geometry.cost($0.row, $0.column)) },
          duals: pricing.feasible(duals), largestCost: largestCost, pivots: simplex.pivots)
        if solution.certificate.gap <= gap { return solution }
        if pricing.violated.isEmpty || simplex.pivots == pivotsBefore {
          if precise { return solution }
          break
        }
        simplex.add(pricing.violated)
        pivotsBefore = simplex.pivots
      }
    }
    throw EngineError(.internalDefect, "the simplex ended without a plan")
  }
}

extension SpanningTree {
  var duals: Duals {
    Duals(
      u: (0..<rows).map { potential($0) }, v: (rows..<rows + columns).map { -potential($0) })
  }

  /// The edges that carry flow.
  var flows: [Flow] {
    (0..<root).compactMap { node in
      let (flow, parent) = (nodes[node].flow, Int(nodes[node].parent))
      guard flow > 0 else { return nil }
      return isSource(node)
        ? Flow(row: node, column: parent - rows, units: flow) : Flow(row: parent, column: node - rows, units: flow)
    }
  }
}

extension Pricing {
  /// `duals` with u lowered by the excess, hence feasible for all pairs.
  func feasible(_ duals: Duals) -> Duals {
    Duals(u: zip(duals.u, excess).map { $0 + DoubleDouble($1) }, v: duals.v)
  }
}
