//! The smallest plugin that does something: it adds two numbers.

const portcullis = @import("portcullis");

comptime {
    _ = portcullis.Export("demo/sum@1", "add", "func(left: s32, right: s32) -> s32", add);
}

fn add(left: i32, right: i32) i32 {
    return left +% right;
}
