/* Serves canvases by an interface with signatures. What a `borrow` of its own class is, the kernel has looked up: it
 * arrives as the badge, the pointer that the canvas was made with.
 *
 * In the folder above:
 *   clang --target=wasm32 -Oz -mbulk-memory -nostdlib -Wl,--no-entry,--stack-first -I../.. -o canvas.wasm pixels.c store.c by-signatures/server.c
 */
#include "../store.h"

#include "interface.h"

PORTCULLIS_EXPORT_CLASS(CANVAS, "canvas", CANVAS_CLASS)

PORTCULLIS_DESTRUCTOR(CANVAS, "canvas")
void canvas_drop(canvas_t *canvas)
{
    store_free(canvas);
}

PORTCULLIS_EXPORT(CANVAS, "new", CANVAS_NEW)
portcullis_option_t *serve_new(void)
{
    return portcullis_return_option(store_new(0, 0));
}

PORTCULLIS_EXPORT(CANVAS, "set-size", CANVAS_SET_SIZE)
uint32_t serve_set_size(canvas_t *canvas, uint32_t width, uint32_t height)
{
    return store_resize(canvas, width, height);
}

PORTCULLIS_EXPORT(CANVAS, "fill", CANVAS_FILL)
void serve_fill(canvas_t *canvas, uint32_t color)
{
    pixels_fill(canvas, color);
}

PORTCULLIS_EXPORT(CANVAS, "fill-rectangle", CANVAS_FILL_RECTANGLE)
void serve_fill_rectangle(canvas_t *canvas, int32_t x, int32_t y, uint32_t width, uint32_t height, uint32_t color)
{
    pixels_fill_rectangle(canvas, x, y, width, height, color);
}

PORTCULLIS_EXPORT(CANVAS, "draw", CANVAS_DRAW)
void serve_draw(canvas_t *canvas, const canvas_t *other, int32_t x, int32_t y)
{
    pixels_draw(canvas, other, x, y);
}

PORTCULLIS_EXPORT(CANVAS, "copy", CANVAS_COPY)
portcullis_option_t *serve_copy(const canvas_t *canvas)
{
    return portcullis_return_option(store_copy(canvas));
}

/* The kernel copies the pixels from where they are. */
PORTCULLIS_EXPORT(CANVAS, "pixels", CANVAS_PIXELS)
portcullis_list_u8_t *serve_pixels(const canvas_t *canvas)
{
    static portcullis_list_u8_t pixels;
    pixels.data = (uint8_t *)canvas->colors;
    pixels.length = (size_t)canvas->width * canvas->height * sizeof(uint32_t);
    return &pixels;
}

PORTCULLIS_EXPORT(CANVAS, "count", CANVAS_COUNT)
uint32_t serve_count(void)
{
    return store_count();
}
