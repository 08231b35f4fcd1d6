// What `inspect` tells. Types only.

/** A capability in a namespace. */
export interface InspectedCapability {
  /** Its number there. */
  readonly cap: number;
  /** Class of the object; empty if the object is dead. */
  readonly class: string;
  /** Bits: 1 call, 2 grant, 4 derive. */
  readonly rights: number;
  /** References of the process to it. */
  readonly count: number;
  /** Whether it ends with the running call. */
  readonly borrowed: boolean;
  /** Whether its object lives. */
  readonly alive: boolean;
  /** Process that minted the object. */
  readonly minter: number;
  /** Process that gave the capability. */
  readonly from: number;
}

/** A process, and what it holds. */
export interface InspectedProcess {
  readonly id: number;
  readonly name: string;
  /** Bytes of its linear memory. */
  readonly memoryBytes: number;
  /** Calls into it that are running. */
  readonly active: number;
  readonly handleQuota: number;
  /** Objects alive that it minted or derived. */
  readonly objects: number;
  /** Interfaces that it serves. */
  readonly serves: readonly string[];
  readonly capabilities: readonly InspectedCapability[];
}

/** Everything that the kernel knows. The first process is the host. */
export interface Inspection {
  readonly processes: readonly InspectedProcess[];
  /** Objects alive. */
  readonly objects: number;
  /** Functions that can be called, of processes and of the host. */
  readonly slots: number;
  /** References between two namespaces; 0 whenever no call is running. */
  readonly transfers: number;
  readonly kernelMemoryBytes: number;
}
