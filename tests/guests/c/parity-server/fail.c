/* test/fail@1 of tests/plugins/parity-server: whatever can go wrong. */
#include "portcullis.h"

#define FAIL "test/fail@1"
#define BOMB_CLASS 2

PORTCULLIS_EXPORT_CLASS(FAIL, "bomb", BOMB_CLASS)

PORTCULLIS_DESTRUCTOR(FAIL, "bomb")
void bomb_drop(void *bomb)
{
    (void)bomb;
    portcullis_panic("the bomb went off");
}

PORTCULLIS_EXPORT(FAIL, "panic", "func(message: string)")
void fail_panic(const char *message, size_t length)
{
    fault(message, length);
    __builtin_trap();
}

PORTCULLIS_EXPORT(FAIL, "refuse", "func(code: error) -> result<_, error>")
portcullis_result_t *fail_refuse(uint32_t code)
{
    return code == PORTCULLIS_OK ? portcullis_result_ok() : portcullis_result_error(code);
}

PORTCULLIS_RESULT_OF_NOTHING(complaint, portcullis_string_t)

PORTCULLIS_EXPORT(FAIL, "complain", "func(text: string) -> result<_, string>")
complaint_t *fail_complain(const char *text, size_t length)
{
    return complaint_error(portcullis_string(text, length));
}

PORTCULLIS_AFTER_RETURN(FAIL, "complain")
void fail_complain_free(complaint_t *complaint)
{
    portcullis_free(complaint->error.data);
}

PORTCULLIS_EXPORT(FAIL, "allocate", "func(bytes: u32) -> bool")
bool fail_allocate(uint32_t bytes)
{
    return portcullis_alloc(bytes) != NULL;
}

PORTCULLIS_EXPORT(FAIL, "exhaust", "func()")
void fail_exhaust(void)
{
    while (portcullis_alloc(64 * 1024) != NULL) {
    }
    portcullis_panic("there is no more memory");
}

PORTCULLIS_EXPORT(FAIL, "recurse", "func(depth: u32) -> u32")
uint32_t fail_recurse(uint32_t depth)
{
    volatile uint32_t below;
    if (depth == 0) return 0;
    below = fail_recurse(depth - 1);
    return below + 1;
}

PORTCULLIS_EXPORT(FAIL, "spin", "func()")
void fail_spin(void)
{
    volatile bool forever = true;
    while (forever) {
    }
}

PORTCULLIS_RESULT(bomb, cap_t, uint32_t)

PORTCULLIS_EXPORT(FAIL, "make-bomb", "func() -> result<own<bomb>, error>")
bomb_t *fail_make_bomb(void)
{
    cap_t handle;
    const uint32_t error = PORTCULLIS_ERROR_OF(handle = handle_create(NULL, BOMB_CLASS));
    return error == PORTCULLIS_OK ? bomb_ok(handle) : bomb_error(error);
}
