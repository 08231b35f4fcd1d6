// Trust groups: plugins that do without containment between them, and end together.

/**
 * A trust group, which {@link Kernel.group} makes and {@link SpawnOptions.group} names. Where a plugin of the group imports what another one
 * of it provides, calls go from one to the other without a frame of JavaScript between them: they take about a third of the time.
 *
 * All else holds as it does for everybody: each has a memory and a namespace of its own, handles are checked, limits and deadlines hold.
 * But nothing catches what goes wrong in one of them before it has gone through those that called it. So when one traps, is
 * stopped, or uses more than its call may, all of them end; nobody else does.
 */
export class Group {
  /** For messages. Two groups of one name are two groups. */
  readonly name: string;
  /** @internal The kernel's number. */
  readonly number: number;

  /** @internal Made by `Kernel.group`. */
  constructor(name: string, number: number) {
    this.name = name;
    this.number = number;
    Object.freeze(this);
  }
}
