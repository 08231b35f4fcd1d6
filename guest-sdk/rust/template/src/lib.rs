//! The plugin `{{name}}`: it greets, and says in the log whom.

#![forbid(unsafe_code)]

use portcullis_guest::{export, import};

/// What the web app has to grant.
#[import("demo/log@1")]
trait Log {
    fn write(line: &str);
}

/// What the web app can call, as `demo/greet@1#hello`.
#[export("demo/greet@1")]
fn hello(name: &str) -> String {
    // A log that is gone is no reason not to greet.
    let _ = Log::write(name);
    greeting(name)
}

fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

#[cfg(test)]
mod tests {
    #[test]
    fn greets_by_name() {
        assert_eq!(super::greeting("Ada"), "Hello, Ada!");
    }
}
