/// The primal network simplex for the transport problem on a list of arcs.
///
/// In a pivot a pair (i, j) with negative reduced cost c_ij - u_i - v_j enters the tree, and an edge of the cycle that
/// it closes leaves. Flows are whole numbers, and of the edges that block the cycle the last one from the apex on
/// leaves. The tree therefore stays strongly feasible, and degenerate problems, such as assignments, cannot cycle.
final class NetworkSimplex {
  let geometry: Geometry
  let tree: SpanningTree
  private(set) var pivots = 0

  private var arcs = ArcList()
  /// The row whose arcs are looked at next.
  private var cursor = 0

  init(_ geometry: Geometry, _ tree: SpanningTree) {
    self.geometry = geometry
    self.tree = tree
  }

  /// - Parameter more: ordered by row
  func add(_ more: [Arc]) { arcs.merge(more, rows: tree.rows) }

  /// Pivots until no listed arc has a reduced cost below -tolerance (c_ij + |u_i| + |v_j|).
  ///
  /// - Parameter check: called every few thousand pivots; what it throws ends the work.
  /// - Returns: false when `limit` pivots were not enough.
  func solve(tolerance: Double, precise: Bool, limit: Int, _ check: () throws -> Void) throws -> Bool {
    tree.precise = precise
    while true {
      tree.refreshPotentials(geometry)
      let before = pivots
      while let (arc, reduced) = entering(tolerance) {
        if pivots >= limit { return false }
        if pivots & 0xFFF == 0 { try check() }
        pivot(source: Int(arc.row), sink: tree.rows + Int(arc.column), reduced: reduced)
        pivots += 1
      }
      if pivots == before { return true }
    }
  }

  /// The arc with the least reduced cost in the next batch of rows that has a negative one.
  private func entering(_ tolerance: Double) -> (Arc, DoubleDouble)? {
    let block = max(10, Int(Double(arcs.count).squareRoot() / 2))
    let (high, rows, count, precise) = (tree.high, tree.rows, arcs.count, tree.precise)
    let sinks = high + rows
    let found: (Arc, DoubleDouble)?? = arcs.withUnsafePointers { start, columns, costs in
      var best: (Arc, DoubleDouble)?
      var least = 0.0
      var (seen, inBlock) = (0, 0)
      while seen < count {
        let row = cursor
        cursor = cursor + 1 == rows ? 0 : cursor + 1
        let u = high[row]
        let (first, end) = (start[row], start[row + 1])
        for index in first..<end {
          let p = sinks[Int(columns[index])]
          let quick = (costs[index] - u) + p
          // Rounding of the quick estimate is far below the tolerance, unless that is the tolerance of double-doubles.
          guard quick < least || (precise && quick < least + 0x1p-49 * (abs(u) + abs(p))) else { continue }
          let arc = Arc(row: Int32(truncatingIfNeeded: row), column: columns[index], cost: costs[index])
          let reduced = reducedCost(arc)
          if reduced.hi < min(least, -tolerance * (arc.cost + abs(u) + abs(p))) {
            least = reduced.hi
            best = (arc, reduced)
          }
        }
        seen += end - first
        inBlock += end - first
        if inBlock >= block {
          if best != nil { return best }
          inBlock = 0
        }
      }
      return best
    }
    return found ?? nil
  }

  private func reducedCost(_ arc: Arc) -> DoubleDouble {
    let (u, p) = (tree.potential(Int(arc.row)), tree.potential(tree.rows + Int(arc.column)))
    return DoubleDouble.exactSum(arc.cost, -u.hi) + p + DoubleDouble(-u.lo)
  }

  private func pivot(source: Int, sink: Int, reduced: DoubleDouble) {
    let (apex, leaving, leavesSourceSide) = ratioTest(source, sink)
    let flow = tree.nodes[leaving].flow
    if flow > 0 { push(flow, source, sink, apex) }
    let (top, parent) = leavesSourceSide ? (source, sink) : (sink, source)
    tree.rehang(top, cutAt: leaving, under: parent, apex: apex, flow: flow)
    tree.shiftPotentials(below: top, by: leavesSourceSide ? reduced : -reduced)
  }

  /// The apex of the cycle that the arc source -> sink closes, and the lower end of the edge that leaves.
  ///
  /// Flow goes along the arc, from the sink up to the apex and from there down to the source. On the way down it
  /// reduces the flow of edges whose lower end is a source, on the way up that of edges whose lower end is a sink.
  private func ratioTest(_ source: Int, _ sink: Int) -> (apex: Int, leaving: Int, leavesSourceSide: Bool) {
    let nodes = tree.nodes
    var (p, q) = (source, sink)
    var (down, downFlow) = (-1, Int.max)
    var (up, upFlow) = (-1, Int.max)
    while p != q {
      let (pSize, qSize) = (nodes[p].size, nodes[q].size)
      // The smaller subtree cannot contain the other node, so it lies below the apex.
      if pSize <= qSize {
        if tree.isSource(p), nodes[p].flow < downFlow { (down, downFlow) = (p, nodes[p].flow) }
        p = Int(nodes[p].parent)
      }
      if qSize <= pSize {
        if !tree.isSource(q), nodes[q].flow <= upFlow { (up, upFlow) = (q, nodes[q].flow) }
        q = Int(nodes[q].parent)
      }
    }
    return upFlow <= downFlow ? (p, up, false) : (p, down, true)
  }

  private func push(_ amount: Int, _ source: Int, _ sink: Int, _ apex: Int) {
    let nodes = tree.nodes
    var node = source
    while node != apex {
      nodes[node].flow += tree.isSource(node) ? -amount : amount
      node = Int(nodes[node].parent)
    }
    node = sink
    while node != apex {
      nodes[node].flow += tree.isSource(node) ? amount : -amount
      node = Int(nodes[node].parent)
    }
  }
}
