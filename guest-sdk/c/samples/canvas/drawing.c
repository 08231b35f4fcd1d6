/* Draws on canvases that somebody else has, and knows them by handles only.
 *
 * With signatures, and with messages:
 *   clang --target=wasm32 -Oz -mbulk-memory -nostdlib -Wl,--no-entry,--stack-first -I../.. -o drawing.wasm drawing.c by-signatures/client.c
 *   clang --target=wasm32 -Oz -mbulk-memory -nostdlib -Wl,--no-entry,--stack-first -I../.. -o drawing.wasm drawing.c by-messages/client.c
 */
#include "canvas.h"

#define DRAWING "demo/drawing@1"

enum { BLACK = (int32_t)0xff000000, WHITE = -1, RED = (int32_t)0xff0000ff };

PORTCULLIS_RESULT(image, portcullis_list_u8_t, uint32_t)

/* The picture that was asked for, or why there is none. The canvas is given back in either case. */
static image_t *finish(cap_t canvas, uint32_t error)
{
    portcullis_list_u8_t pixels = {NULL, 0};
    if (error == PORTCULLIS_OK) error = canvas_pixels(canvas, &pixels);
    cap_release(canvas);
    return error == PORTCULLIS_OK ? image_ok(pixels) : image_error(error);
}

/* A chessboard, white in the upper left corner. */
PORTCULLIS_EXPORT(DRAWING, "chessboard", "func(squares: u32, side: u32) -> result<list<u8>, error>")
image_t *chessboard(uint32_t squares, uint32_t side)
{
    const cap_t handle = canvas_new();
    uint32_t error, row, column;
    if (handle == CAP_NULL) return image_error(PORTCULLIS_NO_MEMORY);
    error = canvas_set_size(handle, squares * side, squares * side);
    if (error == PORTCULLIS_OK) error = canvas_fill(handle, (uint32_t)WHITE);
    for (row = 0; row < squares && error == PORTCULLIS_OK; row++) {
        for (column = (row + 1) % 2; column < squares && error == PORTCULLIS_OK; column += 2) {
            const int32_t x = (int32_t)(column * side), y = (int32_t)(row * side);
            error = canvas_fill_rectangle(handle, x, y, side, side, (uint32_t)BLACK);
        }
    }
    return finish(handle, error);
}

PORTCULLIS_AFTER_RETURN(DRAWING, "chessboard")
void chessboard_free(image_t *image)
{
    if (!image->failed) portcullis_free(image->value.data);
}

/* A red canvas of a size, drawn on a black copy of itself, so that its upper left corner is at (x, y). */
PORTCULLIS_EXPORT(DRAWING, "shadow", "func(width: u32, height: u32, x: s32, y: s32) -> result<list<u8>, error>")
image_t *shadow(uint32_t width, uint32_t height, int32_t x, int32_t y)
{
    const cap_t red = canvas_new();
    cap_t black = CAP_NULL;
    uint32_t error;
    if (red == CAP_NULL) return image_error(PORTCULLIS_NO_MEMORY);
    error = canvas_set_size(red, width, height);
    if (error == PORTCULLIS_OK) error = canvas_fill(red, (uint32_t)RED);
    if (error == PORTCULLIS_OK) {
        black = canvas_copy(red);
        if (black == CAP_NULL) error = PORTCULLIS_NO_MEMORY;
    }
    if (error == PORTCULLIS_OK) error = canvas_fill(black, (uint32_t)BLACK);
    if (error == PORTCULLIS_OK) error = canvas_draw(black, red, x, y);
    cap_release(red);
    return finish(black, error);
}

PORTCULLIS_AFTER_RETURN(DRAWING, "shadow")
void shadow_free(image_t *image)
{
    if (!image->failed) portcullis_free(image->value.data);
}

/* What comes of a canvas of which the handle was given back already. */
PORTCULLIS_EXPORT(DRAWING, "too-late", "func() -> error")
uint32_t too_late(void)
{
    const cap_t handle = canvas_new();
    if (handle == CAP_NULL) return PORTCULLIS_NO_MEMORY;
    cap_release(handle);
    return canvas_set_size(handle, 640, 480);
}

/* What comes of a canvas that another one is drawn on that does not exist. */
PORTCULLIS_EXPORT(DRAWING, "nothing-to-draw", "func() -> error")
uint32_t nothing_to_draw(void)
{
    const cap_t handle = canvas_new();
    uint32_t error;
    if (handle == CAP_NULL) return PORTCULLIS_NO_MEMORY;
    error = canvas_draw(handle, CAP_NULL, 0, 0);
    cap_release(handle);
    return error;
}

/* What comes of a handle that is no canvas, as far as the server knows. */
PORTCULLIS_EXPORT(DRAWING, "set-size", "func(handle: u32, width: u32, height: u32) -> error")
uint32_t set_size(uint32_t handle, uint32_t width, uint32_t height)
{
    return canvas_set_size(handle, width, height);
}
