/// The basis of the network simplex: a spanning tree over the rows of x, the rows of y and an artificial root.
///
/// Nodes 0..<rows are sources, rows..<rows + columns are sinks, then comes the root. Every tree edge is stored at its
/// lower end. Edges between sources and sinks carry flow from source to sink. Edges to the root connect the components
/// of the flows; only sources have them, and they never carry flow.
///
/// The tree is *strongly feasible* (Cunningham, "A network simplex method", Mathematical Programming 11, 1976): an edge
/// without flow points towards the root, so its lower end is a source.
///
/// Nodes are threaded in preorder, so that a subtree is a run of the thread from its top to its last node. Shifting
/// potentials dominates the running time, and it then follows one short array.
///
/// A node's potential p is u_i for a source and -v_j for a sink, so that an edge from i to j is tight when p_i - p_j =
/// c_ij, and a shift of a part of the tree adds one number to all its potentials.
final class SpanningTree {
  struct Node {
    var parent: Int32 = -1
    /// Nodes in the subtree, this one included.
    var size: Int32 = 1
    /// Mass units on the edge to the parent.
    var flow: Int = 0
  }

  let rows: Int
  let columns: Int
  var root: Int { rows + columns }
  let nodes: UnsafeMutablePointer<Node>
  /// Potentials as double-doubles. Unless `precise`, shifts leave the low parts alone, and the next refresh corrects
  /// them.
  let high: UnsafeMutablePointer<Double>
  let low: UnsafeMutablePointer<Double>
  var precise = false
  /// The thread: next and previous node in preorder, a circle through the root; and the last node of each subtree.
  private let next: UnsafeMutablePointer<Int32>
  private let previous: UnsafeMutablePointer<Int32>
  private let last: UnsafeMutablePointer<Int32>

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
    high = .allocate(capacity: count)
    low = .allocate(capacity: count)
    next = .allocate(capacity: count)
    previous = .allocate(capacity: count)
    last = .allocate(capacity: count)
    nodes.initialize(repeating: Node(), count: count)
    high.initialize(repeating: 0, count: count)
    low.initialize(repeating: 0, count: count)
    for node in 0..<count {
      for link in [next, previous, last] { link[node] = Int32(truncatingIfNeeded: node) }
    }
    grow(flows)
    for row in 0..<rows { high[row] = u[row] }
    refreshPotentials(geometry)
  }

  deinit {
    nodes.deallocate()
    high.deallocate()
    low.deallocate()
    next.deallocate()
    previous.deallocate()
    last.deallocate()
  }

  @inline(__always)
  func isSource(_ node: Int) -> Bool { node < rows }

  func potential(_ node: Int) -> DoubleDouble { DoubleDouble(high[node], low[node]) }

  @inline(__always)
  func parent(_ node: Int) -> Int { Int(nodes[node].parent) }

  /// Cuts the edge above `cut`, turns the subtree of `cut` over so that `top`, a node in it, becomes its root, and
  /// hangs it under `newParent`, a node outside it, by an edge with `flow`.
  ///
  /// - Parameter apex: the node where the paths from `cut` and `newParent` to the root meet; sizes change below it
  func rehang(_ top: Int, cutAt cut: Int, under newParent: Int, apex: Int, flow: Int) {
    let size = nodes[cut].size
    var node = parent(cut)
    while node != apex {
      nodes[node].size -= size
      node = parent(node)
    }
    node = newParent
    while node != apex {
      nodes[node].size += size
      node = parent(node)
    }
    unthread(cut)
    turnOver(cut, top, size, newParent, flow)
    thread(top, after: newParent)
  }

  /// Adds `shift` to the potentials of the subtree below and including `top`, or, where that is less work, subtracts it
  /// from all others: only differences of potentials count.
  func shiftPotentials(below top: Int, by shift: DoubleDouble) {
    let (size, end) = (Int(nodes[top].size), last[top])
    if 2 * size <= root + 1 {
      shiftPotentials(from: Int32(truncatingIfNeeded: top), to: end, count: size, by: shift)
    } else {
      shiftPotentials(from: next[Int(end)], to: previous[top], count: root + 1 - size, by: -shift)
    }
  }

  /// Shifts the potentials of `count` nodes of the thread, from both ends at once: each step waits for the link that it
  /// follows, so two walks take little longer than one.
  private func shiftPotentials(from start: Int32, to end: Int32, count: Int, by shift: DoubleDouble) {
    var (head, tail) = (Int(start), Int(end))
    if precise {
      for _ in 0..<count {
        setPotential(head, potential(head) + shift)
        head = Int(next[head])
      }
      return
    }
    for _ in 0..<count / 2 {
      high[head] += shift.hi
      high[tail] += shift.hi
      head = Int(next[head])
      tail = Int(previous[tail])
    }
    if count % 2 == 1 { high[head] += shift.hi }
  }

  /// Recomputes all potentials from the costs of the edges, which removes the rounding of earlier shifts.
  func refreshPotentials(_ geometry: Geometry) {
    let base = potential(root)
    setPotential(root, .zero)
    var node = Int(next[root])
    while node != root {
      let above = parent(node)
      if above == root {
        setPotential(node, potential(node) - base)
      } else if isSource(node) {
        setPotential(node, potential(above) + DoubleDouble(geometry.cost(node, above - rows)))
      } else {
        setPotential(node, potential(above) - DoubleDouble(geometry.cost(above, node - rows)))
      }
      node = Int(next[node])
    }
  }

  @inline(__always)
  private func setPotential(_ node: Int, _ value: DoubleDouble) {
    high[node] = value.hi
    low[node] = value.lo
  }

  /// Takes the subtree of `top` out of the thread; it keeps its own links, from `top` to its last node.
  private func unthread(_ top: Int) {
    let (before, end) = (previous[top], last[top])
    let after = next[Int(end)]
    next[Int(before)] = after
    previous[Int(after)] = before
    var node = nodes[top].parent
    while node >= 0, last[Int(node)] == end {
      last[Int(node)] = before
      node = nodes[Int(node)].parent
    }
  }

  /// Puts the subtree of `top`, a new child of `parent`, into the thread.
  func thread(_ top: Int, after parent: Int) {
    let (end, after) = (last[top], next[parent])
    next[parent] = Int32(truncatingIfNeeded: top)
    previous[top] = Int32(truncatingIfNeeded: parent)
    next[Int(end)] = after
    previous[Int(after)] = end
    var node = parent
    while node >= 0, last[node] == parent {
      last[node] = end
      node = self.parent(node)
    }
  }

  /// Reverses the path from `cut` to `top` within the subtree of `cut`, which is out of the thread.
  ///
  /// The new preorder is the subtree of `top`, then what remains of its old parent's, and so on up to `cut`: each node
  /// of the path gets the next one as its last child.
  private func turnOver(_ cut: Int, _ top: Int, _ size: Int32, _ newParent: Int, _ newFlow: Int) {
    var (node, above, flow) = (top, Int32(truncatingIfNeeded: newParent), newFlow)
    var below: Int32 = 0
    var end = last[top]
    // The old run of this node's subtree in the thread, and the nodes before and behind it in its parent's run.
    var (blockBefore, blockEnd, blockAfter) = (previous[top], end, next[Int(end)])
    while true {
      let old = nodes[node]
      nodes[node] = Node(parent: above, size: size - below, flow: flow)
      if node == cut { break }
      let parent = Int(old.parent)
      let (parentBefore, parentEnd) = (previous[parent], last[parent])
      // The rest of the parent's run: up to this node's run, and on from behind it.
      var (restEnd, parentAfter) = (blockBefore, blockAfter)
      if parentEnd != blockEnd {
        next[Int(blockBefore)] = blockAfter
        previous[Int(blockAfter)] = blockBefore
        (restEnd, parentAfter) = (parentEnd, next[Int(parentEnd)])
      }
      next[Int(end)] = old.parent
      previous[parent] = end
      end = restEnd
      (blockBefore, blockEnd, blockAfter) = (parentBefore, parentEnd, parentAfter)
      (above, flow, below) = (Int32(truncatingIfNeeded: node), old.flow, old.size)
      node = parent
    }
    node = cut
    while node != newParent {
      last[node] = end
      node = parent(node)
    }
  }
}
