/* The plugin that is written in every language; tests/parity/README.md in the repository says what each function does. */
#include "cell.h"

#define GUEST "parity/guest@1"
#define HOST "parity/host@1"
#define COUNTER "parity/counter@1"
#define MESSAGE "borrow<portcullis/kernel@1.message>"
#define LEASE "borrow<portcullis/kernel@1.lease>"

/* The most bytes and capabilities that a message has here. */
enum { BYTES = 256, CAPABILITIES = 4 };

PORTCULLIS_IMPORT(HOST, "value", "func(thing: borrow<thing>) -> u32")
uint32_t host_value(cap_t thing);

PORTCULLIS_IMPORT(HOST, "fail", "func() -> u32")
uint32_t host_fail(void);

PORTCULLIS_IMPORT(HOST, "set-callback", "func(cell: own<parity/cell@1.cell>)")
void host_set_callback(cap_t cell);

PORTCULLIS_IMPORT(HOST, "answer", "func(message: " MESSAGE ", a: u32) -> s32")
int32_t host_answer(cap_t message, uint32_t a);

PORTCULLIS_IMPORT(HOST, "fill", "func(lease: " LEASE ") -> u32")
uint32_t host_fill(cap_t lease);

PORTCULLIS_IMPORT(COUNTER, "count", "func(counter: borrow<counter>, by: u32) -> u32")
uint32_t counter_count(cap_t counter, uint32_t by);

/* Makes a call that has to succeed, and traps if it does not. */
#define MUST(call) \
    do { \
        if (PORTCULLIS_ERROR_OF(call) != PORTCULLIS_OK) __builtin_trap(); \
    } while (0)

/* As MUST, for system calls that return their error. */
static void must(uint32_t error)
{
    if (error != PORTCULLIS_OK) __builtin_trap();
}

typedef struct scalars {
    bool a;
    int8_t b;
    uint8_t c;
    int16_t d;
    uint16_t e;
    int32_t f;
    uint32_t g;
    int64_t h;
    uint64_t i;
    float j;
    double k;
    uint32_t l;
} scalars_t;

PORTCULLIS_EXPORT(GUEST, "scalars",
                  "func(a: bool, b: s8, c: u8, d: s16, e: u16, f: s32, g: u32, h: s64, i: u64, j: f32, k: f64, l: char)"
                  " -> tuple<bool, s8, u8, s16, u16, s32, u32, s64, u64, f32, f64, char>")
scalars_t *guest_scalars(bool a, int8_t b, uint8_t c, int16_t d, uint16_t e, int32_t f, uint32_t g, int64_t h, uint64_t i,
                         float j, double k, uint32_t l)
{
    static scalars_t result;
    result.a = a;
    result.b = b;
    result.c = c;
    result.d = d;
    result.e = e;
    result.f = f;
    result.g = g;
    result.h = h;
    result.i = i;
    result.j = j;
    result.k = k;
    result.l = l;
    return &result;
}

PORTCULLIS_EXPORT(GUEST, "greet", "func(name: string) -> string")
portcullis_string_t *guest_greet(char *name, size_t length)
{
    static const char before[] = "Hello, ";
    const size_t head = sizeof before - 1;
    char *text = (char *)portcullis_alloc(head + length + 1);
    if (text == NULL) portcullis_panic("there is no memory for a greeting");
    memcpy(text, before, head);
    memcpy(text + head, name, length);
    text[head + length] = '!';
    portcullis_free(name);
    return portcullis_return_string(text, head + length + 1);
}

PORTCULLIS_AFTER_RETURN(GUEST, "greet")
void guest_greet_free(portcullis_string_t *text)
{
    portcullis_free(text->data);
}

PORTCULLIS_EXPORT(GUEST, "reverse", "func(values: list<u16>) -> list<u16>")
portcullis_list_u16_t *guest_reverse(uint16_t *values, size_t count)
{
    static portcullis_list_u16_t result;
    size_t index;
    for (index = 0; index < count / 2; index++) {
        const uint16_t value = values[index];
        values[index] = values[count - 1 - index];
        values[count - 1 - index] = value;
    }
    result.data = values;
    result.length = count;
    return &result;
}

PORTCULLIS_AFTER_RETURN(GUEST, "reverse")
void guest_reverse_free(portcullis_list_u16_t *values)
{
    portcullis_free(values->data);
}

PORTCULLIS_EXPORT(GUEST, "sum", "func(values: list<f64>) -> f64")
double guest_sum(double *values, size_t count)
{
    double sum = 0;
    size_t index;
    for (index = 0; index < count; index++) sum += values[index];
    portcullis_free(values);
    return sum;
}

PORTCULLIS_RESULT(quotient, int32_t, uint32_t)

PORTCULLIS_EXPORT(GUEST, "divide", "func(left: s32, right: s32) -> result<s32, error>")
quotient_t *guest_divide(int32_t left, int32_t right)
{
    if (right == 0) return quotient_error(PORTCULLIS_FIRST_OF_INTERFACES);
    return quotient_ok(left / right);
}

PORTCULLIS_EXPORT(GUEST, "last-error", "func() -> u32")
uint32_t guest_last_error(void)
{
    return PORTCULLIS_ERROR_OF(host_fail());
}

PORTCULLIS_EXPORT(GUEST, "look", "func(thing: borrow<parity/host@1.thing>) -> u32")
uint32_t guest_look(cap_t thing)
{
    uint32_t value;
    MUST(value = host_value(thing));
    return value + 1;
}

static cap_t kept = CAP_NULL;

PORTCULLIS_EXPORT(GUEST, "keep", "func(thing: own<parity/host@1.thing>)")
void guest_keep(cap_t thing)
{
    if (kept != CAP_NULL) must(cap_release(kept));
    kept = thing;
}

PORTCULLIS_EXPORT(GUEST, "give", "func() -> option<own<parity/host@1.thing>>")
portcullis_option_t *guest_give(void)
{
    const cap_t thing = kept;
    kept = CAP_NULL;
    return portcullis_return_option(thing);
}

PORTCULLIS_EXPORT(GUEST, "count", "func(counter: borrow<parity/counter@1.counter>, by: u32) -> u32")
uint32_t guest_count(cap_t counter, uint32_t by)
{
    uint32_t total;
    MUST(total = counter_count(counter, by));
    return total;
}

PORTCULLIS_EXPORT(GUEST, "register", "func()")
void guest_register(void)
{
    MUST(host_set_callback(cell_create(100)));
}

PORTCULLIS_EXPORT(GUEST, "receive", "func(message: " MESSAGE ", a: u32, b: u32) -> s32")
int32_t guest_receive(cap_t message, uint32_t a, uint32_t b)
{
    uint8_t bytes[BYTES];
    cap_t caps[CAPABILITIES];
    const uint32_t count = msg_info(message, MSG_CAPS);
    uint32_t sent, index;
    MUST(sent = msg_recv(message, bytes, sizeof bytes, caps, CAPABILITIES));
    for (index = 0; index < sent && index < BYTES; index++) bytes[index]++;
    must(msg_reply(message, bytes, index, caps, count));
    return (int32_t)(a + b + sent);
}

PORTCULLIS_EXPORT(GUEST, "send", "func(data: list<u8>) -> s32")
int32_t guest_send(uint8_t *data, size_t size)
{
    uint8_t bytes[BYTES];
    cap_t cell = cell_create(7), back = CAP_NULL;
    int32_t result;
    uint32_t index, count;
    cap_t message;
    MUST(message = msg_create(data, size, &cell, 1, bytes, sizeof bytes, &back, 1));
    MUST(result = host_answer(message, 5));
    for (index = 0; index < msg_info(message, MSG_REPLIED_DATA); index++) result += bytes[index];
    count = msg_info(message, MSG_REPLIED_CAPS);
    result += 1000 * (int32_t)count;
    if (count > 0) must(cap_release(back));
    must(msg_free(message));
    portcullis_free(data);
    return result;
}

PORTCULLIS_EXPORT(GUEST, "invert", "func(lease: " LEASE ") -> u32")
uint32_t guest_invert(cap_t lease)
{
    uint8_t bytes[BYTES];
    uint32_t length, index;
    MUST(length = lease_len(lease));
    if (length > BYTES) __builtin_trap();
    must(lease_read(lease, 0, bytes, length));
    for (index = 0; index < length; index++) bytes[index] = (uint8_t)(255 - bytes[index]);
    must(lease_write(lease, 0, bytes, length));
    return length;
}

PORTCULLIS_EXPORT(GUEST, "lend", "func(size: u32) -> u32")
uint32_t guest_lend(uint32_t size)
{
    uint8_t bytes[BYTES];
    uint32_t sum = 0, index;
    cap_t lease;
    for (index = 0; index < BYTES; index++) bytes[index] = (uint8_t)index;
    MUST(lease = lease_create(bytes, size, CAP_READ | CAP_WRITE | CAP_CALL));
    MUST((void)host_fill(lease));
    for (index = 0; index < BYTES; index++) sum += bytes[index];
    sum += 100000 * lease_written(lease);
    must(cap_release(lease));
    return sum;
}

PORTCULLIS_EXPORT(GUEST, "trap", "func()")
void guest_trap(void)
{
    __builtin_trap();
}

PORTCULLIS_EXPORT(GUEST, "panic", "func(words: string)")
void guest_panic(const char *words, size_t length)
{
    fault(words, length);
    __builtin_trap();
}
