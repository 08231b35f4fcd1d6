/* test/counter@1 of tests/plugins/parity-server: objects of class `counter`. */
#include "portcullis.h"

#define COUNTER "test/counter@1"
#define COUNTER_CLASS 1

typedef struct counter {
    uint32_t value;
    /* Whether its value was taken: then the counter is over, although somebody may still hold its handle. */
    bool finished;
} counter_t;

/* What `keep` was given. */
typedef struct kept {
    cap_t counter;
    struct kept *before;
} kept_t;

static uint32_t alive;
static kept_t *kept_last;

PORTCULLIS_EXPORT_CLASS(COUNTER, "counter", COUNTER_CLASS)

PORTCULLIS_DESTRUCTOR(COUNTER, "counter")
void counter_drop(counter_t *counter)
{
    if (!counter->finished) alive--;
    portcullis_free(counter);
}

/* A new counter, CAP_NULL if there can be none. */
static cap_t counter_new(uint32_t start)
{
    counter_t *counter = (counter_t *)portcullis_alloc(sizeof(counter_t));
    cap_t handle = CAP_NULL;
    if (counter == NULL) return CAP_NULL;
    counter->value = start;
    counter->finished = false;
    alive++;
    if (PORTCULLIS_ERROR_OF(handle = handle_create(counter, COUNTER_CLASS)) != PORTCULLIS_OK) counter_drop(counter);
    return handle;
}

/* As counter_new; that there can be none must not be. */
static cap_t counter_expected(uint32_t start)
{
    const cap_t handle = counter_new(start);
    if (handle == CAP_NULL) portcullis_panic("no handle for a counter");
    return handle;
}

PORTCULLIS_EXPORT(COUNTER, "create", "func(start: u32) -> own<counter>")
cap_t counter_create(uint32_t start)
{
    return counter_expected(start);
}

PORTCULLIS_RESULT(created, cap_t, portcullis_string_t)

PORTCULLIS_EXPORT(COUNTER, "try-create", "func(start: u32) -> result<own<counter>, string>")
created_t *counter_try_create(uint32_t start)
{
    cap_t handle;
    if (start > 1000) return created_error(portcullis_string(PORTCULLIS_TEXT("too large")));
    handle = counter_new(start);
    if (handle == CAP_NULL) return created_error(portcullis_string(PORTCULLIS_TEXT("there is no memory")));
    return created_ok(handle);
}

PORTCULLIS_EXPORT(COUNTER, "maybe-create", "func(wanted: bool, start: u32) -> option<own<counter>>")
portcullis_option_t *counter_maybe_create(bool wanted, uint32_t start)
{
    return portcullis_return_option(wanted ? counter_expected(start) : CAP_NULL);
}

typedef struct two {
    cap_t first;
    cap_t second;
} two_t;

PORTCULLIS_EXPORT(COUNTER, "create-two", "func(first: u32, second: u32) -> tuple<own<counter>, own<counter>>")
two_t *counter_create_two(uint32_t first, uint32_t second)
{
    static two_t two;
    two.first = counter_expected(first);
    two.second = counter_expected(second);
    return &two;
}

PORTCULLIS_EXPORT(COUNTER, "increment", "func(self: borrow<counter>, by: u32) -> u32")
uint32_t counter_increment(counter_t *self, uint32_t by)
{
    self->value += by;
    return self->value;
}

PORTCULLIS_EXPORT(COUNTER, "read", "func(self: borrow<counter>) -> u32")
uint32_t counter_read(const counter_t *self)
{
    return self->value;
}

PORTCULLIS_EXPORT(COUNTER, "clone", "func(self: borrow<counter>) -> own<counter>")
cap_t counter_clone(const counter_t *self)
{
    return counter_expected(self->value);
}

PORTCULLIS_EXPORT(COUNTER, "same", "func(self: borrow<counter>, other: borrow<counter>) -> bool")
bool counter_same(const counter_t *self, const counter_t *other)
{
    return self == other;
}

PORTCULLIS_RESULT(taken, uint32_t, uint32_t)

/* Ends a counter for everybody. Its memory stays until the destructor runs, which may be at once. */
static taken_t *take(cap_t handle)
{
    uint32_t value, error;
    counter_t *counter = NULL;
    error = PORTCULLIS_ERROR_OF(counter = (counter_t *)handle_badge(handle, COUNTER_CLASS));
    if (error != PORTCULLIS_OK) {
        cap_release(handle);
        return taken_error(error);
    }
    value = counter->value;
    counter->finished = true;
    alive--;
    cap_revoke(handle);
    cap_release(handle);
    return taken_ok(value);
}

PORTCULLIS_EXPORT(COUNTER, "finish", "func(counter: own<counter>) -> result<u32, error>")
taken_t *counter_finish(cap_t handle)
{
    return take(handle);
}

PORTCULLIS_EXPORT(COUNTER, "finish-if-any", "func(counter: option<own<counter>>) -> result<u32, error>")
taken_t *counter_finish_if_any(bool some, cap_t handle)
{
    return some ? take(handle) : taken_ok(0);
}

PORTCULLIS_EXPORT(COUNTER, "keep", "func(counter: own<counter>)")
void counter_keep(cap_t handle)
{
    kept_t *kept = (kept_t *)portcullis_alloc(sizeof(kept_t));
    if (kept == NULL) portcullis_panic("no memory to keep a counter");
    kept->counter = handle;
    kept->before = kept_last;
    kept_last = kept;
}

PORTCULLIS_EXPORT(COUNTER, "kept", "func() -> u32")
uint32_t counter_kept(void)
{
    uint32_t count = 0;
    const kept_t *kept;
    for (kept = kept_last; kept != NULL; kept = kept->before) count++;
    return count;
}

PORTCULLIS_EXPORT(COUNTER, "give-back", "func() -> option<own<counter>>")
portcullis_option_t *counter_give_back(void)
{
    kept_t *kept = kept_last;
    cap_t handle;
    if (kept == NULL) return portcullis_return_option(CAP_NULL);
    handle = kept->counter;
    kept_last = kept->before;
    portcullis_free(kept);
    return portcullis_return_option(handle);
}

PORTCULLIS_EXPORT(COUNTER, "alive", "func() -> u32")
uint32_t counter_alive(void)
{
    return alive;
}
