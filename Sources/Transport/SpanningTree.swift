/// The basis of the network simplex: a spanning tree over the rows of x, the rows of y and an artificial root.
///
/// Nodes 0..<rows are sources, rows..<rows + columns are sinks, then comes the root. Every tree edge is stored at its
/// lower end. Edges between sources and sinks carry flow from source to sink. Edges to the root hold together what
/// flows do not; only sources have them, and they never carry flow.
///
/// The tree is *strongly feasible* (Cunningham, "A network simplex method", Mathematical Programming 11, 1976): an
/// edge without flow points towards the root, so its lower end is a source.
///
/// A node's potential p is u_i for a source and -v_j for a sink, so that an edge from i to j is tight when
/// p_i - p_j = c_ij, and a shift of a part of the tree adds one number to all its potentials.
final class SpanningTree {
  struct Node {
    var parent: Int32
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
    var previousSibling: Int32 = -1
    /// Nodes in the subtree, this one included.
    var size: Int32 = 1
    /// Mass units on the edge to the parent.
    var flow: Int = 0
  }

  let rows: Int
  let columns: Int
  var root: Int { rows + columns }
  let nodes: UnsafeMutablePointer<Node>
  let potentials: UnsafeMutablePointer<DoubleDouble>
  /// Nodes whose children wait, in traversals.
  private let stack: UnsafeMutablePointer<Int32>

  /// Hangs every component of the forest of positive flows on the root, by its first source.
  ///
  /// - Parameters:
  ///   - flows: positive flows without a cycle, which meet all supplies and demands
  ///   - u: potentials of the sources that meet the root
  init(_ geometry: Geometry, flows: [Flow], hooks u: [Double]) {
    rows = geometry.x.count
    columns = geometry.y.count
    let count = rows + columns + 1
    nodes = .allocate(capacity: count)
    potentials = .allocate(capacity: count)
    stack = .allocate(capacity: count)
    nodes.initialize(repeating: Node(parent: -1), count: count)
    potentials.initialize(repeating: .zero, count: count)
    grow(flows)
    for row in 0..<rows { potentials[row] = DoubleDouble(u[row]) }
    refreshPotentials(geometry)
  }

  deinit {
    nodes.deallocate()
    potentials.deallocate()
    stack.deallocate()
  }

  func isSource(_ node: Int) -> Bool { node < rows }

  func attach(_ node: Int, to parent: Int) {
    let sibling = nodes[parent].firstChild
    nodes[node].parent = Int32(truncatingIfNeeded: parent)
    nodes[node].previousSibling = -1
    nodes[node].nextSibling = sibling
    if sibling >= 0 { nodes[Int(sibling)].previousSibling = Int32(truncatingIfNeeded: node) }
    nodes[parent].firstChild = Int32(truncatingIfNeeded: node)
  }

  func detach(_ node: Int) {
    let (parent, previous, next) = (nodes[node].parent, nodes[node].previousSibling, nodes[node].nextSibling)
    if previous >= 0 { nodes[Int(previous)].nextSibling = next } else { nodes[Int(parent)].firstChild = next }
    if next >= 0 { nodes[Int(next)].previousSibling = previous }
  }

  /// Adds `shift` to the potentials of the subtree below and including `top`, or, where that is less work, subtracts it
  /// from all others: only differences of potentials count.
  func shiftPotentials(below top: Int, by shift: DoubleDouble) {
    if 2 * Int(nodes[top].size) <= root + 1 {
      potentials[top] += shift
      traverse(from: top, skipping: -1) { node, _ in potentials[node] += shift }
    } else {
      potentials[root] += -shift
      traverse(from: root, skipping: top) { node, _ in potentials[node] += -shift }
    }
  }

  /// Recomputes all potentials from the costs of the edges, which removes the rounding of earlier shifts.
  func refreshPotentials(_ geometry: Geometry) {
    let base = potentials[root]
    potentials[root] = .zero
    traverse(from: root, skipping: -1) { node, parent in
      if parent == root {
        potentials[node] = potentials[node] - base
      } else if isSource(node) {
        potentials[node] = potentials[parent] + DoubleDouble(geometry.cost(node, parent - rows))
      } else {
        potentials[node] = potentials[parent] - DoubleDouble(geometry.cost(parent, node - rows))
      }
    }
  }

  /// Calls `body(node, parent)` for all nodes below `top`, parents first, but not for `skipped` and below.
  @inline(__always)
  private func traverse(from top: Int, skipping skipped: Int, _ body: (Int, Int) -> Void) {
    stack[0] = Int32(truncatingIfNeeded: top)
    var height = 1
    while height > 0 {
      height -= 1
      let parent = Int(stack[height])
      var child = Int(nodes[parent].firstChild)
      while child >= 0 {
        if child != skipped {
          body(child, parent)
          if nodes[child].firstChild >= 0 {
            stack[height] = Int32(truncatingIfNeeded: child)
            height += 1
          }
        }
        child = Int(nodes[child].nextSibling)
      }
    }
  }

  /// Builds the tree from the forest of flows.
  private func grow(_ flows: [Flow]) {
    // Adjacency lists: positions in `flows` by node.
    var start = [Int](repeating: 0, count: root + 1)
    for flow in flows {
      start[flow.row + 1] += 1
      start[rows + flow.column + 1] += 1
    }
    for node in 0..<root { start[node + 1] += start[node] }
    var place = start
    var edges = [Int](repeating: 0, count: 2 * flows.count)
    for (index, flow) in flows.enumerated() {
      for node in [flow.row, rows + flow.column] {
        edges[place[node]] = index
        place[node] += 1
      }
    }
    var order: [Int] = []
    order.reserveCapacity(root)
    for source in 0..<rows where nodes[source].parent < 0 {
      attach(source, to: root)
      var next = order.count
      order.append(source)
      while next < order.count {
        let node = order[next]
        next += 1
        for index in edges[start[node]..<start[node + 1]] {
          let other = isSource(node) ? rows + flows[index].column : flows[index].row
          if nodes[other].parent >= 0 { continue }
          attach(other, to: node)
          nodes[other].flow = flows[index].units
          order.append(other)
        }
      }
    }
    for node in order.reversed() { nodes[Int(nodes[node].parent)].size += nodes[node].size }
  }
}
