//! The plugin `{{name}}`: it greets, and says in the log whom.

const std = @import("std");
const portcullis = @import("portcullis");

pub const panic = portcullis.panic;

/// What the web app has to grant.
const write = portcullis.Import("demo/log@1", "write", "func(line: string)", fn ([]const u8) void);

comptime {
    // What the web app can call, as `demo/greet@1#hello`.
    _ = portcullis.Export("demo/greet@1", "hello", "func(name: string) -> string", hello);
}

fn hello(name: []const u8) []const u8 {
    // A log that is gone is no reason not to greet.
    write.call(.{name}) catch {};
    return std.mem.concat(portcullis.allocator, u8, &.{ "Hello, ", name, "!" }) catch @panic("no memory");
}
