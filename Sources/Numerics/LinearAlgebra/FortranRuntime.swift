/// Fortran's operator `//`: both texts, then blanks. It is the only function of Fortran's run-time library that the
/// routines used here need.
@_cdecl("_gfortran_concat_string")
public func concatenateFortranStrings(
  _ length: Int, _ result: UnsafeMutablePointer<CChar>, _ firstLength: Int, _ first: UnsafePointer<CChar>,
  _ secondLength: Int, _ second: UnsafePointer<CChar>
) {
  for index in 0..<length {
    if index < firstLength {
      result[index] = first[index]
    } else if index - firstLength < secondLength {
      result[index] = second[index - firstLength]
    } else {
      result[index] = CChar(UInt8(ascii: " "))
    }
  }
}
