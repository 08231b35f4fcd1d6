/* Generated from guest-sdk/abi/src/error.rs by `cargo run -p portcullis-abi --example generate`. Do not edit. */
#ifndef PORTCULLIS_ERRORS_H
#define PORTCULLIS_ERRORS_H

/* Why the kernel refused or could not do something. Numbers from PORTCULLIS_FIRST_OF_INTERFACES up belong to the
   interfaces. */
enum portcullis_error {
    PORTCULLIS_OK = 0,
    /* the capability names nothing in this namespace */
    PORTCULLIS_BAD_HANDLE = 1,
    /* the object is dead */
    PORTCULLIS_REVOKED = 2,
    /* the object has another class */
    PORTCULLIS_WRONG_CLASS = 3,
    /* only the process that minted the object may do this */
    PORTCULLIS_NOT_OWNER = 4,
    /* the capability lacks the right for this */
    PORTCULLIS_DENIED = 5,
    /* a borrowed capability cannot be kept, moved or released */
    PORTCULLIS_BORROWED = 6,
    /* the capability is lent to a running call */
    PORTCULLIS_LENT = 7,
    /* a quota of this process is used up */
    PORTCULLIS_QUOTA = 8,
    /* the process that serves this is dead */
    PORTCULLIS_DEAD = 9,
    /* the process that served this call trapped and is dead now */
    PORTCULLIS_TRAPPED = 10,
    /* address and length do not lie in memory, or are misaligned */
    PORTCULLIS_BAD_POINTER = 11,
    /* a string is not UTF-8 */
    PORTCULLIS_BAD_UTF8 = 12,
    /* a char is no Unicode scalar value, or a variant's tag is out of range */
    PORTCULLIS_BAD_CHAR = 13,
    /* a string or list is longer than the limit */
    PORTCULLIS_TOO_LONG = 14,
    /* the callee returned something that its signature does not allow */
    PORTCULLIS_BAD_RESULT = 15,
    /* memory for the arguments or results could not be had */
    PORTCULLIS_NO_MEMORY = 16,
    /* calls are nested too deeply */
    PORTCULLIS_DEPTH = 17,
    /* the callee is in a call already and does not allow re-entry */
    PORTCULLIS_BUSY = 18,
    /* the object's server has no such method, or with another signature */
    PORTCULLIS_NO_METHOD = 19,
    /* the host's function failed */
    PORTCULLIS_HOST = 20,
    /* this plugin has no class of that number, or may not mint it */
    PORTCULLIS_BAD_CLASS = 21,
    /* the range does not lie in the lease */
    PORTCULLIS_OUT_OF_RANGE = 22,
    /* the call cannot be suspended here, and the function has to wait */
    PORTCULLIS_CANNOT_WAIT = 23,
    /* the call was cancelled */
    PORTCULLIS_CANCELLED = 24,
    /* the bytes are not a WebAssembly module */
    PORTCULLIS_NOT_WASM = 100,
    /* the module is truncated, damaged or does not validate */
    PORTCULLIS_INVALID_MODULE = 101,
    /* the module uses a feature that is not allowed, or would cost too much to compile */
    PORTCULLIS_REFUSED_MODULE = 102,
    /* the signature metadata is not well-formed or contradicts itself */
    PORTCULLIS_BAD_METADATA = 103,
    /* a declared signature differs from what the module or the provider has */
    PORTCULLIS_SIGNATURE_MISMATCH = 104,
    /* the plugin imports an interface that nobody granted */
    PORTCULLIS_MISSING_GRANT = 105,
    /* the provider of an interface has no function of that name */
    PORTCULLIS_UNKNOWN_IMPORT = 106,
    /* the bytes do not have the expected SHA-256 */
    PORTCULLIS_HASH_MISMATCH = 107,
    /* the plugin's bytes could not be fetched */
    PORTCULLIS_FETCH_FAILED = 108,
    /* the plugin trapped while it started */
    PORTCULLIS_START_TRAPPED = 109,
    /* a limit is out of range, or the module asks for more than it allows */
    PORTCULLIS_BAD_LIMIT = 110,
    /* processes of the plugin ended badly too often, and its bytes are refused until that is lifted */
    PORTCULLIS_QUARANTINED = 111,
    /* an argument does not fit the signature */
    PORTCULLIS_BAD_ARGUMENT = 120,
    /* the plugin exports no function of that name */
    PORTCULLIS_UNKNOWN_EXPORT = 121,
    /* the kernel was closed */
    PORTCULLIS_CLOSED = 122,
    /* the plugin ran past the deadline of the call and was stopped */
    PORTCULLIS_DEADLINE = 123,
    /* the plugin used up the fuel of the call and was stopped */
    PORTCULLIS_FUEL = 124,
    PORTCULLIS_FIRST_OF_INTERFACES = 256
};

/* X(constant, name, text) for every error, for tables. */
#define PORTCULLIS_ERRORS(X) \
    X(PORTCULLIS_BAD_HANDLE, "bad-handle", "the capability names nothing in this namespace") \
    X(PORTCULLIS_REVOKED, "revoked", "the object is dead") \
    X(PORTCULLIS_WRONG_CLASS, "wrong-class", "the object has another class") \
    X(PORTCULLIS_NOT_OWNER, "not-owner", "only the process that minted the object may do this") \
    X(PORTCULLIS_DENIED, "denied", "the capability lacks the right for this") \
    X(PORTCULLIS_BORROWED, "borrowed", "a borrowed capability cannot be kept, moved or released") \
    X(PORTCULLIS_LENT, "lent", "the capability is lent to a running call") \
    X(PORTCULLIS_QUOTA, "quota", "a quota of this process is used up") \
    X(PORTCULLIS_DEAD, "dead", "the process that serves this is dead") \
    X(PORTCULLIS_TRAPPED, "trapped", "the process that served this call trapped and is dead now") \
    X(PORTCULLIS_BAD_POINTER, "bad-pointer", "address and length do not lie in memory, or are misaligned") \
    X(PORTCULLIS_BAD_UTF8, "bad-utf8", "a string is not UTF-8") \
    X(PORTCULLIS_BAD_CHAR, "bad-char", "a char is no Unicode scalar value, or a variant's tag is out of range") \
    X(PORTCULLIS_TOO_LONG, "too-long", "a string or list is longer than the limit") \
    X(PORTCULLIS_BAD_RESULT, "bad-result", "the callee returned something that its signature does not allow") \
    X(PORTCULLIS_NO_MEMORY, "no-memory", "memory for the arguments or results could not be had") \
    X(PORTCULLIS_DEPTH, "depth", "calls are nested too deeply") \
    X(PORTCULLIS_BUSY, "busy", "the callee is in a call already and does not allow re-entry") \
    X(PORTCULLIS_NO_METHOD, "no-method", "the object's server has no such method, or with another signature") \
    X(PORTCULLIS_HOST, "host", "the host's function failed") \
    X(PORTCULLIS_BAD_CLASS, "bad-class", "this plugin has no class of that number, or may not mint it") \
    X(PORTCULLIS_OUT_OF_RANGE, "out-of-range", "the range does not lie in the lease") \
    X(PORTCULLIS_CANNOT_WAIT, "cannot-wait", "the call cannot be suspended here, and the function has to wait") \
    X(PORTCULLIS_CANCELLED, "cancelled", "the call was cancelled") \
    X(PORTCULLIS_NOT_WASM, "not-wasm", "the bytes are not a WebAssembly module") \
    X(PORTCULLIS_INVALID_MODULE, "invalid-module", "the module is truncated, damaged or does not validate") \
    X(PORTCULLIS_REFUSED_MODULE, "refused-module", "the module uses a feature that is not allowed, or would cost too much to compile") \
    X(PORTCULLIS_BAD_METADATA, "bad-metadata", "the signature metadata is not well-formed or contradicts itself") \
    X(PORTCULLIS_SIGNATURE_MISMATCH, "signature-mismatch", "a declared signature differs from what the module or the provider has") \
    X(PORTCULLIS_MISSING_GRANT, "missing-grant", "the plugin imports an interface that nobody granted") \
    X(PORTCULLIS_UNKNOWN_IMPORT, "unknown-import", "the provider of an interface has no function of that name") \
    X(PORTCULLIS_HASH_MISMATCH, "hash-mismatch", "the bytes do not have the expected SHA-256") \
    X(PORTCULLIS_FETCH_FAILED, "fetch-failed", "the plugin's bytes could not be fetched") \
    X(PORTCULLIS_START_TRAPPED, "start-trapped", "the plugin trapped while it started") \
    X(PORTCULLIS_BAD_LIMIT, "bad-limit", "a limit is out of range, or the module asks for more than it allows") \
    X(PORTCULLIS_QUARANTINED, "quarantined", "processes of the plugin ended badly too often, and its bytes are refused until that is lifted") \
    X(PORTCULLIS_BAD_ARGUMENT, "bad-argument", "an argument does not fit the signature") \
    X(PORTCULLIS_UNKNOWN_EXPORT, "unknown-export", "the plugin exports no function of that name") \
    X(PORTCULLIS_CLOSED, "closed", "the kernel was closed") \
    X(PORTCULLIS_DEADLINE, "deadline", "the plugin ran past the deadline of the call and was stopped") \
    X(PORTCULLIS_FUEL, "fuel", "the plugin used up the fuel of the call and was stopped")

#endif
