/// A count with its noun, as messages have it: "1 row", "2 rows"; "1 mass", "2 masses".
package func counted(_ count: Int, _ noun: String) -> String {
  let plural = noun.hasSuffix("s") ? noun + "es" : noun + "s"
  return "\(count) \(count == 1 ? noun : plural)"
}
