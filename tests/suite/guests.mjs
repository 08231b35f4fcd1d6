// The languages other than Rust whose plugins are tested: in Node PORTCULLIS_GUESTS says so, in a page its address.

const named = globalThis.process?.env?.PORTCULLIS_GUESTS ?? (globalThis.location && new URL(globalThis.location.href).searchParams.get('guests'));

const names = named ? named.split(',').map((name) => name.trim()).filter(Boolean) : [];

/** Whether the plugins in a language are tested. All are, unless somebody names some. */
export const tested = (language) => names.length === 0 || names.includes(language);
