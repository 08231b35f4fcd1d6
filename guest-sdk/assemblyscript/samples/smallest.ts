// The smallest plugin that does something: it adds two numbers.

@exports("demo/sum@1", "func(left: s32, right: s32) -> s32")
function add(left: i32, right: i32): i32 {
  return left + right;
}
