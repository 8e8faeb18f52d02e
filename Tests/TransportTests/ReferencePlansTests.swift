import CSystem
import Numerics
import Testing
import Transport

/// Optimal costs against those of a peer, from Tests/Oracles/plans.txt. The script plans.py beside it wrote that file
/// and names the peer.
@Suite struct ReferencePlansTests {
  @Test func costsAgree() throws {
    var numbers = try referenceNumbers()[...]
    var count = 0
    func next() -> Double { numbers.popFirst() ?? .nan }
    func next(_ count: Int) -> [Double] { (0..<count).map { _ in next() } }
    while !numbers.isEmpty {
      let (n, m, d, weighted) = (Int(next()), Int(next()), Int(next()), next() == 1)
      let x = Matrix(rows: n, columns: d, elements: next(n * d))
      let y = Matrix(rows: m, columns: d, elements: next(m * d))
      let (a, b) = weighted ? (next(n), next(m)) : (nil, nil)
      for cost in bothCosts {
        let reference = next()
        let plan = try Problem("reference \(count)", x, a, y, b).check(cost)
        // The peer stops at reduced costs of about 1e-12.
        #expect(abs(plan.cost - reference) <= 1e-9 * reference, "problem \(count)")
      }
      count += 1
    }
    #expect(count == 32)
  }

  private func referenceNumbers(_ here: String = #filePath) throws -> [Double] {
    let folder = here.split(separator: "/").dropLast(2).joined(separator: "/")
    let file = try #require(fopen("/\(folder)/Oracles/plans.txt", "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte >= 0 { bytes.append(UInt8(byte)) }
    return try String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
      .flatMap { $0.split(separator: " ") }
      .map { try #require(Double($0)) }
  }
}
