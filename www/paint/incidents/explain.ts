// What the kernel's reasons mean, in the words of somebody who paints.

/** What a plugin did, by the code that the kernel or the page gave. */
const plain: Readonly<Record<string, string>> = {
  trapped: 'It broke down in the middle of its work.',
  overflow: 'It called itself over and over, until there was no room left to do so.',
  exhausted: 'It took all the memory that it may have, and broke down when there was no more.',
  deadline: 'It took longer over one piece of the picture than a filter may.',
  fuel: 'It did more than it may in one go.',
  failed: 'It made a call that the kernel refused, and was not prepared for a refusal.',
  dead: 'It was asked for more work after it had broken down.',
  quarantined: 'It was stopped too often in a short time, and is not let in until you say so.',
  'start-trapped': 'It broke down before it was asked for anything.',
  'bad-result': 'It pointed at a result that does not lie in its own memory.',
  'wrong-length': 'It returned another number of pixels than it was asked for.',
  'bad-report': 'It sent a report that cannot be read.',
  'no-memory': 'It had no memory left for the picture’s pixels.',
  'missing-grant': 'It asks for a right that this page gives to nobody.',
  'unknown-export': 'It lacks a function that every filter has.',
  'bad-metadata': 'What it says about its own functions cannot be read.',
  'signature-mismatch': 'Its functions are not what it says they are.',
  'bad-declaration': 'What it says about itself as a filter cannot be right.',
  'invalid-module': 'It is damaged: the browser cannot read it as a module.',
  'refused-module': 'It is built in a way that the kernel does not let in.',
  'not-wasm': 'It is no WebAssembly module.',
  'fetch-failed': 'It could not be loaded.',
};

/** A sentence for a code; one for all others. */
export function explain(code: string): string {
  return plain[code] ?? 'It did something that a plugin must not do.';
}
