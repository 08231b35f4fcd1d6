// Generated from guest-sdk/abi/src/error.rs by `cargo run -p portcullis-abi --example generate`. Do not edit.

/** Why the kernel refused or could not do something. One list for Rust, C and TypeScript. */
export type ErrorCode =
  | "bad-handle"
  | "revoked"
  | "wrong-class"
  | "not-owner"
  | "denied"
  | "borrowed"
  | "lent"
  | "quota"
  | "dead"
  | "trapped"
  | "bad-pointer"
  | "bad-utf8"
  | "bad-char"
  | "too-long"
  | "bad-result"
  | "no-memory"
  | "depth"
  | "busy"
  | "no-method"
  | "host"
  | "bad-class"
  | "out-of-range"
  | "cannot-wait"
  | "cancelled"
  | "not-wasm"
  | "invalid-module"
  | "refused-module"
  | "bad-metadata"
  | "signature-mismatch"
  | "missing-grant"
  | "unknown-import"
  | "hash-mismatch"
  | "fetch-failed"
  | "start-trapped"
  | "bad-limit"
  | "quarantined"
  | "bad-argument"
  | "unknown-export"
  | "closed"
  | "deadline"
  | "fuel";

/** One row of the list. */
export interface ErrorDescription {
  /** The number that crosses the ABI, never 0. */
  readonly number: number;
  readonly name: ErrorCode;
  /** What happened, as a sentence without capital and full stop. */
  readonly text: string;
}

/** Every error code, by ascending number. Numbers from 256 up belong to the interfaces and are not here. */
export const errorCodes: readonly ErrorDescription[] = [
  { number: 1, name: "bad-handle", text: "the capability names nothing in this namespace" },
  { number: 2, name: "revoked", text: "the object is dead" },
  { number: 3, name: "wrong-class", text: "the object has another class" },
  { number: 4, name: "not-owner", text: "only the process that minted the object may do this" },
  { number: 5, name: "denied", text: "the capability lacks the right for this" },
  { number: 6, name: "borrowed", text: "a borrowed capability cannot be kept, moved or released" },
  { number: 7, name: "lent", text: "the capability is lent to a running call" },
  { number: 8, name: "quota", text: "a quota of this process is used up" },
  { number: 9, name: "dead", text: "the process that serves this is dead" },
  { number: 10, name: "trapped", text: "the process that served this call trapped and is dead now" },
  { number: 11, name: "bad-pointer", text: "address and length do not lie in memory, or are misaligned" },
  { number: 12, name: "bad-utf8", text: "a string is not UTF-8" },
  { number: 13, name: "bad-char", text: "a char is no Unicode scalar value, or a variant's tag is out of range" },
  { number: 14, name: "too-long", text: "a string or list is longer than the limit" },
  { number: 15, name: "bad-result", text: "the callee returned something that its signature does not allow" },
  { number: 16, name: "no-memory", text: "memory for the arguments or results could not be had" },
  { number: 17, name: "depth", text: "calls are nested too deeply" },
  { number: 18, name: "busy", text: "the callee is in a call already and does not allow re-entry" },
  { number: 19, name: "no-method", text: "the object's server has no such method, or with another signature" },
  { number: 20, name: "host", text: "the host's function failed" },
  { number: 21, name: "bad-class", text: "this plugin has no class of that number, or may not mint it" },
  { number: 22, name: "out-of-range", text: "the range does not lie in the lease" },
  { number: 23, name: "cannot-wait", text: "the call cannot be suspended here, and the function has to wait" },
  { number: 24, name: "cancelled", text: "the call was cancelled" },
  { number: 100, name: "not-wasm", text: "the bytes are not a WebAssembly module" },
  { number: 101, name: "invalid-module", text: "the module is truncated, damaged or does not validate" },
  { number: 102, name: "refused-module", text: "the module uses a feature that is not allowed, or would cost too much to compile" },
  { number: 103, name: "bad-metadata", text: "the signature metadata is not well-formed or contradicts itself" },
  { number: 104, name: "signature-mismatch", text: "a declared signature differs from what the module or the provider has" },
  { number: 105, name: "missing-grant", text: "the plugin imports an interface that nobody granted" },
  { number: 106, name: "unknown-import", text: "the provider of an interface has no function of that name" },
  { number: 107, name: "hash-mismatch", text: "the bytes do not have the expected SHA-256" },
  { number: 108, name: "fetch-failed", text: "the plugin's bytes could not be fetched" },
  { number: 109, name: "start-trapped", text: "the plugin trapped while it started" },
  { number: 110, name: "bad-limit", text: "a limit is out of range, or the module asks for more than it allows" },
  { number: 111, name: "quarantined", text: "processes of the plugin ended badly too often, and its bytes are refused until that is lifted" },
  { number: 120, name: "bad-argument", text: "an argument does not fit the signature" },
  { number: 121, name: "unknown-export", text: "the plugin exports no function of that name" },
  { number: 122, name: "closed", text: "the kernel was closed" },
  { number: 123, name: "deadline", text: "the plugin ran past the deadline of the call and was stopped" },
  { number: 124, name: "fuel", text: "the plugin used up the fuel of the call and was stopped" },
];
