// Tries a reader of files with inputs that libFuzzer makes, looking at which branches they take:
//
//     READER=csv fuzz-readers [ARGUMENTS OF libFuzzer]
//
// The engine is built with the address sanitizer and with counters of branches; see run.sh.

import Foundation
import FuzzReaders
import Numerics

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ take: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

// Of the environment and not of the arguments, because libFuzzer starts the program again with all of these.
guard let asked = ProcessInfo.processInfo.environment["READER"], let found = FileReader(rawValue: asked) else {
  fatalError("READER is none of \(FileReader.allCases.map(\.rawValue).joined(separator: ", "))")
}

// libFuzzer calls a C function, which can capture nothing.
private nonisolated(unsafe) let reader = found

// Threads would cost more than what they do here.
Parallel.threadCount = 1

// Whole files are made now, because the first input would be taken for one that never ends.
if reader.takesEdits { try reader.useWholeFiles() }

var arguments = CommandLine.unsafeArgv
var count = CommandLine.argc
let status = runDriver(&count, &arguments) { bytes, length in
  do {
    try reader.take([UInt8](UnsafeBufferPointer(start: bytes, count: length)))
  } catch {
    fatalError("\(reader.rawValue): \(error)")
  }
  return 0
}
exit(status)
