import KernelInterface
import Numerics
import Testing

/// The loop over pairs of every instruction set, against plain loops.
///
/// Operands are multiples of a quarter below 5 in size, norms, weights and limits whole numbers of at most a few
/// thousand: every sum, product and square is exact in single precision too, so hits and keys must be equal, not close.
@Suite struct PairScanTests {
  /// One group of four rows and some blocks of columns, in the layout of the kernel.
  private struct Pairs<Number: KernelNumber> {
    static var never: Double { 1e30 }

    let dimension: Int
    let isSquared: Bool
    let blockCount: Int
    /// The padding columns of the last block.
    let padding: Int
    let rows: [Double]
    let columns: [Double]
    let squares: [Double]
    let columnSquares: [Double]
    let weights: [Double]
    var limits: [Double]

    init(_ dimension: Int, isSquared: Bool, blocks: Int = 3, padding: Int = 0) {
      var random = PhiloxSequence(seed: 12, stream: UInt64(dimension))
      func numbers(_ count: Int, below bound: Int, unit: Double = 1) -> [Double] {
        (0..<count).map { _ in unit * Double(random.integer(below: 2 * bound + 1) - bound) }
      }
      (self.dimension, self.isSquared, blockCount, self.padding) = (dimension, isSquared, blocks, padding)
      rows = numbers(4 * dimension, below: 20, unit: 0.25)
      var columns = numbers(64 * blocks * dimension, below: 20, unit: 0.25)
      // Norms need not be those of the points: the kernel does not check.
      squares = numbers(4, below: 50).map { abs($0) }
      var columnSquares = numbers(64 * blocks, below: 50).map { abs($0) }
      var weights = numbers(64 * blocks, below: 30)
      limits = numbers(4, below: 30)
      for lane in 64 - padding..<64 {
        for k in 0..<dimension { columns[(64 * (blocks - 1) * dimension) + 64 * k + lane] = 0 }
        weights[64 * (blocks - 1) + lane] = isSquared ? Self.never : -Self.never
        columnSquares[64 * (blocks - 1) + lane] = isSquared ? 0 : Self.never
      }
      (self.columns, self.columnSquares, self.weights) = (columns, columnSquares, weights)
    }

    /// The hits of blocks in this order, by number within a block, with their keys.
    func expected(_ blocks: [Int]) -> [Hit] {
      blocks.flatMap { block in
        (0..<256).compactMap { pair in
          let (lane, row) = (pair / 4, pair % 4)
          let column = 64 * block + lane
          var product = 0.0
          for k in 0..<dimension { product += rows[4 * k + row] * columns[64 * block * dimension + 64 * k + lane] }
          let key = isSquared ? weights[column] + product : squares[row] + columnSquares[column] + product
          let bound = max(0, weights[column] + limits[row])
          let answers = isSquared ? key < limits[row] : key < bound * bound
          return answers ? Hit(pair: 4 * column + row, key: key) : nil
        }
      }
    }

    /// What the kernel reports, sorted within each block; it is called again for the blocks that had no room.
    func found(_ kernels: any Kernels<Number>.Type, _ blocks: [Int], capacity: Int) -> (hits: [Hit], calls: Int) {
      let room = 64
      let (rows, columns) = (AlignedBuffer<Number>(rows), AlignedBuffer<Number>(columns))
      let (squares, columnSquares) = (AlignedBuffer<Number>(squares), AlignedBuffer<Number>(columnSquares))
      let (weights, limits) = (AlignedBuffer<Number>(weights), AlignedBuffer<Number>(limits))
      let keys = AlignedBuffer<Number>([Double](repeating: 0, count: capacity), room: room)
      var pairs = [Int](repeating: -1, count: capacity + room)
      let list = blocks.map { Int32($0) }
      var all: [Hit] = []
      var (next, calls) = (0, 0)
      while next < list.count, calls <= list.count {
        var done = -1
        let count = list.withUnsafeBufferPointer { list in
          list.baseAddress.map { first in
            kernels.pairScan(
              dimension: dimension, rows: rows.base, limits: limits.base,
              squares: isSquared ? nil : UnsafePointer(squares.base), columns: columns.base, weights: weights.base,
              columnSquares: columnSquares.base, blocks: first + next, blockCount: list.count - next, hits: &pairs,
              keys: keys.base, capacity: capacity, done: &done)
          }
        }
        calls += 1
        guard let count, count <= capacity, done >= 1, done <= list.count - next else { return ([], -1) }
        let hits = (0..<count).map { Hit(pair: pairs[$0], key: Double(keys.base[$0])) }
        // Block by block, in the order of the list.
        var place = 0
        for block in blocks[next..<next + done] {
          let end = hits[place...].firstIndex { $0.pair / 256 != block } ?? hits.count
          // A block that is listed twice in a row reports its pairs twice.
          let ordered = hits[place..<end].sorted { $0.pair < $1.pair }
          all += ordered
          place = end
        }
        guard place == hits.count, keys.isUntouched(last: room), pairs[capacity...].allSatisfy({ $0 == -1 })
        else { return ([], -1) }
        next += done
      }
      return (all, calls)
    }

    func check(
      _ kernels: any Kernels<Number>.Type, _ blocks: [Int], capacity: Int = 1024,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let found = found(kernels, blocks, capacity: capacity)
      #expect(
        found.hits == expected(blocks),
        "d = \(dimension), squared \(isSquared), blocks \(blocks), capacity \(capacity)",
        sourceLocation: sourceLocation)
    }
  }

  private struct Hit: Equatable {
    let pair: Int
    let key: Double
  }

  /// Every dimension up to past a cache line of coordinates. Blocks are in any order, and some are not asked for.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func pairsThatAnswer(set: InstructionSet, type: NumberType) {
    for dimension in 1...65 {
      for isSquared in [true, false] {
        for blocks in [[0], [0, 1, 2], [2, 0, 1], [1], [2, 0]] {
          switch type {
          case .float: Pairs<Float>(dimension, isSquared: isSquared).check(set.kernels.float, blocks)
          case .double: Pairs<Double>(dimension, isSquared: isSquared).check(set.kernels.double, blocks)
          }
        }
      }
    }
  }

  /// With room for 257 hits, and pairs that all answer, each call looks at one block; with more room, at as many as may
  /// fit.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func fullLists(set: InstructionSet, type: NumberType) {
    switch type {
    case .float: Self.checkFullLists(set.kernels.float)
    case .double: Self.checkFullLists(set.kernels.double)
    }
  }

  private static func checkFullLists<Number: KernelNumber>(_ kernels: any Kernels<Number>.Type) {
    for isSquared in [true, false] {
      for dimension in [1, 2, 7, 50] {
        var pairs = Pairs<Number>(dimension, isSquared: isSquared, blocks: 5)
        let blocks = [3, 1, 4, 0, 2]
        for capacity in [257, 258, 300, 512, 513, 1024, 1281] {
          pairs.check(kernels, blocks, capacity: capacity)
          pairs.limits = [1e4, 1e4, 1e4, 1e4]
          pairs.check(kernels, blocks, capacity: capacity)
          let perCall = (capacity - 1) / 256
          #expect(pairs.expected(blocks).count == 5 * 256)
          #expect(pairs.found(kernels, blocks, capacity: capacity).calls == (5 + perCall - 1) / perCall)
          pairs.limits = [1e4, -1e4, 1e4, -1e4]
          pairs.check(kernels, blocks, capacity: capacity)
        }
      }
    }
  }

  /// Limits that no pair meets, that all pairs but those of padding meet, and that are met with equality.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func extremeLimits(set: InstructionSet, type: NumberType) {
    switch type {
    case .float: Self.checkExtremeLimits(set.kernels.float)
    case .double: Self.checkExtremeLimits(set.kernels.double)
    }
  }

  private static func checkExtremeLimits<Number: KernelNumber>(_ kernels: any Kernels<Number>.Type) {
    for padding in [0, 1, 15, 16, 63] {
      for isSquared in [true, false] {
        var pairs = Pairs<Number>(3, isSquared: isSquared, padding: padding)
        pairs.check(kernels, [2, 1, 0])
        for (limit, count) in [(-1e30, 0), (1e29, 4 * (3 * 64 - padding))] {
          pairs.limits = [limit, limit, limit, limit]
          let found = pairs.found(kernels, [2, 1, 0], capacity: 1024).hits
          let real = 4 * (3 * 64 - padding)
          #expect(found.allSatisfy { $0.pair < real })
          // A negative square, which the caller's rounding may make, is below a bound of zero.
          let negative = isSquared ? 0 : pairs.expected([2, 1, 0]).filter { $0.key < 0 }.count
          #expect(found.count == (limit < 0 ? negative : count))
        }
      }
    }
    // key = limit does not answer; the next limit does.
    var pairs = Pairs<Number>(2, isSquared: true, blocks: 1)
    pairs.limits = [1e4, 1e4, 1e4, 1e4]
    for row in 0..<4 {
      guard let least = pairs.expected([0]).filter({ $0.pair % 4 == row }).map(\.key).min() else { continue }
      pairs.limits[row] = least
      #expect(pairs.found(kernels, [0], capacity: 1024).hits.allSatisfy { $0.pair % 4 != row })
      pairs.limits[row] = least + 0.0625
      #expect(pairs.found(kernels, [0], capacity: 1024).hits.contains { $0.pair % 4 == row && $0.key == least })
    }
  }
}
