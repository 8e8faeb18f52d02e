import KernelInterface

// A layer of a convex network, with particles along the vector lanes. Per unit and particle the loops take about rank d
// multiply-adds for its squares, twice, d^2 / 2 for a Hessian, d^2 for a metric, and 2 rank d for the gradient.

extension DoubleVariant {
  static func convexLayer(
    units: Int, dimension d: Int, rank: Int, lanes: Int, inputs: Input, biases: Input, squares: Input, z: Input,
    values: Output, u: Output, slopes: Output?
  ) {
    let two = V(repeating: 2)
    for unit in 0..<units {
      let (b, rows) = (inputs + unit * d, squares + unit * rank * d)
      var lane = 0
      while lane < lanes {
        var value = V(repeating: biases[unit])
        for j in 0..<d { value.add(V(repeating: b[j]), times: V(at: z + (j * lanes + lane))) }
        for r in 0..<rank {
          var sum = V(repeating: 0)
          for j in 0..<d { sum.add(V(repeating: rows[r * d + j]), times: V(at: z + (j * lanes + lane))) }
          value.add(sum, times: sum)
          sum.store(at: u + ((unit * rank + r) * lanes + lane))
        }
        value.store(at: values + (unit * lanes + lane))
        if let slopes {
          for j in 0..<d {
            var sum = V(repeating: 0)
            for r in 0..<rank {
              sum.add(V(repeating: rows[r * d + j]), times: V(at: u + ((unit * rank + r) * lanes + lane)))
            }
            V.fused(sum, two, V(repeating: b[j])).store(at: slopes + ((unit * d + j) * lanes + lane))
          }
        }
        lane += V.count
      }
    }
  }

  static func softplus(count: Int, values: Output, s: Output) {
    var index = 0
    while index < count {
      let found = Softplus.evaluate(V(at: values + index))
      found.h.store(at: values + index)
      found.s.store(at: s + index)
      index += V.count
    }
  }

  static func scaledRows(units: Int, each: Int, lanes: Int, s: Input, q: Input, out: Output) {
    for unit in 0..<units {
      var lane = 0
      while lane < lanes {
        let slope = V(at: s + (unit * lanes + lane))
        for j in 0..<each {
          let place = (unit * each + j) * lanes + lane
          (slope * V(at: q + place)).store(at: out + place)
        }
        lane += V.count
      }
    }
  }

  static func convexHessian(
    units: Int, dimension d: Int, lanes: Int, bends: Input, q: Input, scratch: Output, hessians: Output
  ) {
    var lane = 0
    while lane < lanes {
      for j in 0..<d {
        for unit in 0..<units {
          let bent = V(at: bends + (unit * lanes + lane)) * V(at: q + ((unit * d + j) * lanes + lane))
          bent.store(at: scratch + unit * V.count)
        }
        for k in 0...j {
          let place = hessians + ((j * (j + 1) / 2 + k) * lanes + lane)
          var even = V(at: place)
          var odd = V(repeating: 0)
          var unit = 0
          while unit + 1 < units {
            even.add(V(at: scratch + unit * V.count), times: V(at: q + ((unit * d + k) * lanes + lane)))
            odd.add(V(at: scratch + (unit + 1) * V.count), times: V(at: q + (((unit + 1) * d + k) * lanes + lane)))
            unit += 2
          }
          if unit < units {
            even.add(V(at: scratch + unit * V.count), times: V(at: q + ((unit * d + k) * lanes + lane)))
          }
          (even + odd).store(at: place)
        }
      }
      lane += V.count
    }
  }

  static func convexBend(
    units: Int, dimension d: Int, lanes: Int, metric: Input, along: Input, q: Input, s: Input, p: Output, e: Output,
    r: Output, rest: Output, bent: Output
  ) {
    let panel = d * lanes
    var unit = 0
    // Four units share the metric's numbers.
    while unit + 4 <= units {
      let (row, out) = (q + unit * panel, bent + unit * panel)
      var lane = 0
      while lane < lanes {
        for j in 0..<d {
          let own = j * lanes + lane
          var (s0, s1, s2, s3) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
          var entry = j * (j + 1) / 2
          for k in 0..<d {
            if k != j {
              let (factor, column) = (V(at: metric + (entry * lanes + lane)), row + (k * lanes + lane))
              s0.add(factor, times: V(at: column))
              s1.add(factor, times: V(at: column + panel))
              s2.add(factor, times: V(at: column + 2 * panel))
              s3.add(factor, times: V(at: column + 3 * panel))
            }
            entry += k < j ? 1 : k + 1
          }
          let diagonal = V(at: metric + ((j * (j + 3) / 2) * lanes + lane))
          withDiagonal(s0, diagonal, row + own).store(at: out + own)
          withDiagonal(s1, diagonal, row + (own + panel)).store(at: out + (own + panel))
          withDiagonal(s2, diagonal, row + (own + 2 * panel)).store(at: out + (own + 2 * panel))
          withDiagonal(s3, diagonal, row + (own + 3 * panel)).store(at: out + (own + 3 * panel))
        }
        lane += V.count
      }
      unit += 4
    }
    while unit < units {
      let (row, out) = (q + unit * panel, bent + unit * panel)
      var lane = 0
      while lane < lanes {
        for j in 0..<d {
          var sum = V(repeating: 0)
          var entry = j * (j + 1) / 2
          for k in 0..<d {
            if k != j { sum.add(V(at: metric + (entry * lanes + lane)), times: V(at: row + (k * lanes + lane))) }
            entry += k < j ? 1 : k + 1
          }
          let (own, diagonal) = (j * lanes + lane, V(at: metric + ((j * (j + 3) / 2) * lanes + lane)))
          withDiagonal(sum, diagonal, row + own).store(at: out + own)
        }
        lane += V.count
      }
      unit += 1
    }
    for unit in 0..<units {
      var lane = 0
      while lane < lanes {
        var (square, slope) = (V(repeating: 0), V(repeating: 0))
        for j in 0..<d {
          let place = unit * panel + j * lanes + lane
          let own = V(at: q + place)
          square.add(V(at: bent + place), times: own)
          slope.add(own, times: V(at: along + (j * lanes + lane)))
        }
        let place = unit * lanes + lane
        let first = V(at: s + place)
        let bend = (first - first * first) * square
        let bare = V(at: p + place)
        let whole = bare + slope
        square.store(at: e + place)
        whole.store(at: p + place)
        V.fused(first, bare, bend).store(at: rest + place)
        V.fused(first, whole, bend).store(at: r + place)
        lane += V.count
      }
    }
  }

  /// Half of what is off the diagonal, which the metric has twice, and the diagonal's own.
  @inline(__always)
  private static func withDiagonal(_ others: V, _ diagonal: V, _ q: Input) -> V {
    V.fused(diagonal, V(at: q), V(repeating: 0.5) * others)
  }

  static func convexReturn(
    units: Int, dimension d: Int, lanes: Int, y: Input, hBar: Input?, x: Input?, q: Input, s: Input, p: Input,
    e: Input, bent: Output, pBar: Output, aBar: Output
  ) {
    let (one, two) = (V(repeating: 1), V(repeating: 2))
    for unit in 0..<units {
      var lane = 0
      while lane < lanes {
        let place = unit * lanes + lane
        let (above, first) = (V(at: y + place), V(at: s + place))
        let second = first - first * first
        let third = second * (one - two * first)
        (above * first).store(at: pBar + place)
        var adjoint = above * V.fused(second, V(at: p + place), third * V(at: e + place))
        let factor = two * above * second
        if let hBar { adjoint.add(V(at: hBar + place), times: first) }
        if let x {
          var sum = V(repeating: 0)
          for j in 0..<d {
            let column = (unit * d + j) * lanes + lane
            let other = V(at: x + column)
            sum.add(other, times: V(at: q + column))
            V.fused(factor, V(at: bent + column), other * first).store(at: bent + column)
          }
          adjoint.add(sum, times: second)
        } else {
          for j in 0..<d {
            let column = (unit * d + j) * lanes + lane
            (factor * V(at: bent + column)).store(at: bent + column)
          }
        }
        adjoint.store(at: aBar + place)
        lane += V.count
      }
    }
  }

  static func convexGradient(
    units: Int, dimension d: Int, rank: Int, lanes: Int, parameters: Input, along: Input, u: Input, pBar: Input,
    aBar: Input, qBar: Input, scratch: Output, uBar: Output, inputs: Output?, squares: Output?
  ) {
    let two = V(repeating: 2)
    for unit in 0..<units {
      let (rows, row) = (parameters + unit * rank * d, unit * lanes)
      for j in 0..<d {
        var total = V(repeating: 0)
        var lane = 0
        while lane < lanes {
          let own = V(at: qBar + ((unit * d + j) * lanes + lane))
          let sum = V.fused(V(at: pBar + (row + lane)), V(at: along + (j * lanes + lane)), own)
          sum.store(at: scratch + (j * lanes + lane))
          total += sum
          lane += V.count
        }
        if let inputs { inputs[unit * d + j] += total.total }
      }
      for r in 0..<rank {
        let square = u + (unit * rank + r) * lanes
        var lane = 0
        while lane < lanes {
          var sum = V(at: aBar + (row + lane)) * V(at: square + lane)
          for j in 0..<d { sum.add(V(repeating: rows[r * d + j]), times: V(at: scratch + (j * lanes + lane))) }
          (two * sum).store(at: uBar + ((unit * rank + r) * lanes + lane))
          lane += V.count
        }
        guard let squares else { continue }
        for j in 0..<d {
          var total = V(repeating: 0)
          lane = 0
          while lane < lanes {
            total.add(V(at: square + lane), times: V(at: scratch + (j * lanes + lane)))
            lane += V.count
          }
          squares[(unit * rank + r) * d + j] += 2 * total.total
        }
      }
    }
  }
}
