/* A Portcullis plugin in C11 or C++17: all that it needs, in one header.
 *
 * Compile with clang for wasm32, without a libc or with wasi-libc. README.md beside this file shows how a plugin is
 * written; docs/abi.md in the repository is the specification that this header puts into C.
 *
 *   PORTCULLIS_IMPORT("demo/log@1", "write", "func(line: string)")
 *   void log_write(const char *line, size_t length);
 *
 *   PORTCULLIS_EXPORT("demo/adder@1", "add", "func(left: u32, right: u32) -> u32")
 *   uint32_t add(uint32_t left, uint32_t right)
 *   {
 *       log_write(PORTCULLIS_TEXT("adding"));
 *       return left + right;
 *   }
 *
 * Every source file of a plugin may include it: what there can be only one of is weak, and the linker keeps one.
 *
 * What may be defined before it is included:
 *   PORTCULLIS_LIBC       there is a libc: memory comes from malloc. Found out by itself with wasi-libc and Emscripten
 *   PORTCULLIS_NO_LIBC    there is none, although it looks so
 *   PORTCULLIS_NO_REALLOC no `cabi_realloc` is exported: a plugin that receives neither strings nor lists needs none
 */
#ifndef PORTCULLIS_H
#define PORTCULLIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "portcullis_errors.h"

#if !defined(PORTCULLIS_LIBC) && !defined(PORTCULLIS_NO_LIBC)
#if defined(__wasi__) || defined(__EMSCRIPTEN__) || !defined(__wasm__)
#define PORTCULLIS_LIBC 1
#endif
#endif

#ifdef PORTCULLIS_LIBC
#include <stdlib.h>
#include <string.h>
#endif

#ifdef __cplusplus
#define PORTCULLIS_C extern "C"
#else
#define PORTCULLIS_C
#endif

#define PORTCULLIS_INLINE static inline __attribute__((unused))

/* ---- Imports, exports and classes -------------------------------------------------------------------------------- */

/* Each macro stands before an ordinary declaration or definition, and takes
 *   interface  "namespace/name@major"
 *   name       the function or class as the interface calls it, in kebab-case
 *   signature  "func(…) -> …", in the syntax of docs/abi.md
 * all as string literals or macros of such. The kernel compares the signature with the C type when the plugin is
 * loaded, and names the function if they differ.
 *
 * For another target than WebAssembly they leave plain functions, so that what a plugin computes can be tested there.
 */
#ifdef __wasm__

/* Puts a line into the plugin's metadata. The linker joins those of all object files. */
#define PORTCULLIS_RECORD(text) \
    __asm__(".section .custom_section.portcullis,\"\",@\n.ascii \"" text "\\n\"\n.text\n");
#define PORTCULLIS_EXPORT_NAME(name) __attribute__((export_name(name)))
#define PORTCULLIS_IMPORT_NAME(interface, name) __attribute__((import_module(interface), import_name(name)))

#else

#define PORTCULLIS_RECORD(text)
#define PORTCULLIS_EXPORT_NAME(name)
#define PORTCULLIS_IMPORT_NAME(interface, name)

#endif

/* Before the declaration of a function that somebody else serves. */
#define PORTCULLIS_IMPORT(interface, name, signature) \
    PORTCULLIS_RECORD("import " interface " " name ": " signature) \
    PORTCULLIS_C PORTCULLIS_IMPORT_NAME(interface, name)

/* Before the definition of a function that others may call. */
#define PORTCULLIS_EXPORT(interface, name, signature) \
    PORTCULLIS_RECORD("export " interface " " name ": " signature) \
    PORTCULLIS_C PORTCULLIS_EXPORT_NAME(interface "#" name)

/* Before the definition of a function of numbers only, which the web app may call by its name alone. */
#define PORTCULLIS_PLAIN_EXPORT(name) PORTCULLIS_C PORTCULLIS_EXPORT_NAME(name)

/* Before the definition of `void f(T result)`, T being what the export of that name returns. It runs when the kernel
 * has copied the result, and frees what that owns. */
#define PORTCULLIS_AFTER_RETURN(interface, name) PORTCULLIS_C PORTCULLIS_EXPORT_NAME("cabi_post_" interface "#" name)

#define PORTCULLIS_DIGITS_OF(number) #number
#define PORTCULLIS_DIGITS(number) PORTCULLIS_DIGITS_OF(number)

/* A class of objects that this plugin makes. `number` is its own choice, from 1 to 4294967295, written in decimal
 * digits: what it calls the class in handle_create, handle_badge and cap_class. No semicolon follows. */
#define PORTCULLIS_EXPORT_CLASS(interface, name, number) \
    PORTCULLIS_RECORD("export " interface " " name ": resource(" PORTCULLIS_DIGITS(number) ")")

/* A class of somebody else's objects that cap_class is to have a number for. No semicolon follows. */
#define PORTCULLIS_IMPORT_CLASS(interface, name, number) \
    PORTCULLIS_RECORD("import " interface " " name ": resource(" PORTCULLIS_DIGITS(number) ")")

/* Before the definition of `void f(T *badge)`, which runs once for each object of the class, when the last reference to
 * it is gone. */
#define PORTCULLIS_DESTRUCTOR(interface, name) PORTCULLIS_C PORTCULLIS_EXPORT_NAME(interface "#[dtor]" name)

/* ---- Types ------------------------------------------------------------------------------------------------------- */

/* As parameters, and as a result that is not in this list, types are the plain ones of C: `bool`, `uint8_t` to `int64_t`,
 * `float`, `double`; `uint32_t` for `char` and `error`; `cap_t` for `own<…>` and `borrow<…>`, and the badge, as a pointer,
 * for a borrow of an object of one's own. A string or list is two parameters: where it begins, and how many bytes or
 * elements it has. `option<own<…>>` is a `bool` and a `cap_t`.
 *
 * The types below are those of results, and of what does not fit into 16 parameters:
 *   an import takes, as its last parameter, the address where the kernel stores the result;
 *   an export returns the address of its result, which stays valid until the kernel has copied it: `static`, mostly.
 * A tuple is a struct of its members in their order.
 */

#ifdef __cplusplus
extern "C" {
#endif

/* A capability: the number of a slot in this plugin's own table. It means nothing to anybody else. */
typedef uint32_t cap_t;

#define CAP_NULL ((cap_t)0)

/* `string`: UTF-8, without a zero at the end. */
typedef struct portcullis_string {
    char *data;
    size_t length;
} portcullis_string_t;

/* Defines `name_t` for a `list` of a type. */
#define PORTCULLIS_LIST(name, type) \
    typedef struct name { \
        type *data; \
        size_t length; \
    } name##_t;

PORTCULLIS_LIST(portcullis_list_bool, bool)
PORTCULLIS_LIST(portcullis_list_u8, uint8_t)
PORTCULLIS_LIST(portcullis_list_s8, int8_t)
PORTCULLIS_LIST(portcullis_list_u16, uint16_t)
PORTCULLIS_LIST(portcullis_list_s16, int16_t)
PORTCULLIS_LIST(portcullis_list_u32, uint32_t)
PORTCULLIS_LIST(portcullis_list_s32, int32_t)
PORTCULLIS_LIST(portcullis_list_u64, uint64_t)
PORTCULLIS_LIST(portcullis_list_s64, int64_t)
PORTCULLIS_LIST(portcullis_list_f32, float)
PORTCULLIS_LIST(portcullis_list_f64, double)
PORTCULLIS_LIST(portcullis_list_char, uint32_t)

/* `option<own<…>>` as a result. */
typedef struct portcullis_option {
    bool some;
    cap_t cap;
} portcullis_option_t;

/* Defines for `result<value, error>`
 *   name_t             a struct of `bool failed`, and of `value` or `error`
 *   name_ok(value)     a result to return from an export
 *   name_error(error)  likewise
 * What the functions return is valid until one of them is called again. No semicolon follows. */
#define PORTCULLIS_RESULT(name, value_type, error_type) \
    typedef struct name { \
        bool failed; \
        union { \
            value_type value; \
            error_type error; \
        }; \
    } name##_t; \
    PORTCULLIS_INLINE name##_t *name##_area(void) \
    { \
        static name##_t area; \
        return &area; \
    } \
    PORTCULLIS_INLINE name##_t *name##_ok(value_type value) \
    { \
        name##_area()->failed = false; \
        name##_area()->value = value; \
        return name##_area(); \
    } \
    PORTCULLIS_INLINE name##_t *name##_error(error_type error) \
    { \
        name##_area()->failed = true; \
        name##_area()->error = error; \
        return name##_area(); \
    }

/* As PORTCULLIS_RESULT, for `result<_, error>`; name_ok() takes nothing. */
#define PORTCULLIS_RESULT_OF_NOTHING(name, error_type) \
    typedef struct name { \
        bool failed; \
        error_type error; \
    } name##_t; \
    PORTCULLIS_INLINE name##_t *name##_area(void) \
    { \
        static name##_t area; \
        return &area; \
    } \
    PORTCULLIS_INLINE name##_t *name##_ok(void) \
    { \
        name##_area()->failed = false; \
        return name##_area(); \
    } \
    PORTCULLIS_INLINE name##_t *name##_error(error_type error) \
    { \
        name##_area()->failed = true; \
        name##_area()->error = error; \
        return name##_area(); \
    }

/* As PORTCULLIS_RESULT, for `result<value>`; name_error() takes nothing. (`result` alone is a plain bool: true for an
 * error.) */
#define PORTCULLIS_RESULT_OR_NOTHING(name, value_type) \
    typedef struct name { \
        bool failed; \
        value_type value; \
    } name##_t; \
    PORTCULLIS_INLINE name##_t *name##_area(void) \
    { \
        static name##_t area; \
        return &area; \
    } \
    PORTCULLIS_INLINE name##_t *name##_ok(value_type value) \
    { \
        name##_area()->failed = false; \
        name##_area()->value = value; \
        return name##_area(); \
    } \
    PORTCULLIS_INLINE name##_t *name##_error(void) \
    { \
        name##_area()->failed = true; \
        return name##_area(); \
    }

/* `result<_, error>`, the most frequent one. */
PORTCULLIS_RESULT_OF_NOTHING(portcullis_result, uint32_t)

/* A string literal as the two arguments that a string is. */
#define PORTCULLIS_TEXT(literal) ("" literal), (sizeof(literal) - 1)

/* A string that is `length` bytes at `data`. */
PORTCULLIS_INLINE portcullis_string_t portcullis_string(const char *data, size_t length)
{
    portcullis_string_t string;
    string.data = (char *)(uintptr_t)data;
    string.length = length;
    return string;
}

/* A string to return from an export. What the function returns is valid until it is called again. */
PORTCULLIS_INLINE portcullis_string_t *portcullis_return_string(const char *data, size_t length)
{
    static portcullis_string_t area;
    area = portcullis_string(data, length);
    return &area;
}

/* An option to return from an export: none for CAP_NULL. What the function returns is valid until it is called again. */
PORTCULLIS_INLINE portcullis_option_t *portcullis_return_option(cap_t cap)
{
    static portcullis_option_t area;
    area.some = cap != CAP_NULL;
    area.cap = cap;
    return &area;
}

/* ---- System calls: docs/abi.md §5 ------------------------------------------------------------------------------- */

#define PORTCULLIS_SYSTEM_CALL(name) PORTCULLIS_IMPORT_NAME("portcullis", name)

/* Rights. What a minter holds is all of the first three. */
enum {
    /* It may be the argument of a call. */
    CAP_CALL = 1,
    /* It may be moved to another process. */
    CAP_GRANT = 2,
    /* Capabilities with the same or fewer rights may be derived from it. */
    CAP_DERIVE = 4,
    /* A lease may be read. */
    CAP_READ = 8,
    /* A lease may be written. */
    CAP_WRITE = 16
};

/* One more reference in this slot. Returns an error, 0 for none. */
PORTCULLIS_SYSTEM_CALL("cap_retain") uint32_t cap_retain(cap_t cap);

/* One reference fewer; the slot is free with the last. Returns an error, 0 for none. */
PORTCULLIS_SYSTEM_CALL("cap_release") uint32_t cap_release(cap_t cap);

/* The object and everything derived from it is dead for everybody. Only for its minter, or for who derived it. Returns
 * an error, 0 for none. */
PORTCULLIS_SYSTEM_CALL("cap_revoke") uint32_t cap_revoke(cap_t cap);

/* A new capability on the same object, with some or all of the rights, that can be revoked on its own. CAP_NULL and the
 * status word on error. */
PORTCULLIS_SYSTEM_CALL("cap_derive") cap_t cap_derive(cap_t cap, uint32_t rights);

/* This plugin's number of the class, 0 if it has none or the capability is bad. */
PORTCULLIS_SYSTEM_CALL("cap_class") uint32_t cap_class(cap_t cap);

/* The rights; 0 if the capability is bad. */
PORTCULLIS_SYSTEM_CALL("cap_rights") uint32_t cap_rights(cap_t cap);

/* A new object of a class of one's own. The badge is the owner's private word: mostly a pointer. CAP_NULL and the status
 * word on error. */
PORTCULLIS_SYSTEM_CALL("handle_create") cap_t handle_create(void *badge, uint32_t class_number);

/* The badge of an object of one's own; NULL and the status word for any other. */
PORTCULLIS_SYSTEM_CALL("handle_badge") void *handle_badge(cap_t cap, uint32_t class_number);

/* 1 if both name the same object, of which either may be derived; 0 if not, or if one of them is bad. */
PORTCULLIS_SYSTEM_CALL("cap_same") uint32_t cap_same(cap_t left, cap_t right);

/* A lease is a window on a range of the lender's memory, of class `portcullis/kernel@1.lease`. It ends when it is released by
 * all, revoked, or its lender ends; a lease that is lent as a `borrow` ends for the borrower with the call. */

/* A lease on `size` bytes of one's own memory. Rights are CAP_READ, CAP_WRITE or both, and of CAP_CALL, CAP_GRANT and
 * CAP_DERIVE what others are to do with it. CAP_NULL and the status word on error. */
PORTCULLIS_SYSTEM_CALL("lease_create") cap_t lease_create(void *address, size_t size, uint32_t rights);

/* A lease on `size` bytes of a lease, from `offset` on, with some or all of its rights, that can be revoked on its own.
 * CAP_NULL and the status word on error. */
PORTCULLIS_SYSTEM_CALL("lease_narrow") cap_t lease_narrow(cap_t lease, size_t offset, size_t size, uint32_t rights);

/* Copies bytes of a lease, from `offset` on, to one's own memory; all or none. Returns an error, 0 for none. */
PORTCULLIS_SYSTEM_CALL("lease_read") uint32_t lease_read(cap_t lease, size_t offset, void *address, size_t size);

/* Copies bytes of one's own memory into a lease, from `offset` on; all or none. Returns an error, 0 for none. */
PORTCULLIS_SYSTEM_CALL("lease_write") uint32_t lease_write(cap_t lease, size_t offset, const void *address, size_t size);

/* How many bytes a lease has; 0 and the status word if it is bad. */
PORTCULLIS_SYSTEM_CALL("lease_len") uint32_t lease_len(cap_t lease);

/* One past the last byte that was written through a lease or through one that was made of it, for whoever made it; 0 and
 * the status word for others. */
PORTCULLIS_SYSTEM_CALL("lease_written") uint32_t lease_written(cap_t lease);

/* A message carries bytes and capabilities to whoever it is lent to, as a `borrow<portcullis/kernel@1.message>`, and has room for an
 * answer. */

/* A message of `send_size` bytes and `send_count` capabilities, each of which is one reference that leaves this process's
 * hands, and where the answer goes: `recv_size` bytes and `recv_count` capabilities at most. The bytes are copied when they are
 * received, the answer when it is given. CAP_NULL and the status word on error; then no capability has moved. */
PORTCULLIS_SYSTEM_CALL("msg_create")
cap_t msg_create(const void *send_data, size_t send_size, const cap_t *send_caps, size_t send_count, void *recv_data,
                 size_t recv_size, cap_t *recv_caps, size_t recv_count);

/* Takes the first `size` bytes of a message, and all its capabilities, in order; if `count` is 0, they stay in it. Returns how many bytes
 * were sent, which may be fewer or more. 0 and the status word on error, and nothing is taken: PORTCULLIS_TOO_LONG, if `count` is fewer
 * than there are capabilities. The bytes can be taken again. */
PORTCULLIS_SYSTEM_CALL("msg_recv") uint32_t msg_recv(cap_t message, void *data, size_t size, cap_t *caps, size_t count);

/* Answers a message, once. Returns an error, 0 for none: PORTCULLIS_TOO_LONG if there is no room for as much. */
PORTCULLIS_SYSTEM_CALL("msg_reply")
uint32_t msg_reply(cap_t message, const void *data, size_t size, const cap_t *caps, size_t count);

/* What msg_info tells. */
enum {
    /* How many bytes were sent. */
    MSG_DATA = 0,
    /* How many capabilities are in it. */
    MSG_CAPS = 1,
    /* For how many bytes there is room in the answer. */
    MSG_REPLY_DATA = 2,
    /* For how many capabilities there is room in the answer. */
    MSG_REPLY_CAPS = 3,
    /* How many bytes the answer has. */
    MSG_REPLIED_DATA = 4,
    /* How many capabilities the answer has. */
    MSG_REPLIED_CAPS = 5,
    /* Whether it was answered. */
    MSG_REPLIED = 6
};

/* What there is to know of a message; 0 and the status word if it is bad. */
PORTCULLIS_SYSTEM_CALL("msg_info") uint32_t msg_info(cap_t message, uint32_t what);

/* Ends a message. Capabilities that nobody took are back where they were. Returns an error, 0 for none. */
PORTCULLIS_SYSTEM_CALL("msg_free") uint32_t msg_free(cap_t message);

/* Last words, UTF-8, of which at most 1,024 bytes are kept: reported if the plugin traps next. */
PORTCULLIS_SYSTEM_CALL("fault") void fault(const char *text, size_t length);

/* ---- Errors: docs/abi.md §6 and §7 ------------------------------------------------------------------------------ */

/* Where the kernel says that a call failed and why. */
__attribute__((weak)) uint32_t portcullis_status_word = PORTCULLIS_OK;

#ifdef __wasm__
__attribute__((weak, export_name("portcullis_status"))) uint32_t *portcullis_status(void)
{
    return &portcullis_status_word;
}
#endif

/* The error of the last call that failed for a reason of the kernel's, 0 if none did since the last time. */
PORTCULLIS_INLINE uint32_t portcullis_take_error(void)
{
    uint32_t error = portcullis_status_word;
    portcullis_status_word = PORTCULLIS_OK;
    return error;
}

/* Makes a call, and is its error, 0 for none: `error = PORTCULLIS_ERROR_OF(canvas = canvas_new());` */
#define PORTCULLIS_ERROR_OF(call) ((void)portcullis_take_error(), (void)(call), portcullis_take_error())

/* What an error code of the kernel's means, as a sentence without capital and full stop. */
PORTCULLIS_INLINE const char *portcullis_error_text(uint32_t error)
{
    switch (error) {
#define PORTCULLIS_CASE(constant, name, text) \
    case constant: \
        return text;
        PORTCULLIS_ERRORS(PORTCULLIS_CASE)
#undef PORTCULLIS_CASE
    case PORTCULLIS_OK:
        return "nothing is wrong";
    default:
        return "an error of the interface";
    }
}

/* Ends this process, with a text that ends with a zero as its last words. */
__attribute__((noreturn)) PORTCULLIS_INLINE void portcullis_panic(const char *text)
{
    fault(text, __builtin_strlen(text));
    __builtin_trap();
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* An empty string or list arrives at an address that is its alignment, 8 at most, where nothing was allocated. */
#define PORTCULLIS_NOTHING_THERE 8

#ifdef PORTCULLIS_LIBC

/* Memory, aligned for everything; NULL if there is none. */
PORTCULLIS_INLINE void *portcullis_alloc(size_t size)
{
    return malloc(size);
}

/* Gives memory back: from portcullis_alloc, and whatever strings and lists arrived in, also when they are empty. */
PORTCULLIS_INLINE void portcullis_free(void *memory)
{
    if ((uintptr_t)memory > PORTCULLIS_NOTHING_THERE) free(memory);
}

#else

/* Free memory is a list of blocks in the order of their addresses, none of which touches the next. Each block, free or
 * not, begins with a header of 16 bytes, and consists of such units. To allocate and to free take time in proportion to
 * the number of free blocks. */
typedef struct portcullis_block {
    struct portcullis_block *next;
    size_t units;
    size_t padding[2];
} portcullis_block_t;

typedef struct portcullis_heap {
    portcullis_block_t *free;
    /* Whether what lay behind the plugin's data at the start was taken. */
    bool begun;
} portcullis_heap_t;

__attribute__((weak)) portcullis_heap_t portcullis_heap = {NULL, false};

/* From the linker: where the data ends. */
extern unsigned char __heap_base;

#define PORTCULLIS_PAGE ((size_t)65536)

/* Gives memory back: from portcullis_alloc, and whatever strings and lists arrived in, also when they are empty. */
__attribute__((weak)) void portcullis_free(void *memory)
{
    portcullis_block_t *block, *next, *before = NULL;
    if ((uintptr_t)memory <= PORTCULLIS_NOTHING_THERE) return;
    block = (portcullis_block_t *)memory - 1;
    next = portcullis_heap.free;
    while (next != NULL && next < block) {
        before = next;
        next = next->next;
    }
    if (next != NULL && block + block->units == next) {
        block->units += next->units;
        next = next->next;
    }
    block->next = next;
    if (before == NULL) {
        portcullis_heap.free = block;
    } else if (before + before->units == block) {
        before->units += block->units;
        before->next = next;
    } else {
        before->next = block;
    }
}

/* Adds the units from one address to another to the free memory. */
PORTCULLIS_INLINE void portcullis_add_memory(uintptr_t start, size_t units)
{
    portcullis_block_t *block = (portcullis_block_t *)start;
    if (units == 0) return;
    block->units = units;
    portcullis_free(block + 1);
}

/* Memory, aligned to 16 bytes; NULL if there is none. */
__attribute__((weak)) void *portcullis_alloc(size_t size)
{
    const size_t unit = sizeof(portcullis_block_t);
    const size_t units = size / unit + (size % unit != 0) + 1;
    if (!portcullis_heap.begun) {
        const uintptr_t start = ((uintptr_t)&__heap_base + unit - 1) / unit * unit;
        const size_t in_pages = __builtin_wasm_memory_size(0) * (PORTCULLIS_PAGE / unit);
        portcullis_heap.begun = true;
        portcullis_add_memory(start, in_pages - start / unit);
    }
    for (;;) {
        portcullis_block_t **link = &portcullis_heap.free;
        size_t pages, first;
        for (; *link != NULL; link = &(*link)->next) {
            portcullis_block_t *block = *link;
            if (block->units < units) continue;
            if (block->units == units) {
                *link = block->next;
            } else {
                block->units -= units;
                block += block->units;
                block->units = units;
            }
            return block + 1;
        }
        pages = units / (PORTCULLIS_PAGE / unit) + 1;
        first = __builtin_wasm_memory_grow(0, pages);
        if (first == SIZE_MAX) return NULL;
        portcullis_add_memory(first * PORTCULLIS_PAGE, pages * (PORTCULLIS_PAGE / unit));
    }
}

/* What compilers call by themselves. With -mbulk-memory each is one instruction. */
__attribute__((weak, no_builtin("memcpy"))) void *memcpy(void *to, const void *from, size_t size)
{
#ifdef __wasm_bulk_memory__
    __builtin_memcpy(to, from, size);
#else
    unsigned char *target = (unsigned char *)to;
    const unsigned char *source = (const unsigned char *)from;
    while (size-- > 0) *target++ = *source++;
#endif
    return to;
}

__attribute__((weak, no_builtin("memmove"))) void *memmove(void *to, const void *from, size_t size)
{
#ifdef __wasm_bulk_memory__
    __builtin_memmove(to, from, size);
#else
    unsigned char *target = (unsigned char *)to;
    const unsigned char *source = (const unsigned char *)from;
    if (target < source) {
        while (size-- > 0) *target++ = *source++;
    } else {
        while (size-- > 0) target[size] = source[size];
    }
#endif
    return to;
}

__attribute__((weak, no_builtin("memset"))) void *memset(void *to, int byte, size_t size)
{
#ifdef __wasm_bulk_memory__
    __builtin_memset(to, byte, size);
#else
    unsigned char *target = (unsigned char *)to;
    while (size-- > 0) *target++ = (unsigned char)byte;
#endif
    return to;
}

__attribute__((weak, no_builtin("memcmp"))) int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *first = (const unsigned char *)left;
    const unsigned char *second = (const unsigned char *)right;
    for (; size > 0; size--, first++, second++) {
        if (*first != *second) return *first - *second;
    }
    return 0;
}

__attribute__((weak, no_builtin("strlen"))) size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') length++;
    return length;
}

/* Constructors, of C++ mostly, run once, before anything is called. With a libc, that sees to it. */
void __wasm_call_ctors(void);

__attribute__((weak, export_name("_initialize"))) void portcullis_initialize(void)
{
    __wasm_call_ctors();
}

#endif

#if defined(__wasm__) && !defined(PORTCULLIS_NO_REALLOC)
/* Gives memory for strings and lists that arrive. They belong to the plugin then. */
__attribute__((weak, export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t alignment,
                                                                      size_t new_size)
{
    void *memory;
    if (new_size == 0) return (void *)(uintptr_t)alignment;
    if (alignment > 16) return NULL;
    memory = portcullis_alloc(new_size);
    if (memory == NULL || old_size == 0) return memory;
    __builtin_memcpy(memory, old, old_size < new_size ? old_size : new_size);
    portcullis_free(old);
    return memory;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
