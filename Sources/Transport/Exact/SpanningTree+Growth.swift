extension SpanningTree {
  /// Builds the tree from the forest of flows: every component hangs on the root by its first source.
  func grow(_ flows: [Flow]) {
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
    func attach(_ node: Int, to parent: Int, flow: Int) {
      nodes[node] = Node(parent: Int32(truncatingIfNeeded: parent), flow: flow)
      order.append(node)
    }
    for source in 0..<rows where nodes[source].parent < 0 {
      var reached = order.count
      attach(source, to: root, flow: 0)
      while reached < order.count {
        let node = order[reached]
        reached += 1
        for index in edges[start[node]..<start[node + 1]] {
          let other = isSource(node) ? rows + flows[index].column : flows[index].row
          if nodes[other].parent < 0 { attach(other, to: node, flow: flows[index].units) }
        }
      }
    }
    // Lower nodes first, so that every subtree is threaded whole.
    for node in order.reversed() {
      nodes[parent(node)].size += nodes[node].size
      thread(node, after: parent(node))
    }
  }
}
