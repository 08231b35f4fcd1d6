/* The canvas with signatures: the kernel knows the arguments, checks them and brings them over. */
#ifndef CANVAS_INTERFACE_H
#define CANVAS_INTERFACE_H

#define CANVAS "demo/canvas@1"

#define CANVAS_NEW "func() -> option<own<canvas>>"
#define CANVAS_SET_SIZE "func(canvas: borrow<canvas>, width: u32, height: u32) -> error"
#define CANVAS_FILL "func(canvas: borrow<canvas>, color: u32)"
#define CANVAS_FILL_RECTANGLE "func(canvas: borrow<canvas>, x: s32, y: s32, width: u32, height: u32, color: u32)"
#define CANVAS_DRAW "func(canvas: borrow<canvas>, other: borrow<canvas>, x: s32, y: s32)"
#define CANVAS_COPY "func(canvas: borrow<canvas>) -> option<own<canvas>>"
#define CANVAS_PIXELS "func(canvas: borrow<canvas>) -> list<u8>"
#define CANVAS_COUNT "func() -> u32"

#endif
