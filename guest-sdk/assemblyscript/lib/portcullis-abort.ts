// What `throw` and failed assertions come to: last words, and the end.

import { fault } from "portcullis-system";

/** Ends the process. The message is reported to the application. */
export default function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const words = String.UTF8.encode((message ? message : "it was aborted") + (file ? " (" + file + ":" + line.toString() + ")" : ""));
  fault(changetype<usize>(words), words.byteLength);
  unreachable();
}
