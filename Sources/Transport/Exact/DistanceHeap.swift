/// A binary heap of columns by distance.
struct DistanceHeap {
  private var items: [(distance: Double, column: Int32)] = []

  mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  mutating func push(_ distance: Double, _ column: Int32) {
    items.append((distance, column))
    items.withUnsafeMutableBufferPointer { items in
      var place = items.count - 1
      while place > 0, items[(place - 1) / 2].distance > distance {
        items[place] = items[(place - 1) / 2]
        place = (place - 1) / 2
      }
      items[place] = (distance, column)
    }
  }

  mutating func pop() -> (distance: Double, column: Int32)? {
    guard let first = items.first, let moved = items.popLast() else { return nil }
    if items.isEmpty { return first }
    items.withUnsafeMutableBufferPointer { items in
      var place = 0
      while true {
        var child = 2 * place + 1
        guard child < items.count else { break }
        if child + 1 < items.count, items[child + 1].distance < items[child].distance { child += 1 }
        guard items[child].distance < moved.distance else { break }
        items[place] = items[child]
        place = child
      }
      items[place] = moved
    }
    return first
  }
}
