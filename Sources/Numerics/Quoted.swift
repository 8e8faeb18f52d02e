/// `text` in quotes for a message: on one line, whatever it holds, and not longer than a line.
package func quoted(_ text: String) -> String { quoted(text, limit: 200) }

/// - Parameter limit: scalars of `text` that are shown
package func quoted(_ text: String, limit: Int) -> String {
  let scalars = text.unicodeScalars
  guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
    end < scalars.endIndex
  else { return escaped(text) }
  return escaped(String(scalars[..<end])) + "..."
}

/// Names in quotes, separated by commas; of many only the first ones and how many more there are.
package func quotedList(_ names: [String]) -> String {
  let most = 8
  let shown = names.prefix(most).map { quoted($0, limit: 24) }.joined(separator: ", ")
  return names.count > most ? "\(shown) and \(names.count - most) more" : shown
}

/// The text as a Swift literal. `debugDescription` escapes only the line ends of ASCII; here all are escaped.
private func escaped(_ text: String) -> String {
  let literal = text.debugDescription
  guard literal.unicodeScalars.contains(where: { endsLine($0) }) else { return literal }
  var result = ""
  for scalar in literal.unicodeScalars {
    if endsLine(scalar) {
      result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Next line, line separator, paragraph separator.
private func endsLine(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value == 0x85 || scalar.value == 0x2028 || scalar.value == 0x2029
}

extension DefaultStringInterpolation {
  /// Numbers in messages: Swift writes the bits of some NaN, such as R's missing values, which says nothing to anybody.
  package mutating func appendInterpolation(_ value: Double) {
    appendLiteral(value.isNaN ? "nan" : value.description)
  }
}
