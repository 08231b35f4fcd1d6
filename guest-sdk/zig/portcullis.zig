//! Write Portcullis plugins in Zig. `README.md` tells how; what it comes down to is docs/abi.md.

const std = @import("std");

const Function = std.lang.Type.Fn;

/// The memory of the process. Strings and lists that an exported function gives have to come from it: they are freed when
/// the kernel has copied them.
pub const allocator = std.heap.wasm_allocator;

/// A capability: a number that means something in this process alone.
pub const Cap = enum(u32) {
    /// None.
    null = 0,
    _,

    /// One more reference.
    pub fn retain(cap: Cap) Error!void {
        return check(system.cap_retain(cap));
    }

    /// One reference fewer.
    pub fn release(cap: Cap) Error!void {
        return check(system.cap_release(cap));
    }

    /// Ends the object for everybody; for who minted it, or derived the capability.
    pub fn revoke(cap: Cap) Error!void {
        return check(system.cap_revoke(cap));
    }

    /// A capability on the same object with fewer rights, which can be revoked on its own.
    pub fn derive(cap: Cap, allowed: Rights) Error!Cap {
        return checked(system.cap_derive(cap, @bitCast(allowed)));
    }

    /// What it allows; nothing if it is bad.
    pub fn rights(cap: Cap) Rights {
        return @bitCast(system.cap_rights(cap));
    }

    /// This plugin's number of its class; 0 if it has none, or the capability is bad.
    pub fn class(cap: Cap) u32 {
        return system.cap_class(cap);
    }

    /// Whether both name the same object.
    pub fn same(cap: Cap, other: Cap) bool {
        return system.cap_same(cap, other) != 0;
    }
};

/// What a capability allows.
pub const Rights = packed struct(u32) {
    /// To be the argument of a call.
    call: bool = false,
    /// To be moved to another process.
    grant: bool = false,
    /// To have capabilities derived from it.
    derive: bool = false,
    /// To read a lease.
    read: bool = false,
    /// To write a lease.
    write: bool = false,
    unused: u27 = 0,
};

/// Why the kernel refused something. `lastCode` has its number, from docs/abi.md §7.
pub const Error = error{Refused};

/// What `result<T, E>` is; `void` stands for `_`.
pub fn Result(comptime T: type, comptime E: type) type {
    return union(enum) {
        /// It went well.
        ok: T,
        /// It failed.
        err: E,
    };
}

/// The number behind the last `error.Refused`.
pub fn lastCode() u32 {
    return last_code;
}

var last_code: u32 = 0;
/// Where the kernel stores why a call failed.
var status_word: u32 = 0;

fn check(code: u32) Error!void {
    if (code == 0) return;
    last_code = code;
    return error.Refused;
}

/// A value of a call that stores its error in the status word.
fn checked(value: anytype) Error!@TypeOf(value) {
    try check(takeStatus());
    return value;
}

fn takeStatus() u32 {
    const word: *volatile u32 = &status_word;
    const code = word.*;
    word.* = 0;
    return code;
}

/// Notes what is reported if the process ends next.
pub fn fault(words: []const u8) void {
    system.fault(words.ptr, words.len);
}

/// For the root file: `pub const panic = portcullis.panic;`. Its words are reported to the application.
pub const panic = std.debug.FullPanic(struct {
    fn last(words: []const u8, _: ?usize) noreturn {
        fault(words);
        @trap();
    }
}.last);

/// A class of this plugin's: objects that others hold handles of. Its records have to be in the root file: `comptime { _ = Cells; }`.
/// When the last handle of an object is gone, `dropped` is called with it.
pub fn Class(
    comptime interface: []const u8,
    comptime name: []const u8,
    comptime number: u32,
    comptime T: type,
    comptime dropped: fn (*T) void,
) type {
    return struct {
        comptime {
            _ = Record(std.fmt.comptimePrint("export {s} {s}: resource({d})\n", .{ interface, name, number }));
            @export(&drop, .{ .name = interface ++ "#[dtor]" ++ name });
        }

        fn drop(object: *T) callconv(.c) void {
            dropped(object);
        }

        /// A handle of an object, which has to live until `dropped` is called.
        pub fn mint(object: *T) Error!Cap {
            return checked(system.handle_create(object, number));
        }

        /// The object of a handle of this class, if this plugin minted it.
        pub fn of(cap: Cap) Error!*T {
            const badge = try checked(system.handle_badge(cap, number));
            return @ptrFromInt(badge);
        }
    };
}

/// A message to be sent. All its slices have to stay where they are until it is freed.
pub const Message = struct {
    cap: Cap,

    /// With bytes and capabilities, which leave this process, and room for those of the answer.
    pub fn create(data: []const u8, caps: []const Cap, room: []u8, places: []Cap) Error!Message {
        const cap = system.msg_create(data.ptr, data.len, caps.ptr, caps.len, room.ptr, room.len, places.ptr, places.len);
        return .{ .cap = try checked(cap) };
    }

    /// Takes what was sent: as many bytes as there is room for, and all capabilities. Gives how many bytes were sent.
    pub fn receive(message: Message, data: []u8, caps: []Cap) Error!usize {
        return checked(system.msg_recv(message.cap, data.ptr, data.len, caps.ptr, caps.len));
    }

    /// Answers it, once. The capabilities leave this process.
    pub fn reply(message: Message, data: []const u8, caps: []const Cap) Error!void {
        return check(system.msg_reply(message.cap, data.ptr, data.len, caps.ptr, caps.len));
    }

    /// What can be known of a message.
    pub const Info = enum(u32) { sent, caps, room, places, replied, replied_caps, answered };

    /// A number of it: bytes, capabilities, or 1 for yes.
    pub fn info(message: Message, what: Info) Error!u32 {
        return checked(system.msg_info(message.cap, @intFromEnum(what)));
    }

    /// Ends it. What nobody received of its capabilities is this process's again.
    pub fn free(message: Message) Error!void {
        return check(system.msg_free(message.cap));
    }
};

/// A window on a range of somebody's memory.
pub const Lease = struct {
    cap: Cap,

    /// On memory of this process, which has to stay where it is until the lease is over.
    pub fn create(range: []u8, allowed: Rights) Error!Lease {
        return .{ .cap = try checked(system.lease_create(range.ptr, range.len, @bitCast(allowed))) };
    }

    /// On a part of it, with fewer rights.
    pub fn narrow(lease: Lease, offset: usize, size: usize, allowed: Rights) Error!Lease {
        return .{ .cap = try checked(system.lease_narrow(lease.cap, offset, size, @bitCast(allowed))) };
    }

    /// Copies from it, as many bytes as there is room for.
    pub fn read(lease: Lease, offset: usize, into: []u8) Error!void {
        return check(system.lease_read(lease.cap, offset, into.ptr, into.len));
    }

    /// Copies into it.
    pub fn write(lease: Lease, offset: usize, from: []const u8) Error!void {
        return check(system.lease_write(lease.cap, offset, from.ptr, from.len));
    }

    /// How many bytes it has.
    pub fn length(lease: Lease) Error!usize {
        return checked(system.lease_len(lease.cap));
    }

    /// One past the last byte that was written; for whoever made it.
    pub fn written(lease: Lease) Error!usize {
        return checked(system.lease_written(lease.cap));
    }
};

/// A record of the module's metadata.
pub fn Record(comptime text: []const u8) type {
    return struct {
        comptime {
            asm (".section .custom_section.portcullis,\"\",@\n.ascii \"" ++ escaped(text) ++ "\"\n.text\n");
        }
    };
}

fn escaped(comptime text: []const u8) []const u8 {
    @setEvalBranchQuota(200_000);
    var out: []const u8 = "";
    for (text) |byte| out = out ++ std.fmt.comptimePrint("\\{o:0>3}", .{byte});
    return out;
}

/// An imported function. `F` is its type as Zig writes it: scalars as they are, `u21` for a char, `[]const u8` for a string,
/// `[]const T` for a list, `Cap`, `?Cap`; results may be a tuple, and `Result(T, E)`. Strings and lists that it gives are the
/// caller's, to be freed with `allocator`.
pub fn Import(comptime interface: []const u8, comptime name: []const u8, comptime signature: []const u8, comptime F: type) type {
    const function = @typeInfo(F).@"fn";
    const Given = function.return_type.?;
    return struct {
        comptime {
            _ = Record("import " ++ interface ++ " " ++ name ++ ": " ++ signature ++ "\n");
        }

        /// Calls it with a tuple of arguments.
        pub fn call(arguments: anytype) Error!Given {
            const values = lowerAll(function, arguments);
            const core = comptime coreTypes(function);
            if (comptime directType(Given)) |Direct| {
                const raw = @extern(*const Core(core, Direct), .{ .name = name, .library_name = interface });
                const result = @call(.auto, raw, values);
                try check(takeStatus());
                return liftDirect(Given, result);
            }
            var area: [sizeOf(Given)]u8 align(8) = @splat(0);
            const with_place = core ++ .{usize};
            const raw = @extern(*const Core(with_place, void), .{ .name = name, .library_name = interface });
            @call(.auto, raw, values ++ .{@intFromPtr(&area)});
            try check(takeStatus());
            return load(Given, @intFromPtr(&area));
        }
    };
}

/// Exports a function, whose types are those of `Import`; a `borrow` of a class of this plugin's may be a pointer to its object.
/// Strings and lists that arrive last for the call. To be referred to in the root file: `comptime { _ = Export(…); }`.
pub fn Export(comptime interface: []const u8, comptime name: []const u8, comptime signature: []const u8, comptime function: anytype) type {
    const info = @typeInfo(@TypeOf(function)).@"fn";
    const Given = info.return_type.?;
    const Direct = directType(Given);
    const Returned = Direct orelse usize;
    return struct {
        comptime {
            _ = Record("export " ++ interface ++ " " ++ name ++ ": " ++ signature ++ "\n");
            @export(&Wrapped(coreTypes(info), Returned, enter).f, .{ .name = interface ++ "#" ++ name });
            if (Direct == null and holdsSlices(Given)) @export(&after, .{ .name = "cabi_post_" ++ interface ++ "#" ++ name });
        }

        var area: [sizeOf(Given)]u8 align(8) = undefined;

        fn enter(values: anytype) Returned {
            const arguments = liftAll(info, function, values);
            const result = @call(.auto, function, arguments);
            inline for (info.param_types, 0..) |parameter, index| freeSlices(parameter.?, arguments[index]);
            if (Direct != null) return lowerDirect(Given, result);
            store(Given, @intFromPtr(&area), result);
            return @intFromPtr(&area);
        }

        fn after(at: usize) callconv(.c) void {
            freeSlices(Given, load(Given, at));
        }
    };
}

// Values and their places: the canonical ABI.

fn isSlice(comptime T: type) bool {
    return switch (@typeInfo(T)) {
        .pointer => |pointer| pointer.size == .slice,
        else => false,
    };
}

fn isResult(comptime T: type) bool {
    return @typeInfo(T) == .@"union";
}

fn isTuple(comptime T: type) bool {
    return switch (@typeInfo(T)) {
        .@"struct" => |info| info.is_tuple,
        else => false,
    };
}

/// The core type of a value that is one number.
fn coreType(comptime T: type) type {
    return switch (T) {
        u64, i64 => i64,
        f32 => f32,
        f64 => f64,
        else => i32,
    };
}

fn flatTypes(comptime T: type) []const type {
    if (T == void) return &.{};
    if (isSlice(T) or T == ?Cap) return &.{ i32, i32 };
    return &.{coreType(T)};
}

fn coreTypes(comptime function: Function) []const type {
    var types: []const type = &.{};
    for (function.param_types) |parameter| types = types ++ flatTypes(parameter.?);
    if (types.len > 16) @compileError("more than 16 core parameters: pass some of them in a list");
    return types;
}

/// The core type of a result that is returned directly; null if it is stored.
fn directType(comptime T: type) ?type {
    if (T == void) return void;
    if (isResult(T)) {
        const fields = @typeInfo(T).@"union".field_types;
        return if (fields[0] == void and fields[1] == void) i32 else null;
    }
    if (isTuple(T) or isSlice(T) or T == ?Cap) return null;
    return coreType(T);
}

fn sizeOf(comptime T: type) usize {
    if (T == void) return 0;
    if (isSlice(T) or T == ?Cap) return 8;
    if (isTuple(T)) {
        var size: usize = 0;
        for (@typeInfo(T).@"struct".field_types) |field| size = std.mem.alignForward(usize, size, alignOf(field)) + sizeOf(field);
        return std.mem.alignForward(usize, size, alignOf(T));
    }
    if (isResult(T)) {
        const fields = @typeInfo(T).@"union".field_types;
        return std.mem.alignForward(usize, alignOf(T) + @max(sizeOf(fields[0]), sizeOf(fields[1])), alignOf(T));
    }
    return switch (T) {
        bool, u8, i8 => 1,
        u16, i16 => 2,
        u64, i64, f64 => 8,
        else => 4,
    };
}

fn alignOf(comptime T: type) usize {
    if (T == void) return 1;
    if (isSlice(T) or T == ?Cap) return 4;
    if (isTuple(T) or isResult(T)) {
        const fields = if (isTuple(T)) @typeInfo(T).@"struct".field_types else @typeInfo(T).@"union".field_types;
        var alignment: usize = 1;
        for (fields) |field| alignment = @max(alignment, alignOf(field));
        return alignment;
    }
    return sizeOf(T);
}

/// A number as the core function has it.
fn toCore(comptime T: type, value: T) coreType(T) {
    return switch (@typeInfo(T)) {
        .bool => @intFromBool(value),
        .@"enum" => @bitCast(@intFromEnum(value)),
        .pointer => @bitCast(@as(u32, @intFromPtr(value))),
        .int => |int| if (int.signedness == .signed) value else @bitCast(@as(if (int.bits > 32) u64 else u32, value)),
        else => value,
    };
}

fn fromCore(comptime T: type, value: coreType(T)) T {
    return switch (@typeInfo(T)) {
        .bool => value != 0,
        .@"enum" => @enumFromInt(@as(u32, @bitCast(value))),
        .pointer => @ptrFromInt(@as(u32, @bitCast(value))),
        .int => |int| if (int.signedness == .signed) @truncate(value) else @truncate(@as(if (int.bits > 32) u64 else u32, @bitCast(value))),
        else => value,
    };
}

fn address(slice: anytype) u32 {
    // Nothing at all may lie anywhere that is aligned.
    return if (slice.len == 0) 8 else @intFromPtr(slice.ptr);
}

fn Values(comptime types: []const type) type {
    return @Tuple(types);
}

fn lowerAll(comptime function: Function, arguments: anytype) Values(coreTypes(function)) {
    var values: Values(coreTypes(function)) = undefined;
    comptime var place = 0;
    inline for (function.param_types, 0..) |parameter, index| {
        const T = parameter.?;
        const value: T = arguments[index];
        if (comptime isSlice(T)) {
            values[place] = @bitCast(address(value));
            values[place + 1] = @bitCast(@as(u32, value.len));
        } else if (T == ?Cap) {
            values[place] = @intFromBool(value != null);
            values[place + 1] = toCore(Cap, value orelse .null);
        } else {
            values[place] = toCore(T, value);
        }
        place += comptime flatTypes(T).len;
    }
    return values;
}

fn liftAll(comptime info: Function, comptime function: anytype, values: anytype) std.meta.ArgsTuple(@TypeOf(function)) {
    var arguments: std.meta.ArgsTuple(@TypeOf(function)) = undefined;
    comptime var place = 0;
    inline for (info.param_types, 0..) |parameter, index| {
        const T = parameter.?;
        if (comptime isSlice(T)) {
            arguments[index] = sliceAt(T, @bitCast(values[place]), @bitCast(values[place + 1]));
        } else if (T == ?Cap) {
            arguments[index] = if (values[place] == 0) null else fromCore(Cap, values[place + 1]);
        } else {
            arguments[index] = fromCore(T, values[place]);
        }
        place += comptime flatTypes(T).len;
    }
    return arguments;
}

fn sliceAt(comptime T: type, from: u32, length: u32) T {
    const pointer: [*]const std.meta.Child(T) = @ptrFromInt(from);
    return pointer[0..length];
}

fn lowerDirect(comptime T: type, value: T) directType(T).? {
    if (T == void) return;
    if (comptime isResult(T)) return @intFromBool(value == .err);
    return toCore(T, value);
}

fn liftDirect(comptime T: type, value: directType(T).?) T {
    if (T == void) return;
    if (comptime isResult(T)) return if (value == 0) .{ .ok = {} } else .{ .err = {} };
    return fromCore(T, value);
}

fn store(comptime T: type, at: usize, value: T) void {
    if (T == void) return;
    if (comptime isSlice(T)) {
        store(u32, at, address(value));
        store(u32, at + 4, value.len);
    } else if (T == ?Cap) {
        store(u8, at, @intFromBool(value != null));
        store(Cap, at + 4, value orelse .null);
    } else if (comptime isTuple(T)) {
        comptime var offset: usize = 0;
        inline for (@typeInfo(T).@"struct".field_types, 0..) |field, index| {
            offset = comptime std.mem.alignForward(usize, offset, alignOf(field));
            store(field, at + offset, value[index]);
            offset += comptime sizeOf(field);
        }
    } else if (comptime isResult(T)) {
        const start = comptime alignOf(T);
        switch (value) {
            .ok => |payload| {
                store(u8, at, 0);
                store(@TypeOf(payload), at + start, payload);
            },
            .err => |payload| {
                store(u8, at, 1);
                store(@TypeOf(payload), at + start, payload);
            },
        }
    } else switch (T) {
        bool => store(u8, at, @intFromBool(value)),
        u21 => store(u32, at, value),
        else => @as(*T, @ptrFromInt(at)).* = value,
    }
}

fn load(comptime T: type, at: usize) T {
    if (T == void) return;
    if (comptime isSlice(T)) return sliceAt(T, load(u32, at), load(u32, at + 4));
    if (T == ?Cap) return if (load(u8, at) == 0) null else load(Cap, at + 4);
    if (comptime isTuple(T)) {
        var tuple: T = undefined;
        comptime var offset: usize = 0;
        inline for (@typeInfo(T).@"struct".field_types, 0..) |field, index| {
            offset = comptime std.mem.alignForward(usize, offset, alignOf(field));
            tuple[index] = load(field, at + offset);
            offset += comptime sizeOf(field);
        }
        return tuple;
    }
    if (comptime isResult(T)) {
        const fields = @typeInfo(T).@"union".field_types;
        const start = comptime alignOf(T);
        return if (load(u8, at) == 0) .{ .ok = load(fields[0], at + start) } else .{ .err = load(fields[1], at + start) };
    }
    return switch (T) {
        bool => load(u8, at) != 0,
        u21 => @truncate(load(u32, at)),
        else => @as(*const T, @ptrFromInt(at)).*,
    };
}

fn holdsSlices(comptime T: type) bool {
    if (isSlice(T)) return true;
    if (!isTuple(T) and !isResult(T)) return false;
    const fields = if (isTuple(T)) @typeInfo(T).@"struct".field_types else @typeInfo(T).@"union".field_types;
    for (fields) |field| if (holdsSlices(field)) return true;
    return false;
}

fn freeSlices(comptime T: type, value: T) void {
    if (comptime !holdsSlices(T)) return;
    if (comptime isSlice(T)) {
        if (value.len > 0) allocator.free(value);
    } else if (comptime isTuple(T)) {
        inline for (@typeInfo(T).@"struct".field_types, 0..) |field, index| freeSlices(field, value[index]);
    } else switch (value) {
        inline else => |payload| freeSlices(@TypeOf(payload), payload),
    }
}

/// The type of a core function.
fn Core(comptime types: []const type, comptime R: type) type {
    return @Fn(types, &@splat(.{}), R, .{ .@"callconv" = .c });
}

/// A parameter that is not there: nothing is passed for it.
const Nothing = extern struct {};

/// The type of a parameter of a function that may have up to 16.
fn At(comptime types: []const type, comptime index: usize) type {
    return if (index < types.len) types[index] else Nothing;
}

/// A core function `f` that passes its parameters on as a tuple.
fn Wrapped(comptime t: []const type, comptime R: type, comptime enter: anytype) type {
    return struct {
        fn f(
            p0: At(t, 0),
            p1: At(t, 1),
            p2: At(t, 2),
            p3: At(t, 3),
            p4: At(t, 4),
            p5: At(t, 5),
            p6: At(t, 6),
            p7: At(t, 7),
            p8: At(t, 8),
            p9: At(t, 9),
            p10: At(t, 10),
            p11: At(t, 11),
            p12: At(t, 12),
            p13: At(t, 13),
            p14: At(t, 14),
            p15: At(t, 15),
        ) callconv(.c) R {
            const all = .{ p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15 };
            var values: Values(t) = undefined;
            inline for (0..t.len) |index| values[index] = all[index];
            return enter(values);
        }
    };
}

// What the kernel needs of a plugin, and what it gives to all.

comptime {
    @export(&cabi_realloc, .{ .name = "cabi_realloc" });
    @export(&portcullis_status, .{ .name = "portcullis_status" });
}

/// Memory for strings and lists that arrive.
fn cabi_realloc(_: usize, _: usize, alignment: usize, size: usize) callconv(.c) usize {
    const memory = allocator.rawAlloc(size, .fromByteUnits(alignment), 0) orelse return 0;
    return @intFromPtr(memory);
}

fn portcullis_status() callconv(.c) *u32 {
    return &status_word;
}

/// The system calls.
const system = struct {
    extern "portcullis" fn cap_retain(Cap) u32;
    extern "portcullis" fn cap_release(Cap) u32;
    extern "portcullis" fn cap_revoke(Cap) u32;
    extern "portcullis" fn cap_derive(Cap, u32) Cap;
    extern "portcullis" fn cap_class(Cap) u32;
    extern "portcullis" fn cap_rights(Cap) u32;
    extern "portcullis" fn cap_same(Cap, Cap) u32;
    extern "portcullis" fn handle_create(*anyopaque, u32) Cap;
    extern "portcullis" fn handle_badge(Cap, u32) usize;
    extern "portcullis" fn fault([*]const u8, usize) void;
    extern "portcullis" fn msg_create([*]const u8, usize, [*]const Cap, usize, [*]u8, usize, [*]Cap, usize) Cap;
    extern "portcullis" fn msg_recv(Cap, [*]u8, usize, [*]Cap, usize) usize;
    extern "portcullis" fn msg_reply(Cap, [*]const u8, usize, [*]const Cap, usize) u32;
    extern "portcullis" fn msg_info(Cap, u32) u32;
    extern "portcullis" fn msg_free(Cap) u32;
    extern "portcullis" fn lease_create([*]u8, usize, u32) Cap;
    extern "portcullis" fn lease_narrow(Cap, usize, usize, u32) Cap;
    extern "portcullis" fn lease_read(Cap, usize, [*]u8, usize) u32;
    extern "portcullis" fn lease_write(Cap, usize, [*]const u8, usize) u32;
    extern "portcullis" fn lease_len(Cap) usize;
    extern "portcullis" fn lease_written(Cap) usize;
};
