// The plugin `{{name}}`: it greets, and says in the log whom.

import { lastError } from "portcullis";

/** What the web app has to grant. */
@tries("demo/log@1", "func(line: string)")
declare function write(line: string): void;

/** What the web app can call, as `demo/greet@1#hello`. */
@exports("demo/greet@1", "func(name: string) -> string")
function hello(name: string): string {
  write(name);
  // A log that is gone is no reason not to greet.
  lastError();
  return `Hello, ${name}!`;
}
