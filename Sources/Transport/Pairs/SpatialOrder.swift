/// The order of the leaves of a k-d tree that is halved across the widest coordinate. Near points are near each other
/// in it, so that they lie together in memory and runs of points have small boxes.
enum SpatialOrder {
  /// The searches put boxes around runs of this many points, so halves are whole numbers of runs.
  private static let run = 64
  private static let sampled = 100

  /// - Parameter coordinate: the k-th coordinate of an item
  static func sort<Item>(_ items: inout [Item], dimension: Int, _ coordinate: (Item, Int) -> Double) {
    var ranges = [items.indices.lowerBound..<items.indices.upperBound]
    while let range = ranges.popLast() {
      // Runs are ordered within as well, because groups of rows have 32 points.
      guard range.count > 32 else { continue }
      let widest = widestCoordinate(items[range], dimension, coordinate)
      var keyed = items[range].map { (key: coordinate($0, widest), item: $0) }
      let half = range.count > run ? (range.count / 2 + run - 1) / run * run : 32
      partition(&keyed, half)
      for (place, pair) in keyed.enumerated() { items[range.lowerBound + place] = pair.item }
      ranges.append(range.lowerBound..<range.lowerBound + half)
      ranges.append(range.lowerBound + half..<range.upperBound)
    }
  }

  private static func widestCoordinate<Item>(
    _ items: ArraySlice<Item>, _ dimension: Int, _ coordinate: (Item, Int) -> Double
  ) -> Int {
    var (widest, width) = (0, -1.0)
    // A sample of the items is enough to find the widest coordinate.
    let items = stride(from: items.startIndex, to: items.endIndex, by: max(1, items.count / sampled)).map { items[$0] }
    for k in 0..<dimension {
      var (low, high) = (Double.infinity, -Double.infinity)
      for item in items {
        let value = coordinate(item, k)
        low = min(low, value)
        high = max(high, value)
      }
      if high - low > width { (widest, width) = (k, high - low) }
    }
    return widest
  }

  /// Puts the `count` least keys first (Hoare's selection, with the median of three as the pivot).
  private static func partition<Item>(_ items: inout [(key: Double, item: Item)], _ count: Int) {
    var (low, high) = (0, items.count - 1)
    while low < high {
      let (a, b, c) = (items[low].key, items[(low + high) / 2].key, items[high].key)
      let pivot = max(min(a, b), min(max(a, b), c))
      var (i, j) = (low, high)
      while i <= j {
        while items[i].key < pivot { i += 1 }
        while items[j].key > pivot { j -= 1 }
        if i <= j {
          items.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if count <= j { high = j } else if count >= i { low = i } else { return }
    }
  }
}
