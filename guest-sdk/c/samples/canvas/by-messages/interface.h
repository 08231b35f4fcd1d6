/* The canvas with messages: every function takes a message and two numbers, and gives an error, 0 for none. The kernel knows no more of
 * it than that. */
#ifndef CANVAS_INTERFACE_H
#define CANVAS_INTERFACE_H

#include <stdint.h>

#define CANVAS "demo/canvas-by-messages@1"

#define CANVAS_CALL "func(message: borrow<portcullis/kernel@1.message>, a: u32, b: u32) -> error"
#define CANVAS_COUNT "func() -> u32"

/* What the messages hold: bytes, then capabilities; and what the answer holds.
 *
 *   new             nothing; a canvas
 *   set-size        a canvas; nothing. a: width, b: height
 *   fill            a canvas; nothing. a: colour
 *   fill-rectangle  canvas_rectangle_t, a canvas; nothing. a: colour
 *   draw            canvas_point_t, a canvas and the one to draw on it; nothing
 *   copy            a canvas; a canvas
 *   size            a canvas; canvas_size_t
 *   pixels          a canvas; its pixels
 */

typedef struct canvas_rectangle {
    int32_t x;
    int32_t y;
    uint32_t width;
    uint32_t height;
} canvas_rectangle_t;

typedef struct canvas_point {
    int32_t x;
    int32_t y;
} canvas_point_t;

typedef struct canvas_size {
    uint32_t width;
    uint32_t height;
} canvas_size_t;

/* A message does not hold what the function needs. */
enum { CANVAS_BAD_MESSAGE = 257 };

#endif
