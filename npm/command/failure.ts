// What the tool ends with, and what it says then.

/** Exit codes. They are part of what the tool promises. */
export const exit = {
  /** It is as it should be. */
  ok: 0,
  /** The plugin would not load, or what was run or built failed. */
  failed: 1,
  /** The command line says something that cannot be meant. */
  usage: 2,
  /** A file or folder cannot be read or written. */
  file: 3,
} as const;

/** Why the tool could not do what it was asked. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;
  /** For programs: one of the kernel's codes, `usage`, `file`, `missing-tool`, `plugin-error` or `build`. */
  readonly code: string;
  /** What might help, a sentence each. */
  readonly hints: readonly string[];

  constructor(exitCode: number, code: string, message: string, hints: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
    this.hints = hints;
  }
}

/** The command line cannot be meant. */
export const usageFailure = (message: string, ...hints: string[]): Failure => new Failure(exit.usage, 'usage', message, hints);

/** What the file system said, in words. */
export function fileFailure(doing: string, path: string, error: unknown): Failure {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of the path is no folder',
    EACCES: 'you may not',
    EPERM: 'you may not',
    EEXIST: 'something of that name is there',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk cannot be written',
  };
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new Failure(exit.file, 'file', `${path} cannot be ${doing}: ${reason}`);
}
