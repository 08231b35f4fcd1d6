/* canvas.h, made of an interface with messages. */
#include "../canvas.h"

#include "interface.h"

/* All functions of the interface are alike. */
typedef uint32_t canvas_function_t(cap_t message, uint32_t a, uint32_t b);

PORTCULLIS_IMPORT(CANVAS, "new", CANVAS_CALL)
uint32_t import_new(cap_t message, uint32_t a, uint32_t b);

PORTCULLIS_IMPORT(CANVAS, "set-size", CANVAS_CALL)
uint32_t import_set_size(cap_t message, uint32_t a, uint32_t b);

PORTCULLIS_IMPORT(CANVAS, "fill", CANVAS_CALL)
uint32_t import_fill(cap_t message, uint32_t a, uint32_t b);

PORTCULLIS_IMPORT(CANVAS, "fill-rectangle", CANVAS_CALL)
uint32_t import_fill_rectangle(cap_t message, uint32_t a, uint32_t b);

PORTCULLIS_IMPORT(CANVAS, "draw", CANVAS_CALL)
uint32_t import_draw(cap_t message, uint32_t a, uint32_t b);

PORTCULLIS_IMPORT(CANVAS, "copy", CANVAS_CALL)
uint32_t import_copy(cap_t message, uint32_t a, uint32_t b);

PORTCULLIS_IMPORT(CANVAS, "size", CANVAS_CALL)
uint32_t import_size(cap_t message, uint32_t a, uint32_t b);

PORTCULLIS_IMPORT(CANVAS, "pixels", CANVAS_CALL)
uint32_t import_pixels(cap_t message, uint32_t a, uint32_t b);

/* What goes into a message, and where the answer goes. All zero for nothing. */
typedef struct canvas_message {
    const void *data;
    size_t size;
    const cap_t *canvases;
    size_t count;
    void *answer;
    /* Room for the answer; afterwards the size that it has. */
    size_t answer_size;
    /* Where a canvas goes that is the answer. */
    cap_t *answer_canvas;
} canvas_message_t;

/* Sends a message. The canvases stay the sender's, so what goes into the message is another reference to each. */
static uint32_t send(canvas_function_t *function, canvas_message_t *content, uint32_t a, uint32_t b)
{
    cap_t message = CAP_NULL;
    uint32_t error = PORTCULLIS_OK, own = PORTCULLIS_OK;
    size_t retained;
    for (retained = 0; retained < content->count; retained++) {
        error = cap_retain(content->canvases[retained]);
        if (error != PORTCULLIS_OK) break;
    }
    if (error == PORTCULLIS_OK) {
        error = PORTCULLIS_ERROR_OF(message = msg_create(content->data, content->size, content->canvases, content->count,
                                                         content->answer, content->answer_size, content->answer_canvas,
                                                         content->answer_canvas == NULL ? 0 : 1));
    }
    if (error != PORTCULLIS_OK) {
        while (retained-- > 0) cap_release(content->canvases[retained]);
        return error;
    }
    error = PORTCULLIS_ERROR_OF(own = function(message, a, b));
    content->answer_size = msg_info(message, MSG_REPLIED_DATA);
    msg_free(message);
    return error != PORTCULLIS_OK ? error : own;
}

/* Sends a message about one canvas that has nothing else in it, and to which there is no answer. */
static uint32_t tell(canvas_function_t *function, cap_t canvas, uint32_t a, uint32_t b)
{
    canvas_message_t content = {NULL, 0, &canvas, 1, NULL, 0, NULL};
    return send(function, &content, a, b);
}

cap_t canvas_new(void)
{
    cap_t canvas = CAP_NULL;
    canvas_message_t content = {NULL, 0, NULL, 0, NULL, 0, &canvas};
    return send(import_new, &content, 0, 0) == PORTCULLIS_OK ? canvas : CAP_NULL;
}

uint32_t canvas_set_size(cap_t canvas, uint32_t width, uint32_t height)
{
    return tell(import_set_size, canvas, width, height);
}

uint32_t canvas_fill(cap_t canvas, uint32_t color)
{
    return tell(import_fill, canvas, color, 0);
}

uint32_t canvas_fill_rectangle(cap_t canvas, int32_t x, int32_t y, uint32_t width, uint32_t height, uint32_t color)
{
    const canvas_rectangle_t rectangle = {x, y, width, height};
    canvas_message_t content = {&rectangle, sizeof rectangle, &canvas, 1, NULL, 0, NULL};
    return send(import_fill_rectangle, &content, color, 0);
}

uint32_t canvas_draw(cap_t canvas, cap_t other, int32_t x, int32_t y)
{
    const canvas_point_t point = {x, y};
    const cap_t canvases[2] = {canvas, other};
    canvas_message_t content = {&point, sizeof point, canvases, 2, NULL, 0, NULL};
    return send(import_draw, &content, 0, 0);
}

cap_t canvas_copy(cap_t canvas)
{
    cap_t copy = CAP_NULL;
    canvas_message_t content = {NULL, 0, &canvas, 1, NULL, 0, &copy};
    return send(import_copy, &content, 0, 0) == PORTCULLIS_OK ? copy : CAP_NULL;
}

uint32_t canvas_pixels(cap_t canvas, portcullis_list_u8_t *pixels)
{
    canvas_size_t size = {0, 0};
    canvas_message_t question = {NULL, 0, &canvas, 1, &size, sizeof size, NULL};
    canvas_message_t content = {NULL, 0, &canvas, 1, NULL, 0, NULL};
    uint32_t error = send(import_size, &question, 0, 0);
    if (error != PORTCULLIS_OK) return error;
    content.answer_size = (size_t)size.width * size.height * sizeof(uint32_t);
    content.answer = portcullis_alloc(content.answer_size);
    if (content.answer == NULL) return PORTCULLIS_NO_MEMORY;
    error = send(import_pixels, &content, 0, 0);
    if (error != PORTCULLIS_OK) {
        portcullis_free(content.answer);
        return error;
    }
    pixels->data = (uint8_t *)content.answer;
    pixels->length = content.answer_size;
    return PORTCULLIS_OK;
}
