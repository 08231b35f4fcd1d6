/* test/echo@1 of tests/plugins/parity-server: what comes in goes out. */
#include "portcullis.h"

#define ECHO "test/echo@1"

/* A function of one value of a type, and one of a list of that type. */
#define ECHO_OF(name, spoken, type) \
    PORTCULLIS_EXPORT(ECHO, "echo-" spoken, "func(value: " spoken ") -> " spoken) \
    type echo_##name(type value) \
    { \
        return value; \
    } \
    PORTCULLIS_EXPORT(ECHO, "list-" spoken, "func(value: list<" spoken ">) -> list<" spoken ">") \
    portcullis_list_##name##_t *list_##name(type *data, size_t length) \
    { \
        static portcullis_list_##name##_t value; \
        value.data = data; \
        value.length = length; \
        return &value; \
    } \
    PORTCULLIS_AFTER_RETURN(ECHO, "list-" spoken) \
    void list_##name##_free(portcullis_list_##name##_t *value) \
    { \
        portcullis_free(value->data); \
    }

/* `bool` is a macro in C, which must not be seen before the names are made. */
typedef portcullis_list_bool_t portcullis_list_truth_t;
ECHO_OF(truth, "bool", bool)
ECHO_OF(u8, "u8", uint8_t)
ECHO_OF(s8, "s8", int8_t)
ECHO_OF(u16, "u16", uint16_t)
ECHO_OF(s16, "s16", int16_t)
ECHO_OF(u32, "u32", uint32_t)
ECHO_OF(s32, "s32", int32_t)
ECHO_OF(u64, "u64", uint64_t)
ECHO_OF(s64, "s64", int64_t)
ECHO_OF(f32, "f32", float)
ECHO_OF(f64, "f64", double)
ECHO_OF(char, "char", uint32_t)

PORTCULLIS_EXPORT(ECHO, "echo-error", "func(value: error) -> error")
uint32_t echo_error(uint32_t value)
{
    return value;
}

PORTCULLIS_EXPORT(ECHO, "echo-string", "func(value: string) -> string")
portcullis_string_t *echo_string(char *data, size_t length)
{
    return portcullis_return_string(data, length);
}

PORTCULLIS_AFTER_RETURN(ECHO, "echo-string")
void echo_string_free(portcullis_string_t *value)
{
    portcullis_free(value->data);
}

typedef struct four {
    uint8_t a;
    portcullis_string_t b;
    int64_t c;
    portcullis_list_u16_t d;
} four_t;

PORTCULLIS_EXPORT(ECHO, "tuple", "func(a: u8, b: string, c: s64, d: list<u16>) -> tuple<u8, string, s64, list<u16>>")
four_t *tuple(uint8_t a, char *b, size_t b_length, int64_t c, uint16_t *d, size_t d_length)
{
    static four_t four;
    four.a = a;
    four.b = portcullis_string(b, b_length);
    four.c = c;
    four.d.data = d;
    four.d.length = d_length;
    return &four;
}

PORTCULLIS_AFTER_RETURN(ECHO, "tuple")
void tuple_free(four_t *four)
{
    portcullis_free(four->b.data);
    portcullis_free(four->d.data);
}

/* 14 parameters in 18 core values: they arrive in memory, and that memory is this plugin's too. */
typedef struct many {
    uint8_t a;
    int64_t b;
    float c;
    portcullis_string_t d;
    portcullis_list_u32_t e;
    bool f;
    uint32_t g;
    double h;
    uint16_t i;
    int8_t j;
    portcullis_string_t k;
    uint64_t l;
    int32_t m;
    portcullis_list_f64_t n;
} many_t;

PORTCULLIS_EXPORT(ECHO, "many",
                  "func(a: u8, b: s64, c: f32, d: string, e: list<u32>, f: bool, g: char, h: f64, i: u16, j: s8, k: string,"
                  " l: u64, m: s32, n: list<f64>)"
                  " -> tuple<u8, s64, f32, string, list<u32>, bool, char, f64, u16, s8, string, u64, s32, list<f64>>")
many_t *many(many_t *values)
{
    return values;
}

PORTCULLIS_AFTER_RETURN(ECHO, "many")
void many_free(many_t *values)
{
    portcullis_free(values->d.data);
    portcullis_free(values->e.data);
    portcullis_free(values->k.data);
    portcullis_free(values->n.data);
    portcullis_free(values);
}

/* A `result` without anything in it is its tag: whether it is an error. */
PORTCULLIS_EXPORT(ECHO, "result-empty", "func(ok: bool) -> result")
bool result_empty(bool ok)
{
    return !ok;
}

PORTCULLIS_RESULT_OR_NOTHING(some_u64, uint64_t)

PORTCULLIS_EXPORT(ECHO, "result-value", "func(ok: bool) -> result<u64>")
some_u64_t *result_value(bool ok)
{
    return ok ? some_u64_ok(UINT64_MAX) : some_u64_error();
}

PORTCULLIS_RESULT(u32_or_error, uint32_t, uint32_t)

PORTCULLIS_EXPORT(ECHO, "result-error", "func(code: error) -> result<u32, error>")
u32_or_error_t *result_error(uint32_t code)
{
    return code == PORTCULLIS_OK ? u32_or_error_ok(7) : u32_or_error_error(code);
}

PORTCULLIS_RESULT(text_or_text, portcullis_string_t, portcullis_string_t)

PORTCULLIS_EXPORT(ECHO, "result-text", "func(ok: bool, value: string) -> result<string, string>")
text_or_text_t *result_text(bool ok, char *data, size_t length)
{
    const portcullis_string_t value = portcullis_string(data, length);
    return ok ? text_or_text_ok(value) : text_or_text_error(value);
}

PORTCULLIS_AFTER_RETURN(ECHO, "result-text")
void result_text_free(text_or_text_t *result)
{
    portcullis_free(result->failed ? result->error.data : result->value.data);
}

typedef struct pair {
    uint8_t first;
    double second;
} pair_t;

PORTCULLIS_RESULT(pair_or_u16, pair_t, uint16_t)

PORTCULLIS_EXPORT(ECHO, "result-tuple", "func(ok: bool) -> result<tuple<u8, f64>, u16>")
pair_or_u16_t *result_tuple(bool ok)
{
    const pair_t pair = {200, -0.5};
    return ok ? pair_or_u16_ok(pair) : pair_or_u16_error(65535);
}

PORTCULLIS_EXPORT(ECHO, "nothing", "func()")
void nothing(void)
{
}
