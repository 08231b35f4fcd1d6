/* Serves canvases by an interface with messages. What a handle in a message stands for, the server looks up itself.
 *
 * In the folder above:
 *   clang --target=wasm32 -Oz -mbulk-memory -nostdlib -Wl,--no-entry,--stack-first -I../.. -o canvas.wasm pixels.c store.c by-messages/server.c
 */
#include "../store.h"

#include "interface.h"

PORTCULLIS_EXPORT_CLASS(CANVAS, "canvas", CANVAS_CLASS)

PORTCULLIS_DESTRUCTOR(CANVAS, "canvas")
void canvas_drop(canvas_t *canvas)
{
    store_free(canvas);
}

/* The most canvases that a message is about. */
enum { MOST_CANVASES = 2 };

/* Takes what has to be in a message: `size` bytes and `count` canvases. Returns an error, 0 for none.
 *
 * The handles are released at once: should nobody else hold a canvas any more, its destructor still waits until the call is over. */
static uint32_t take(cap_t message, void *data, size_t size, canvas_t **canvases, size_t count)
{
    cap_t handles[MOST_CANVASES];
    uint32_t error;
    size_t index;
    if (msg_info(message, MSG_DATA) != size || msg_info(message, MSG_CAPS) != count) return CANVAS_BAD_MESSAGE;
    error = PORTCULLIS_ERROR_OF(msg_recv(message, data, size, handles, count));
    if (error != PORTCULLIS_OK) return error;
    for (index = 0; index < count; index++) {
        const uint32_t wrong = PORTCULLIS_ERROR_OF(canvases[index] = (canvas_t *)handle_badge(handles[index], CANVAS_CLASS));
        if (error == PORTCULLIS_OK) error = wrong;
        cap_release(handles[index]);
    }
    return error;
}

/* Takes a message that holds one canvas and nothing else. */
static uint32_t take_canvas(cap_t message, canvas_t **canvas)
{
    return take(message, NULL, 0, canvas, 1);
}

/* Answers with a canvas. */
static uint32_t answer_canvas(cap_t message, cap_t handle)
{
    uint32_t error;
    if (handle == CAP_NULL) return PORTCULLIS_NO_MEMORY;
    error = msg_reply(message, NULL, 0, &handle, 1);
    if (error != PORTCULLIS_OK) cap_release(handle);
    return error;
}

PORTCULLIS_EXPORT(CANVAS, "new", CANVAS_CALL)
uint32_t serve_new(cap_t message, uint32_t a, uint32_t b)
{
    (void)a, (void)b;
    return answer_canvas(message, store_new(0, 0));
}

PORTCULLIS_EXPORT(CANVAS, "set-size", CANVAS_CALL)
uint32_t serve_set_size(cap_t message, uint32_t width, uint32_t height)
{
    canvas_t *canvas = NULL;
    const uint32_t error = take_canvas(message, &canvas);
    return error != PORTCULLIS_OK ? error : store_resize(canvas, width, height);
}

PORTCULLIS_EXPORT(CANVAS, "fill", CANVAS_CALL)
uint32_t serve_fill(cap_t message, uint32_t color, uint32_t b)
{
    canvas_t *canvas = NULL;
    const uint32_t error = take_canvas(message, &canvas);
    (void)b;
    if (error == PORTCULLIS_OK) pixels_fill(canvas, color);
    return error;
}

PORTCULLIS_EXPORT(CANVAS, "fill-rectangle", CANVAS_CALL)
uint32_t serve_fill_rectangle(cap_t message, uint32_t color, uint32_t b)
{
    canvas_t *canvas = NULL;
    canvas_rectangle_t rectangle = {0, 0, 0, 0};
    const uint32_t error = take(message, &rectangle, sizeof rectangle, &canvas, 1);
    (void)b;
    if (error == PORTCULLIS_OK) {
        pixels_fill_rectangle(canvas, rectangle.x, rectangle.y, rectangle.width, rectangle.height, color);
    }
    return error;
}

PORTCULLIS_EXPORT(CANVAS, "draw", CANVAS_CALL)
uint32_t serve_draw(cap_t message, uint32_t a, uint32_t b)
{
    canvas_t *canvases[MOST_CANVASES] = {NULL, NULL};
    canvas_point_t point = {0, 0};
    const uint32_t error = take(message, &point, sizeof point, canvases, MOST_CANVASES);
    (void)a, (void)b;
    if (error == PORTCULLIS_OK) pixels_draw(canvases[0], canvases[1], point.x, point.y);
    return error;
}

PORTCULLIS_EXPORT(CANVAS, "copy", CANVAS_CALL)
uint32_t serve_copy(cap_t message, uint32_t a, uint32_t b)
{
    canvas_t *canvas = NULL;
    const uint32_t error = take_canvas(message, &canvas);
    (void)a, (void)b;
    return error != PORTCULLIS_OK ? error : answer_canvas(message, store_copy(canvas));
}

PORTCULLIS_EXPORT(CANVAS, "size", CANVAS_CALL)
uint32_t serve_size(cap_t message, uint32_t a, uint32_t b)
{
    canvas_t *canvas = NULL;
    canvas_size_t size;
    const uint32_t error = take_canvas(message, &canvas);
    (void)a, (void)b;
    if (error != PORTCULLIS_OK) return error;
    size.width = canvas->width;
    size.height = canvas->height;
    return msg_reply(message, &size, sizeof size, NULL, 0);
}

PORTCULLIS_EXPORT(CANVAS, "pixels", CANVAS_CALL)
uint32_t serve_pixels(cap_t message, uint32_t a, uint32_t b)
{
    canvas_t *canvas = NULL;
    const uint32_t error = take_canvas(message, &canvas);
    (void)a, (void)b;
    if (error != PORTCULLIS_OK) return error;
    return msg_reply(message, canvas->colors, (size_t)canvas->width * canvas->height * sizeof(uint32_t), NULL, 0);
}

PORTCULLIS_EXPORT(CANVAS, "count", CANVAS_COUNT)
uint32_t serve_count(void)
{
    return store_count();
}
