//! The guest of tests/parity in Zig; what it has to do stands in tests/parity/README.md.

const std = @import("std");
const portcullis = @import("portcullis");
const Cap = portcullis.Cap;
const Export = portcullis.Export;
const Import = portcullis.Import;

pub const panic = portcullis.panic;

const value = Import("parity/host@1", "value", "func(thing: borrow<thing>) -> u32", fn (Cap) u32);
const fail = Import("parity/host@1", "fail", "func() -> u32", fn () u32);
const setCallback = Import("parity/host@1", "set-callback", "func(cell: own<parity/cell@1.cell>)", fn (Cap) void);
const answer = Import("parity/host@1", "answer", "func(message: borrow<portcullis/kernel@1.message>, a: u32) -> s32", fn (Cap, u32) i32);
const fill = Import("parity/host@1", "fill", "func(lease: borrow<portcullis/kernel@1.lease>) -> u32", fn (Cap) u32);
const countOn = Import("parity/counter@1", "count", "func(counter: borrow<counter>, by: u32) -> u32", fn (Cap, u32) u32);

const scalar_types = "bool, s8, u8, s16, u16, s32, u32, s64, u64, f32, f64, char";
const scalar_parameters = "a: bool, b: s8, c: u8, d: s16, e: u16, f: s32, g: u32, h: s64, i: u64, j: f32, k: f64, l: char";

comptime {
    _ = Export("parity/guest@1", "scalars", "func(" ++ scalar_parameters ++ ") -> tuple<" ++ scalar_types ++ ">", scalars);
    _ = Export("parity/guest@1", "greet", "func(name: string) -> string", greet);
    _ = Export("parity/guest@1", "reverse", "func(values: list<u16>) -> list<u16>", reverse);
    _ = Export("parity/guest@1", "sum", "func(values: list<f64>) -> f64", sum);
    _ = Export("parity/guest@1", "divide", "func(left: s32, right: s32) -> result<s32, error>", divide);
    _ = Export("parity/guest@1", "last-error", "func() -> u32", lastError);
    _ = Export("parity/guest@1", "look", "func(thing: borrow<parity/host@1.thing>) -> u32", look);
    _ = Export("parity/guest@1", "keep", "func(thing: own<parity/host@1.thing>)", keep);
    _ = Export("parity/guest@1", "give", "func() -> option<own<parity/host@1.thing>>", give);
    _ = Export("parity/guest@1", "count", "func(counter: borrow<parity/counter@1.counter>, by: u32) -> u32", count);
    _ = Export("parity/guest@1", "register", "func()", register);
    _ = Export("parity/guest@1", "receive", "func(message: borrow<portcullis/kernel@1.message>, a: u32, b: u32) -> s32", receive);
    _ = Export("parity/guest@1", "send", "func(data: list<u8>) -> s32", send);
    _ = Export("parity/guest@1", "invert", "func(lease: borrow<portcullis/kernel@1.lease>) -> u32", invert);
    _ = Export("parity/guest@1", "lend", "func(size: u32) -> u32", lend);
    _ = Export("parity/guest@1", "trap", "func()", trap);
    _ = Export("parity/guest@1", "panic", "func(words: string)", panicWith);
    _ = Cells;
    _ = Export("parity/cell@1", "create", "func(value: u32) -> own<cell>", create);
    _ = Export("parity/cell@1", "add", "func(cell: borrow<cell>, by: u32) -> u32", add);
    _ = Export("parity/cell@1", "consume", "func(cell: own<cell>) -> u32", consume);
    _ = Export("parity/cell@1", "revoke", "func(cell: own<cell>)", revoke);
    _ = Export("parity/cell@1", "destroyed", "func() -> u32", destroyed);
}

const Scalars = struct { bool, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, u21 };

fn scalars(a: bool, b: i8, c: u8, d: i16, e: u16, f: i32, g: u32, h: i64, i: u64, j: f32, k: f64, l: u21) Scalars {
    return .{ a, b, c, d, e, f, g, h, i, j, k, l };
}

fn greet(name: []const u8) []const u8 {
    return std.mem.concat(portcullis.allocator, u8, &.{ "Hello, ", name, "!" }) catch @panic("no memory");
}

fn reverse(values: []const u16) []const u16 {
    const reversed = portcullis.allocator.dupe(u16, values) catch @panic("no memory");
    std.mem.reverse(u16, reversed);
    return reversed;
}

fn sum(values: []const f64) f64 {
    var total: f64 = 0;
    for (values) |each| total += each;
    return total;
}

/// What the error of `divide` means.
const divided_by_zero: u32 = 256;

fn divide(left: i32, right: i32) portcullis.Result(i32, u32) {
    if (right == 0) return .{ .err = divided_by_zero };
    return .{ .ok = @divTrunc(left, right) };
}

fn lastError() u32 {
    _ = fail.call(.{}) catch return portcullis.lastCode();
    return 0;
}

fn look(thing: Cap) u32 {
    return must(value.call(.{thing})) + 1;
}

var kept: ?Cap = null;

fn keep(thing: Cap) void {
    if (kept) |before| must(before.release());
    kept = thing;
}

fn give() ?Cap {
    defer kept = null;
    return kept;
}

fn count(counter: Cap, by: u32) u32 {
    return must(countOn.call(.{ counter, by }));
}

fn register() void {
    must(setCallback.call(.{create(100)}));
}

fn receive(cap: Cap, a: u32, b: u32) i32 {
    const message: portcullis.Message = .{ .cap = cap };
    var bytes: [256]u8 = undefined;
    var caps: [4]Cap = undefined;
    const waiting = must(message.info(.caps));
    const sent = must(message.receive(&bytes, &caps));
    for (bytes[0..sent]) |*byte| byte.* +%= 1;
    must(message.reply(bytes[0..sent], caps[0..waiting]));
    return @intCast(a + b + sent);
}

fn send(data: []const u8) i32 {
    var bytes: [256]u8 = undefined;
    var caps: [1]Cap = undefined;
    const message = must(portcullis.Message.create(data, &.{create(7)}, &bytes, &caps));
    var total = must(answer.call(.{ message.cap, 5 }));
    for (bytes[0..must(message.info(.replied))]) |byte| total += byte;
    for (caps[0..must(message.info(.replied_caps))]) |cap| {
        total += 1_000;
        must(cap.release());
    }
    must(message.free());
    return total;
}

fn invert(cap: Cap) u32 {
    const lease: portcullis.Lease = .{ .cap = cap };
    var buffer: [256]u8 = undefined;
    const bytes = buffer[0..must(lease.length())];
    must(lease.read(0, bytes));
    for (bytes) |*byte| byte.* = 255 - byte.*;
    must(lease.write(0, bytes));
    return bytes.len;
}

fn lend(size: u32) u32 {
    var bytes: [256]u8 = undefined;
    for (&bytes, 0..) |*byte, index| byte.* = @intCast(index);
    const lease = must(portcullis.Lease.create(bytes[0..size], .{ .call = true, .read = true, .write = true }));
    _ = must(fill.call(.{lease.cap}));
    var total: u32 = 100_000 * must(lease.written());
    must(lease.cap.release());
    for (bytes) |byte| total += byte;
    return total;
}

fn trap() void {
    @trap();
}

fn panicWith(words: []const u8) void {
    @panic(words);
}

/// A number that can be added to.
const Cell = struct { value: u32 };

const Cells = portcullis.Class("parity/cell@1", "cell", 1, Cell, dropped);

var over: u32 = 0;

fn dropped(cell: *Cell) void {
    portcullis.allocator.destroy(cell);
    over += 1;
}

fn create(number: u32) Cap {
    const cell = portcullis.allocator.create(Cell) catch @panic("no memory");
    cell.* = .{ .value = number };
    return must(Cells.mint(cell));
}

fn add(cell: *Cell, by: u32) u32 {
    cell.value +%= by;
    return cell.value;
}

fn consume(cap: Cap) u32 {
    const number = must(Cells.of(cap)).value;
    must(cap.release());
    return number;
}

fn revoke(cap: Cap) void {
    must(cap.revoke());
    must(cap.release());
}

fn destroyed() u32 {
    return over;
}

/// What a call gave that has to go well.
fn must(outcome: anytype) @typeInfo(@TypeOf(outcome)).error_union.payload {
    return outcome catch @panic("the kernel refused a call");
}
