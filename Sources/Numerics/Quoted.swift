/// `text` in quotes for a message: on one line, whatever it holds, and not longer than a line.
package func quoted(_ text: String) -> String {
  let limit = 200
  let scalars = text.unicodeScalars
  guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
    end < scalars.endIndex
  else { return text.debugDescription }
  return String(scalars[..<end]).debugDescription + "..."
}
